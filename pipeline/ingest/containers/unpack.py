"""Takes the one table file out of a zip or gz into a private working copy; what that file is, `detect` says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.archive import (
    ENCRYPTED_FLAG,
    PACKED_FILE,
    UTF8_NAME_FLAG,
    Member,
    ZipArchive,
    gzip_blocks,
    is_folder,
    open_zip,
)
from pipeline.ingest.containers.size_limits import refuse_large
from pipeline.ingest.containers.zip_documents import is_office_document
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

_BLOCK = 1 << 20
# [RFC 1952] 2.3.1: ID1, ID2
_GZIP = b"\x1f\x8b"
# [APPNOTE.TXT] 4.3.7 local header, 4.3.16 end of the directory, with which an empty zip begins
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
# POSIX ustar: "ustar" stands at byte 257 of a tar file.
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", slice(257, 262)
# What systems add on their own (macOS, Windows), and what office programs leave while a file is open.
_JUNK_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_JUNK_PREFIXES = ("__macosx/", "._", "~$")
# What comes along with a table and is none.
_NO_TABLE = frozenset({".txt", ".md", ".pdf", ".doc", ".docx", ".wps", ".png", ".jpg", ".jpeg", ".url", ".ini", ".log"})
_NAMES_SHOWN = 5


@dataclass(frozen=True)
class Unwrapped:
    """A file to read: the delivered one, or the working copy of what was packed in it; `wrapper` is zip, gz or ''."""

    path: Path
    wrapper: str = ""
    member: str = ""


@contextmanager
def unwrapped(path: Path, work: Path, max_unpacked_mb: int) -> Iterator[Unwrapped]:
    """Yields the table file in `path`: itself, or a working copy (0600, removed afterwards) of the one packed in it.

    Raises RefusedFileError for packed files with a password, several tables, packed files inside, or too much content.
    """
    wrapper = _wrapper_of(path)
    if not wrapper:
        yield Unwrapped(path)
        return
    private_folder(work)
    handle, name = tempfile.mkstemp(prefix="unpacked-", dir=work)
    copy = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            unpack = _unpack_zip if wrapper == "zip" else _unpack_gz
            member = unpack(path, target, max_unpacked_mb)
        _refuse_nested(copy)
        yield Unwrapped(copy, wrapper, member)
    finally:
        copy.unlink(missing_ok=True)


def _wrapper_of(path: Path) -> str:
    """What a file is packed in: zip, gz, or '' where it is not packed (an office document is a zip, but not packed)."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(_GZIP):
        return "gz"
    if head in (_ZIP, _EMPTY_ZIP) and _is_packed(path):
        return "zip"
    return ""


def _is_packed(path: Path) -> bool:
    """Whether a zip holds files that somebody packed; of one that cannot be opened, `detect` says why."""
    try:
        with open_zip(path, PACKED_FILE) as archive:
            return not is_office_document(archive.names)
    except RefusedFileError:
        return False


def _unpack_zip(path: Path, target: IO[bytes], max_unpacked_mb: int) -> str:
    """Copies the one table of a zip to `target`, and returns its name for people."""
    with open_zip(path, PACKED_FILE) as archive:
        member = _only_table(archive)
        if member.flag_bits & ENCRYPTED_FLAG:
            raise RefusedFileError(ContainerRefusal.PACKED_LOCKED, found=_legible_name(member))
        refuse_large(member.file_size, max_unpacked_mb)
        _copy(archive.blocks(member, _BLOCK), target, max_unpacked_mb)
        return _legible_name(member)


def _unpack_gz(path: Path, target: IO[bytes], max_unpacked_mb: int) -> str:
    """Copies the content of a gz to `target`, and returns the file's name without `.gz`."""
    _copy(gzip_blocks(path, _BLOCK), target, max_unpacked_mb)
    return path.name.strip().removesuffix(".gz")


def _copy(blocks: Iterator[bytes], target: IO[bytes], max_unpacked_mb: int) -> None:
    size = 0
    for block in blocks:
        size += len(block)
        # The declared size may be a lie, so what really comes out is measured.
        refuse_large(size, max_unpacked_mb)
        target.write(block)


def _is_packed_file(member: Member) -> bool:
    """Whether somebody packed this file: it is no folder, and nothing that a system leaves beside files."""
    if is_folder(member):
        return False
    return not _is_junk(member.filename)


def _only_table(archive: ZipArchive) -> Member:
    """Returns the one export in an archive; refuses an archive with none, or with several."""
    files = list(filter(_is_packed_file, archive.members))
    tables = [member for member in files if _may_be_table(member.filename)]
    # A single file of an unknown ending may still be a table: what it is, its content says.
    candidates = tables or files
    if not candidates:
        raise RefusedFileError(ContainerRefusal.PACKED_EMPTY)
    if len(candidates) == 1:
        return candidates[0]
    names = "、".join(map(_legible_name, candidates[:_NAMES_SHOWN]))
    count = len(candidates)
    raise RefusedFileError(
        ContainerRefusal.PACKED_SEVERAL,
        expected="1",
        found=str(count),
        names=names,
        rest=f" 等 {count} 个" if count > _NAMES_SHOWN else "",
    )


def _may_be_table(name: str) -> bool:
    return Path(name.strip()).suffix.lower() not in _NO_TABLE


def _is_junk(name: str) -> bool:
    lowered = name.lower()
    last_part = lowered.rsplit("/", 1)[-1]
    if last_part in _JUNK_NAMES:
        return True
    return lowered.startswith(_JUNK_PREFIXES) or last_part.startswith(_JUNK_PREFIXES)


def _legible_name(member: Member) -> str:
    """A member's name for people; zip tools of Chinese Windows write it in GBK, which Python reads as cp437.

    `╓▄▒¿.csv` is `周报.csv`.
    """
    if member.flag_bits & UTF8_NAME_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _refuse_nested(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(512)
    is_zip_of_files = head.startswith(_ZIP) and _is_packed(path)
    if is_zip_of_files or head.startswith(_GZIP) or head[_TAR_MAGIC_AT] == _TAR_MAGIC:
        raise RefusedFileError(ContainerRefusal.PACKED_NESTED)
