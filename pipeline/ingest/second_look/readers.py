"""Chooses the simple reader of a container; a container without one is not looked at again.

A new one is a class of the shape `seen.SimpleReader` and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.ingest.containers.container import Container
from pipeline.ingest.second_look.opendocument_rows import OpenDocumentReader
from pipeline.ingest.second_look.seen import SimpleReader
from pipeline.ingest.second_look.spreadsheetml_rows import SpreadsheetmlReader
from pipeline.ingest.second_look.workbook_rows import WorkbookReader

_READERS: Mapping[Container, Callable[[Path], SimpleReader]] = {
    Container.XLSX: WorkbookReader,
    Container.XLSM: WorkbookReader,
    Container.ODS: OpenDocumentReader,
    Container.SPREADSHEETML: SpreadsheetmlReader,
}


def reader_of_sheets(container: Container, path: Path) -> SimpleReader | None:
    """Returns the simple reader of a workbook, or None where there is none for its container."""
    reader = _READERS.get(container)
    return None if reader is None else reader(path)
