"""Tells which document an OLE2 compound file holds, by the names of its streams; `ole` reads the streams."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from pipeline.ingest.containers.biff import biff_records
from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.ole import BrokenOleError, CompoundFile, workbook_stream
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

# [MS-OFFCRYPTO] 2.3.4.4: an .xlsx, .docx or .pptx with a password is a compound file around this stream.
_ENCRYPTED = "EncryptedPackage"
# WPS writes its own streams (ETExtData, ...) beside the workbook.
_WPS_STREAM = "ETExtData"
# [MS-XLS] 2.4.117 FilePass, which stands among the first records of a workbook that needs a password.
_FILE_PASS = 0x002F
_FIRST_RECORDS = 66


def ole_container(path: Path) -> Container:
    """Returns XLS or ET; raises RefusedFileError for another document, a password, and a file that is cut off."""
    content = path.read_bytes()
    try:
        file = CompoundFile(content)
        is_encrypted = file.has(_ENCRYPTED)
        book = workbook_stream(file)
        names = file.names
    except BrokenOleError as error:
        raise RefusedFileError(_told_by_names(content), found=str(error)) from error
    if is_encrypted or (book and _is_locked(book)):
        raise RefusedFileError(ContainerRefusal.WORKBOOK_LOCKED)
    if book is None:
        raise RefusedFileError(
            ContainerRefusal.NO_SPREADSHEET_STREAM, expected="Workbook", found="、".join(sorted(names))
        )
    is_of_wps = any(name.startswith(_WPS_STREAM) for name in names)
    return Container.ET if is_of_wps else Container.XLS


def _told_by_names(content: bytes) -> ContainerRefusal:
    """What a compound file is refused for whose directory cannot be followed: the names in it still tell."""
    if _ENCRYPTED.encode("utf-16-le") in content:
        return ContainerRefusal.WORKBOOK_LOCKED
    if "WordDocument".encode("utf-16-le") in content:
        return ContainerRefusal.NO_SPREADSHEET_STREAM
    return ContainerRefusal.FILE_CUT_OFF


def _is_locked(book: bytes) -> bool:
    first_kinds = [kind for kind, _, _ in islice(biff_records(book), _FIRST_RECORDS)]
    return _FILE_PASS in first_kinds
