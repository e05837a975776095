"""Measures the sheets of .xls, .et and .xlsb by the rows and columns that their records name."""

from __future__ import annotations

import struct

from pipeline.ingest.containers.archive import Member, ZipArchive
from pipeline.ingest.containers.biff import BEGIN_OF_SHEET, biff_records, xlsb_records
from pipeline.ingest.containers.size_limits import refuse_far_column, refuse_many_cells

# [MS-XLS] 2.3: records of one cell, with row and column in their first four bytes.
_ONE_CELL = frozenset({
    0x0201, 0x0001,          # Blank
    0x0203, 0x0003, 0x0002,  # Number, and Integer before BIFF3
    0x0204, 0x0004, 0x00D6,  # Label, and RString
    0x0205, 0x0005,          # BoolErr
    0x0006, 0x0206, 0x0406,  # Formula
    0x00FD,                  # LabelSst
    0x027E,                  # RK
})  # fmt: skip
# MulRk and MulBlank: several cells of a row, the last column in the last two bytes.
_CELL_RUN = frozenset({0x00BD, 0x00BE})
# [MS-XLSB] 2.4: BrtRowHdr begins a row; the kinds 1 to 11 are its cells, blanks included.
_XLSB_ROW = 0
_XLSB_LAST_CELL_KIND = 11


class _Span:
    """The rectangle from the first to the last cell of a sheet, 0-based."""

    def __init__(self) -> None:
        self._top = self._left = 1 << 20
        self._bottom = self._right = -1

    def add(self, row: int, first_column: int, last_column: int) -> int:
        """Takes cells of one row in, and returns how many cells the rectangle now holds."""
        self._top = min(self._top, row)
        self._bottom = max(self._bottom, row)
        self._left = min(self._left, first_column)
        self._right = max(self._right, last_column)
        return (self._bottom - self._top + 1) * (self._right - self._left + 1)


def refuse_huge_xls(book: bytes, max_cells: int) -> None:
    """Refuses a BIFF stream (.xls, .et) in which a sheet's cells span more than `max_cells`."""
    span = _Span()
    for kind, offset, length in biff_records(book):
        if kind in BEGIN_OF_SHEET:
            span = _Span()
            continue
        is_run = kind in _CELL_RUN
        if length < 4 or not (is_run or kind in _ONE_CELL):
            continue
        row, column = struct.unpack_from("<HH", book, offset)
        last_column = column
        if is_run and length >= 6:
            last_column = struct.unpack_from("<H", book, offset + length - 2)[0]
        refuse_far_column(last_column + 1)
        refuse_many_cells(span.add(row, column, last_column), max_cells)


def xlsb_cells(archive: ZipArchive, member: Member, max_cells: int) -> int:
    """Returns rows x columns of an .xlsb sheet, from A1 to the last cell; rows without cells have only a height."""
    part = archive.read(member)
    row = last_row = last_column = 0
    for kind, offset, length in xlsb_records(part):
        if kind > _XLSB_LAST_CELL_KIND or length < 4:
            continue
        number = struct.unpack_from("<I", part, offset)[0]
        if kind == _XLSB_ROW:
            row = number
        else:
            last_row = max(last_row, row)
            last_column = max(last_column, number)
    refuse_far_column(last_column + 1)
    return (last_row + 1) * (last_column + 1)
