"""Records of the binary workbook formats: a number, a length and so many bytes; what they mean, readers say."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def biff_records(book: bytes) -> Iterator[tuple[int, int, int]]:
    """The records of a BIFF stream: number, place of the data, length of the data; a cut last record is left out."""
    place, end = 0, len(book)
    while place + 4 <= end:
        kind, length = struct.unpack_from("<HH", book, place)
        if place + 4 + length > end:
            return
        yield kind, place + 4, length
        place += 4 + length


def read_variable(book: bytes, place: int, most: int) -> tuple[int, int]:
    """Reads the number of up to `most` bytes at `place`, seven bits a byte, and says where it ends.

    ([MS-XLSB] 2.1.4: the high bit of a byte says that another one follows; `b"\x80\x01"` is 128.)
    """
    value = 0
    for count in range(most):
        if place >= len(book):
            break
        byte = book[place]
        place += 1
        value |= (byte & 0x7F) << (7 * count)
        if not byte & 0x80:
            break
    return value, place
