"""Reads the streams of an OLE2 compound file, in which .xls, .et and encrypted workbooks are kept.

`olefile` follows the sectors; this module refuses what it would pass over. What a stream means, `ole_documents` and
`pipeline.ingest.sheets` say.
"""

from __future__ import annotations

import io
import struct
from functools import cached_property

import olefile

# What olefile raises where the header, the tables or the directory point outside the file or in circles.
_BROKEN = (OSError, struct.error, LookupError, ValueError, OverflowError, TypeError, AttributeError, RecursionError)


class BrokenOleError(ValueError):
    """A compound file whose header, tables or streams point outside the file, or in circles."""


class CompoundFile:
    """A compound file held in memory; raises BrokenOleError wherever it is cut off or circular."""

    def __init__(self, content: bytes) -> None:
        try:
            self._file = olefile.OleFileIO(io.BytesIO(content))
        except _BROKEN as error:
            raise BrokenOleError(str(error)) from error

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all streams and storages, without the storages around them: `Workbook`, `ETExtData`."""
        paths = self._file.listdir(streams=True, storages=True)
        return frozenset(path[-1] for path in paths)

    def has(self, name: str) -> bool:
        """Whether the outermost storage holds a stream of this name, whatever its case."""
        return bool(self._file.get_type(name) == olefile.STGTY_STREAM)

    def read(self, name: str) -> bytes:
        """Returns a stream's bytes; raises BrokenOleError where the file ends before the stream does."""
        try:
            content: bytes = self._file.openstream(name).read()
            declared: int = self._file.get_size(name)
        except _BROKEN as error:
            raise BrokenOleError(str(error)) from error
        # olefile hands out what is left of a cut stream and only notes that it is too short.
        if len(content) < declared:
            raise BrokenOleError(f"stream {name} has {len(content)} of {declared} bytes")
        return content


def workbook_stream(file: CompoundFile) -> bytes | None:
    """Returns the stream that holds the sheets: `Workbook` since Excel 97, `Book` before; None where neither is."""
    for name in ("Workbook", "Book"):
        if file.has(name):
            return file.read(name)
    return None
