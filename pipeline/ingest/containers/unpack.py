"""Takes the one table file out of a zip or gz into a private working copy; what that file is, sniff says."""

from __future__ import annotations

import gzip
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.ingest.containers.detect import is_document
from pipeline.ingest.containers.size_limits import refuse_large
from pipeline.ingest.errors import RefusedFileError

_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_JUNK_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_JUNK_PREFIXES = ("__macosx/", "._", "~$")
_NO_TABLE = frozenset({".txt", ".md", ".pdf", ".doc", ".docx", ".wps", ".png", ".jpg", ".jpeg", ".url", ".ini", ".log"})
_INCOMPLETE = "压缩包不完整或已损坏；请重新压缩或重新复制后再试"


@dataclass(frozen=True)
class Unwrapped:
    """A file to read: the delivered one, or the working copy of what was packed in it; `wrapper` is zip, gz or ''."""

    path: Path
    wrapper: str = ""
    member: str = ""


@contextmanager
def unwrapped(path: Path, work: Path, max_unpacked_mb: int) -> Iterator[Unwrapped]:
    """The table file in `path`: itself, or a working copy (0600, removed afterwards) of the one that is packed in it.

    Raises RefusedFileError for packed files with a password, several tables, packed files inside, or too much content.
    """
    with path.open("rb") as file:
        head = file.read(4)
    wrapper = "gz" if head.startswith(_GZIP) else "zip" if head in (_ZIP, _EMPTY_ZIP) and _is_packed(path) else ""
    if not wrapper:
        yield Unwrapped(path)
        return
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="unpacked-", dir=work)
    copy = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            member = (_unpack_zip if wrapper == "zip" else _unpack_gz)(path, target, max_unpacked_mb)
        _refuse_nested(copy)
        yield Unwrapped(copy, wrapper, member)
    finally:
        copy.unlink(missing_ok=True)


def _is_packed(path: Path) -> bool:
    """Whether a zip holds files that somebody packed, not the parts of one office document."""
    try:
        with zipfile.ZipFile(path) as archive:
            return not is_document(set(archive.namelist()))
    except zipfile.BadZipFile:
        return False


def _unpack_zip(path: Path, target: IO[bytes], max_unpacked_mb: int) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            info = _only_table(archive)
            if info.flag_bits & 1:
                raise RefusedFileError("压缩包设有密码；请取消密码后重新压缩")
            refuse_large(info.file_size, max_unpacked_mb)
            with archive.open(info) as member:
                _copy(member, target, max_unpacked_mb)
            return _shown_name(info)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise RefusedFileError(_INCOMPLETE) from error
    except NotImplementedError as error:
        raise RefusedFileError("压缩包用了少见的压缩方式，解不开；请用普通 zip 重新压缩") from error


def _only_table(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and not _is_junk(info.filename)]
    tables = [info for info in files if Path(info.filename.strip()).suffix.lower() not in _NO_TABLE] or files
    if not tables:
        raise RefusedFileError("压缩包里没有文件；请重新压缩后再放入收件夹")
    if len(tables) > 1:
        names = "、".join(_shown_name(info) for info in tables[:5])
        more = f" 等 {len(tables)} 个" if len(tables) > 5 else ""
        raise RefusedFileError(f"压缩包里有多份表格（{names}{more}）；请解压后逐份放入收件夹")
    return tables[0]


def _is_junk(name: str) -> bool:
    lowered = name.lower()
    last = lowered.rsplit("/", 1)[-1]
    return last in _JUNK_NAMES or lowered.startswith(_JUNK_PREFIXES) or last.startswith(_JUNK_PREFIXES)


def _shown_name(info: zipfile.ZipInfo) -> str:
    """The member's name; zip tools in Chinese Windows write it in GBK, which Python reads as cp437."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode("gb18030")
        except UnicodeError:
            return info.filename
    return info.filename


def _unpack_gz(path: Path, target: IO[bytes], max_unpacked_mb: int) -> str:
    try:
        with gzip.open(path) as member:
            _copy(member, target, max_unpacked_mb)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedFileError(_INCOMPLETE) from error
    return path.name.strip().removesuffix(".gz")


def _copy(source: IO[bytes] | gzip.GzipFile, target: IO[bytes], max_unpacked_mb: int) -> None:
    size = 0
    while block := source.read(_BLOCK):
        size += len(block)
        refuse_large(size, max_unpacked_mb)
        target.write(block)


def _refuse_nested(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(_GZIP) or head[257:262] == b"ustar" or (head.startswith(_ZIP) and _is_packed(path)):
        raise RefusedFileError("压缩包里还有压缩包；请全部解压后把其中的表格放入收件夹")
