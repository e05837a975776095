"""Reads the streams of an OLE2 compound file, in which .xls, .et and encrypted workbooks are kept.

`olefile` follows the sectors; this module refuses what it would pass over. What a stream means, `ole_documents` and
`pipeline.ingest.sheets` say.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import Any

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
            self._refuse_cut_directory(len(content))
            self._file.loadminifat()
            _refuse_circles(self._file.fat)
            _refuse_circles(self._file.minifat)
            paths = self._file.listdir(streams=True, storages=True)
            streams = sorted(_streams_in(self._file.root, []))
        except _BROKEN as error:
            raise BrokenOleError(str(error)) from error
        # The names of all streams and storages, without the storages around them: `Workbook`, `ETExtData`.
        self.names: frozenset[str] = frozenset(path[-1] for path in paths)
        # The path of the first stream of each name in the directory's order. Workbooks may hold other workbooks in
        # storages of their own; calamine takes the first of the directory.
        self._streams: dict[str, list[str]] = {}
        for _, path in streams:
            self._streams.setdefault(path[-1].lower(), path)

    def _refuse_cut_directory(self, size: int) -> None:
        """Refuses a file that ends within its directory: olefile goes on with the entries that are left.

        [MS-CFB] 2.3: the FAT holds for each sector the next of its chain; the header takes the place of one sector.
        """
        sector = self._file.first_dir_sector
        for _ in self._file.fat:
            if sector > olefile.MAXREGSECT:
                return
            if (sector + 1) * self._file.sector_size >= size:
                raise BrokenOleError(f"sector {sector} of the directory lies behind the end")
            sector = self._file.fat[sector]

    def has(self, name: str) -> bool:
        """Whether any storage holds a stream of this name, whatever its case."""
        return name.lower() in self._streams

    def read(self, name: str) -> bytes:
        """Returns a stream's bytes; raises BrokenOleError where the file ends before the stream does."""
        path = self._streams[name.lower()]
        try:
            content: bytes = self._file.openstream(path).read()
            declared: int = self._file.get_size(path)
        except _BROKEN as error:
            raise BrokenOleError(str(error)) from error
        # olefile hands out what is left of a cut stream and only notes that it is too short.
        if len(content) < declared:
            raise BrokenOleError(f"stream {name} has {len(content)} of {declared} bytes")
        return content


def _refuse_circles(next_sectors: Sequence[int]) -> None:
    """Refuses a table of sectors that leads back to where it was: calamine follows it until the memory is full.

    [MS-CFB] 2.3: an entry is the number of the next sector of a chain, or beyond all numbers where the chain ends.
    Example: [1, 2, 0] goes round for ever, [1, 2, 0xFFFFFFFE] ends. Each sector is visited once.
    """
    chain_of: dict[int, int] = {}
    for start in range(len(next_sectors)):
        sector = start
        while sector < len(next_sectors) and sector not in chain_of:
            chain_of[sector] = start
            sector = next_sectors[sector]
        # It ends at a number beyond the table, in a chain that was followed before, or in this one again.
        if chain_of.get(sector) == start:
            raise BrokenOleError(f"sector {sector} is in a circle")


def _streams_in(storage: Any, path: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yields the place in the directory and the path of each stream in a storage."""
    for entry in storage.kids:
        entry_path = [*path, entry.name]
        if entry.entry_type == olefile.STGTY_STREAM:
            yield entry.sid, entry_path
        else:
            yield from _streams_in(entry, entry_path)


def workbook_stream(file: CompoundFile) -> bytes | None:
    """Returns the stream that holds the sheets: `Workbook` since Excel 97, `Book` before; None where neither is.

    A file that holds both has the same workbook in both versions, and readers take the newer.
    """
    for name in ("Workbook", "Book"):
        if file.has(name):
            return file.read(name)
    return None
