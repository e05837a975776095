"""Tells which office document a zip holds, by the names of its parts.

Files that somebody packed, `unpack` takes out; damage to the zip itself, `archive` refuses.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from operator import attrgetter
from pathlib import Path

from pipeline.ingest.containers.archive import WORKBOOK, Member, ZipArchive, open_zip, plain_name
from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.size_limits import refuse_large
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

_CONTENT_TYPES = "[Content_Types].xml"
_MANIFEST = "META-INF/manifest.xml"
_MIMETYPE = "mimetype"
# application/vnd.oasis.opendocument.text and .presentation are no tables; .spreadsheet is one.
_OPEN_DOCUMENT, _OPEN_SPREADSHEET = b"application/vnd.oasis.opendocument.", b"spreadsheet"
# A list of parts is a few kilobytes; a larger one is not read.
_LARGEST_LIST = 1 << 20
# Below this size, padding costs too little to be worth a refusal.
_WORTH_WEIGHING = 64 << 20
_OTHER_DOCUMENTS = {
    "word/document.xml": "Word 文档",
    "ppt/presentation.xml": "演示文稿",
    "Index/Document.iwa": "Numbers 表格",
    "OFD.xml": "OFD 版式文件",
}
_OFFICE_PARTS = frozenset(
    {_CONTENT_TYPES, _MANIFEST, "content.xml", "xl/workbook.xml", "xl/workbook.bin", *_OTHER_DOCUMENTS}
)
# xl/workbook.bin
_XLSB_WORKBOOK = re.compile(r"workbook\.bin\Z")
# xl/workbook.xml; some programs write xl/workbook2.xml.
_XLSX_WORKBOOK = re.compile(r"(^|/)workbook\d*\.xml$")


def zip_container(path: Path, max_unpacked_mb: int, max_unpacked_ratio: int) -> Container:
    """Returns the container of a zipped workbook.

    Raises RefusedFileError for a document of another kind, a password, damage, and more content than the limits allow.
    """
    with open_zip(path, WORKBOOK) as archive:
        parts = {plain_name(member.filename): member for member in archive.members}
        content_types = _read_list(archive, parts.get(_CONTENT_TYPES))
        manifest = _read_list(archive, parts.get(_MANIFEST))
        mimetype = _read_list(archive, parts.get(_MIMETYPE))
        members = archive.members
    unpacked_size = sum(map(attrgetter("file_size"), members))
    refuse_large(unpacked_size, max_unpacked_mb)
    for member in members:
        _refuse_padded(member, max_unpacked_ratio)
    # OpenDocument encrypts part by part, and says so in its manifest.
    if b"encryption-data" in manifest or "encrypted-package" in parts:
        raise RefusedFileError(ContainerRefusal.WORKBOOK_LOCKED)
    container = _workbook_kind(parts, content_types)
    if container is Container.ODS:
        _refuse_other_open_document(mimetype)
    if container is None:
        _refuse_other_document(parts)
        raise RefusedFileError(ContainerRefusal.NO_WORKBOOK_IN_ZIP, expected="xl/workbook.xml, content.xml")
    return container


def _refuse_other_open_document(mimetype: bytes) -> None:
    """Refuses a text or a presentation of OpenDocument, whose parts are called like those of a spreadsheet."""
    is_open_document = mimetype.startswith(_OPEN_DOCUMENT)
    if is_open_document and _OPEN_SPREADSHEET not in mimetype:
        raise RefusedFileError(
            ContainerRefusal.FOREIGN_FORMAT,
            found=mimetype[:80].decode("latin-1"),
            kind=" OpenDocument 文本或演示文稿",
        )


def _refuse_other_document(parts: Collection[str]) -> None:
    """Refuses a document that is no spreadsheet, by the part that only such a document has."""
    for part, kind in _OTHER_DOCUMENTS.items():
        if part in parts:
            raise RefusedFileError(ContainerRefusal.FOREIGN_FORMAT, found=part, kind=kind)


def is_office_document(names: Collection[str]) -> bool:
    """Whether the members of a zip are the parts of one office document, not files that somebody packed."""
    return not _OFFICE_PARTS.isdisjoint(map(plain_name, names))


def _read_list(archive: ZipArchive, member: Member | None) -> bytes:
    if member is None or member.file_size > _LARGEST_LIST:
        return b""
    return archive.read(member)


def _workbook_kind(parts: Collection[str], content_types: bytes) -> Container | None:
    names = set(map(str.lower, parts))
    if any(map(_XLSB_WORKBOOK.search, names)):
        return Container.XLSB
    if any(map(_XLSX_WORKBOOK.search, names)):
        has_macros = b"macroEnabled" in content_types
        return Container.XLSM if has_macros else Container.XLSX
    is_open_document = names.issuperset(("content.xml", _MIMETYPE))
    if is_open_document:
        return Container.ODS
    return None


def _refuse_padded(member: Member, max_unpacked_ratio: int) -> None:
    """Refuses a large part that unpacks to so many times its size that it can hold hardly anything but padding.

    Sheets of texts unpack to 10 to 100 times their size, the same number in every cell to 400, blanks to 1,000.
    """
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > _WORTH_WEIGHING and ratio > max_unpacked_ratio:
        raise RefusedFileError(
            ContainerRefusal.PADDED_PART,
            expected=f"<= {max_unpacked_ratio} x",
            found=f"{ratio:.0f} x",
            member=member.filename,
            size_mb=member.file_size >> 20,
            ratio=ratio,
            limit=max_unpacked_ratio,
        )
