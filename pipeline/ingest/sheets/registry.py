"""The readers of sheets, one for each container that is no delimited text; their shape is in `reader`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.containers.container import Container
from pipeline.ingest.sheets.markup_readers import HtmlReader, MhtmlReader, SpreadsheetmlReader
from pipeline.ingest.sheets.reader import SheetReader, Source
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.sheets.workbook_readers import OdsReader, XlsbReader, XlsReader, XlsxReader

READERS: tuple[SheetReader, ...] = (
    XlsxReader(),
    XlsbReader(),
    XlsReader(),
    OdsReader(),
    HtmlReader(),
    MhtmlReader(),
    SpreadsheetmlReader(),
)


def reader_of(container: Container) -> SheetReader:
    """Returns the reader of a container; raises LookupError for delimited text, which has no sheets."""
    for reader in READERS:
        if container in reader.containers:
            return reader
    raise LookupError(f"no reader of sheets for {container.value}")


def read_source(source: Source) -> Iterator[Sheet]:
    """Yields the sheets of a file: first its size is checked, then its hidden values are found, then it is read.

    Raises RefusedFileError where the sheets cannot be read whole, or span more cells than `source` allows.
    """
    reader = reader_of(source.container)
    reader.refuse_oversized(source)
    yield from reader.sheets(source, reader.hidden_values(source))
