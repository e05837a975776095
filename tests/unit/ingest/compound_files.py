"""Compound files made by hand, as .xls files are ones: for tests of what such a file holds."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SECTOR = 512
# [MS-CFB] 2.2: streams below this size would stand in a stream of small ones, which these files do without.
_SMALLEST = 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound_file(**streams: bytes) -> bytes:
    """A compound file of these streams, each filled up with zeros to 4,096 bytes at least."""
    contents = {name: _padded(content.ljust(_SMALLEST, b"\0")) for name, content in streams.items()}
    directory_sectors = -(-(len(contents) + 1) // 4)
    fat = [_FAT, *_chain(1, directory_sectors)]
    entries = [_entry("Root Entry", 5, child=1 if contents else _NONE, start=_END, size=0)]
    for number, (name, content) in enumerate(contents.items(), start=1):
        following = number + 1 if number < len(contents) else _NONE
        entries.append(_entry(name, 2, right=following, start=len(fat), size=len(content)))
        fat += _chain(len(fat), len(content) // _SECTOR)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    table = struct.pack(f"<{_SECTOR // 4}I", *fat, *[_FREE] * (_SECTOR // 4 - len(fat)))
    return header + table + _padded(b"".join(entries)) + b"".join(contents.values())


def record(kind: int, data: bytes = b"") -> bytes:
    """One record of a BIFF stream."""
    return struct.pack("<HH", kind, len(data)) + data


def book_of(*records: bytes, sheets: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """A BIFF8 stream: `records` of the workbook as a whole, then its sheets, each named by its place."""
    begin = record(0x0809, struct.pack("<HH", 0x0600, 5) + bytes(12))
    begin_of_sheet, end = record(0x0809, struct.pack("<HH", 0x0600, 0x10) + bytes(12)), record(0x000A)
    names = [struct.pack("<HBB", 0, len(name), 1) + name.encode("utf-16-le") for name, _ in sheets]
    place = len(begin) + sum(map(len, records)) + sum(len(name) + 8 for name in names) + len(end)
    listed = b""
    bodies = b""
    for name, (_, cells) in zip(names, sheets, strict=True):
        listed += record(0x0085, struct.pack("<I", place + len(bodies)) + name)
        bodies += begin_of_sheet + cells + end
    return begin + b"".join(records) + listed + end + bodies


def _entry(name: str, kind: int, *, right: int = _NONE, child: int = _NONE, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(letters), kind, 1, _NONE, right, child)
    return letters.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def _chain(first: int, sectors: int) -> list[int]:
    return [*range(first + 1, first + sectors), _END]


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _SECTOR)
