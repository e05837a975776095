"""Reads the directory and the streams of an OLE2 compound file; what a stream means belongs in detect and sheets."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_LAST_REGULAR = 0xFFFFFFFA
_ENTRY = 128


class BrokenOleError(ValueError):
    """A compound file whose header, tables or streams point outside the file, or in circles."""


@dataclass(frozen=True)
class Entry:
    """One stream or storage of the directory; `start` is its first sector, `kind` 1 storage, 2 stream, 5 root."""

    name: str
    kind: int
    start: int
    size: int


class CompoundFile:
    """A compound file held in memory; raises BrokenOleError wherever it is cut off or circular."""

    def __init__(self, content: bytes) -> None:
        if len(content) < 512:
            raise BrokenOleError("header")
        self._content = content
        shift = struct.unpack_from("<H", content, 30)[0]
        if shift not in (9, 12):
            raise BrokenOleError("sector size")
        self._sector = 1 << shift
        self._directory_start, _, self._cutoff, self._mini_start, _, difat, _ = struct.unpack_from("<7I", content, 48)
        self._fat = self._read_fat(difat)

    def _read_fat(self, difat: int) -> list[int]:
        places = list(struct.unpack_from("<109I", self._content, 76))
        width = self._sector // 4
        seen: set[int] = set()
        while difat <= _LAST_REGULAR and difat not in seen:
            seen.add(difat)
            *more, difat = struct.unpack(f"<{width}I", self._at(difat))
            places += more
        fat: list[int] = []
        for place in places:
            if place <= _LAST_REGULAR:
                fat += struct.unpack(f"<{width}I", self._at(place))
        return fat

    def _at(self, sector: int) -> bytes:
        begin = (sector + 1) * self._sector
        block = self._content[begin : begin + self._sector]
        if not block:
            raise BrokenOleError(f"sector {sector} lies behind the end")
        return block.ljust(self._sector, b"\0")

    def _chain(self, start: int, table: list[int]) -> list[int]:
        chain: list[int] = []
        while start <= _LAST_REGULAR:
            if start >= len(table) or len(chain) > len(table):
                raise BrokenOleError("chain")
            chain.append(start)
            start = table[start]
        return chain

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry in use, in the directory's order."""
        raw = b"".join(self._at(sector) for sector in self._chain(self._directory_start, self._fat))
        found = []
        for place in range(0, len(raw), _ENTRY):
            length, kind = struct.unpack_from("<HB", raw, place + 64)
            start, size = struct.unpack_from("<II", raw, place + 116)
            if kind in (1, 2, 5):
                name = raw[place : place + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
                found.append(Entry(name, kind, start, size))
        return tuple(found)

    def find(self, *names: str) -> Entry | None:
        """The first stream of one of these names, whatever its case."""
        wanted = {name.lower() for name in names}
        return next((one for one in self.entries if one.kind == 2 and one.name.lower() in wanted), None)

    def read(self, entry: Entry) -> bytes:
        """A stream's bytes; raises BrokenOleError where the file ends before the stream does."""
        if entry.size < self._cutoff:
            raw = self._read_mini(entry)
        else:
            raw = b"".join(self._at(sector) for sector in self._chain(entry.start, self._fat))
        if len(raw) < entry.size:
            raise BrokenOleError(f"stream {entry.name} is cut off")
        return raw[: entry.size]

    def _read_mini(self, entry: Entry) -> bytes:
        root = next((one for one in self.entries if one.kind == 5), None)
        if root is None:
            raise BrokenOleError("root")
        store = b"".join(self._at(sector) for sector in self._chain(root.start, self._fat))
        raw = b"".join(self._at(sector) for sector in self._chain(self._mini_start, self._fat))
        table = list(struct.unpack(f"<{len(raw) // 4}I", raw))
        return b"".join(store[place * 64 : place * 64 + 64] for place in self._chain(entry.start, table))


def workbook_stream(file: CompoundFile) -> bytes | None:
    """The stream that holds the sheets of an .xls, or None."""
    entry = file.find("Workbook", "Book")
    return file.read(entry) if entry else None
