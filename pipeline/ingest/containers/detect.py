"""Tells what a file is from its first bytes, never from its name: the one table of signatures.

What a zip, a compound file or a text holds, `zip_documents`, `ole_documents` and `text_formats` look at; reading what
is inside belongs in `pipeline.ingest.sheets` and `pipeline.ingest.text`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.ole_documents import ole_container
from pipeline.ingest.containers.text_formats import text_container
from pipeline.ingest.containers.zip_documents import zip_container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

_HEAD = 64 << 10


@dataclass(frozen=True)
class SniffedFile:
    """An unwrapped file with its first bytes (64 KB at most) and the limits of the settings."""

    path: Path
    head: bytes
    max_unpacked_mb: int
    max_unpacked_ratio: int


@dataclass(frozen=True)
class Signature:
    """First bytes of a kind of file, and what tells the container of such a file or refuses it."""

    starts: tuple[bytes, ...]
    tell: Callable[[SniffedFile], Container]


def _in_zip(file: SniffedFile) -> Container:
    return zip_container(file.path, file.max_unpacked_mb, file.max_unpacked_ratio)


def _in_compound_file(file: SniffedFile) -> Container:
    return ole_container(file.path)


def _refuse_old_excel(file: SniffedFile) -> Container:
    raise RefusedFileError(
        ContainerRefusal.UNREADABLE_FORMAT, found=file.head[:4].hex(" "), kind=" Excel 4.0 或更早的格式"
    )


def _refuse_as(kind: str) -> Callable[[SniffedFile], Container]:
    def refuse(file: SniffedFile) -> Container:
        raise RefusedFileError(ContainerRefusal.FOREIGN_FORMAT, found=file.head[:8].hex(" "), kind=kind)

    return refuse


SIGNATURES: tuple[Signature, ...] = (
    # [APPNOTE.TXT] 4.3.7 local header, 4.3.16 end of directory (an empty zip), 8.5.3 first of several disks.
    Signature((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), _in_zip),
    # [MS-CFB] 2.2: .xls, .et, and workbooks with a password.
    Signature((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), _in_compound_file),
    # BOF records of Excel 2.0, 3.0 and 4.0, which have no container around them.
    Signature((b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"), _refuse_old_excel),
    Signature((b"%PDF",), _refuse_as("PDF")),
    Signature((b"Rar!",), _refuse_as("RAR 压缩包")),
    Signature((b"7z\xbc\xaf\x27\x1c",), _refuse_as("7z 压缩包")),
    # PNG, JPEG, GIF
    Signature((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), _refuse_as("图片")),
    Signature((b"{\\rtf",), _refuse_as("RTF 文档")),
    Signature((b"SQLite format 3",), _refuse_as("SQLite 数据库")),
    Signature((b"PAR1",), _refuse_as("Parquet")),
)
"""What begins with none of these is text, or refused as unknown by `text_formats`."""


def sniff(path: Path, max_unpacked_mb: int, max_unpacked_ratio: int) -> Container:
    """Returns the container of an unwrapped file by its content.

    Raises RefusedFileError for what is empty, locked, cut off, too large when unpacked, or of no known format.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise RefusedFileError(ContainerRefusal.EMPTY_FILE, found="0 bytes")
    file = SniffedFile(path, head, max_unpacked_mb, max_unpacked_ratio)
    for signature in SIGNATURES:
        if head.startswith(signature.starts):
            return signature.tell(file)
    return text_container(head, path)
