"""Cuts the binary workbook formats into records: a number, a length and so many bytes.

What a record means, `extent_binary` and `ole_documents` here and `pipeline.ingest.sheets.hidden` say.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

BEGIN_OF_SHEET = frozenset({0x0809, 0x0409, 0x0209, 0x0009})
"""[MS-XLS] 2.4.21 BOF, and its forms before BIFF5: a workbook, a sheet or a chart begins."""


def biff_records(book: bytes) -> Iterator[tuple[int, int, int]]:
    r"""Yields number, offset and length of the data of each record of a BIFF stream ([MS-XLS] 2.1.4).

    Two bytes of number and two of length stand before the data, lowest byte first:
    `b"\x09\x08\x10\x00"` begins record 0x0809 with 16 bytes of data. A cut last record is left out.
    """
    offset = 0
    while offset + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, offset)
        begin = offset + 4
        offset = begin + length
        if offset > len(book):
            return
        yield kind, begin, length


def xlsb_records(part: bytes) -> Iterator[tuple[int, int, int]]:
    r"""Yields number, offset and length of the data of each record of an .xlsb part ([MS-XLSB] 2.1.4).

    The number takes one or two bytes and the length one to four, seven bits a byte:
    `b"\x9c\x01\x03abc"` is record 156 with the data `abc`. A cut last record is left out.
    """
    offset = 0
    while offset < len(part):
        kind, offset = _read_variable(part, offset, 2)
        if offset >= len(part):
            return
        length, begin = _read_variable(part, offset, 4)
        offset = begin + length
        if offset > len(part):
            return
        yield kind, begin, length


def _read_variable(part: bytes, offset: int, most: int) -> tuple[int, int]:
    r"""Reads the number of up to `most` bytes at `offset`, and returns it with the offset behind it.

    [MS-XLSB] 2.1.4: seven bits a byte, the lowest first; the high bit says that another byte follows.
    `b"\x80\x01"` is 128.
    """
    value = 0
    for shift in range(0, 7 * most, 7):
        if offset >= len(part):
            break
        byte = part[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, offset
