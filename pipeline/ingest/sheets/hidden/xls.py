"""Finds in .xls and .et what their reader keeps silent about; `xlsx` beside this does it for .xlsx."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pipeline.ingest.containers.biff import BEGIN_OF_SHEET, biff_records
from pipeline.ingest.containers.ole import BrokenOleError, CompoundFile, workbook_stream
from pipeline.ingest.sheets.hidden.values import OddSheet, SearchedBook
from pipeline.ingest.sheets.number_formats import Styles, styles_of
from pipeline.ingest.sheets.sheet import MergedRange

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
"""[MS-XLS] 2.5.10 BErr: the codes of errors."""
UNKNOWN_ERROR = "#ERROR!"

# [MS-XLS] 2.3: numbers of records.
_BOUND_SHEET, _DATE_1904 = 0x0085, 0x0022
_FORMAT, _XF = 0x041E, 0x00E0
_BIFF8 = 0x0600
# Every cell begins with row, column and style, two bytes each.
_CELL_HEAD = 6


def hidden_in_xls(path: Path) -> SearchedBook:
    """Searches an .xls or .et; one that is broken has nothing to find, since its reader refuses it."""
    try:
        return _search_xls(workbook_stream(CompoundFile(path.read_bytes())) or b"")
    except (BrokenOleError, struct.error, LookupError):
        return SearchedBook()


def _search_xls(stream: bytes) -> SearchedBook:
    """Searches a BIFF stream for errors, formulas without a value, long numbers, shares and days."""
    book = SearchedBook()
    sheet_at: dict[int, OddSheet] = {}
    current: OddSheet | None = None
    styles = _styles(stream)
    for kind, offset, length in biff_records(stream):
        if kind in BEGIN_OF_SHEET:
            # BoundSheet8 names the offset of the record, whose head of four bytes stands before the data. A chart in a
            # sheet, behind its cells, begins so too: the numbers that it keeps of its series are no cells.
            current = sheet_at.get(offset - 4)
        elif kind == _BOUND_SHEET and length > 8:
            name = _sheet_name(stream[offset : offset + length])
            sheet = book.sheets.setdefault(name, OddSheet(styles=styles))
            begin = struct.unpack_from("<I", stream, offset)[0]
            sheet_at[begin] = sheet
        elif kind == _DATE_1904 and length > 1:
            book.is_1904 = stream[offset] == 1
        elif current is not None and length >= _CELL_HEAD:
            _note_record(current, kind, stream[offset : offset + length])
    for sheet in book.sheets.values():
        sheet.finish()
    return book


def _styles(stream: bytes) -> Styles:
    """Reads the number format of each cell style; they stand before the first sheet."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    # BOF begins with its head of four bytes, then the version.
    is_biff8 = stream[4:6] == struct.pack("<H", _BIFF8)
    for kind, offset, length in biff_records(stream):
        if kind == _FORMAT and length > 4:
            record = stream[offset : offset + length]
            number = struct.unpack_from("<H", record)[0]
            codes[number] = _format_code(record, is_biff8)
        elif kind == _XF and length > 3:
            # [MS-XLS] 2.4.353: font, then format.
            formats.append(struct.unpack_from("<H", stream, offset + 2)[0])
        elif kind in BEGIN_OF_SHEET and formats:
            break
    return styles_of(formats, codes)


def _format_code(record: bytes, is_biff8: bool) -> str:
    """Reads the code of a Format record: number (2 bytes), length (2, before BIFF8 1), flags (1 in BIFF8), letters."""
    if not is_biff8:
        return record[3:].decode("gb18030", "replace")
    has_two_bytes_a_letter = record[4] & 1
    return record[5:].decode("utf-16-le" if has_two_bytes_a_letter else "latin-1", "replace")


def _sheet_name(record: bytes) -> str:
    """Reads the name in a BoundSheet8 record ([MS-XLS] 2.4.28): offset (4), kind (2), length (1), flags (1), letters.

    Before BIFF8 the letters are in a code page, and no flags stand before them.
    """
    size = record[6]
    if len(record) == 7 + size:
        return record[7:].decode("gb18030", "replace")
    has_two_bytes_a_letter = record[7] & 1
    letters = record[8:]
    if has_two_bytes_a_letter:
        return letters[: 2 * size].decode("utf-16-le", "replace")
    return letters[:size].decode("latin-1")


def _note_record(sheet: OddSheet, kind: int, record: bytes) -> None:
    """Takes in one cell, several cells, or what is said of rows; a record that is cut short is passed over."""
    known = _NOTES.get(kind)
    if known is None:
        return
    least_size, note = known
    if len(record) >= least_size:
        row, column = struct.unpack_from("<HH", record)
        note(sheet, row, column, record)


def _note_number(sheet: OddSheet, row: int, column: int, record: bytes) -> None:
    """[MS-XLS] 2.4.180 Number: behind the head a double."""
    number = struct.unpack_from("<d", record, _CELL_HEAD)[0]
    sheet.note_number(row, column, number, _style(record))


def _note_rk(sheet: OddSheet, row: int, column: int, record: bytes) -> None:
    """[MS-XLS] 2.4.220 RK: behind the head a number in four bytes."""
    packed = struct.unpack_from("<I", record, _CELL_HEAD)[0]
    sheet.note_number(row, column, read_rk(packed), _style(record))


def _note_text(sheet: OddSheet, _row: int, column: int, _record: bytes) -> None:
    """A text needs no search; it tells only that something stands in the column."""
    sheet.note_filled(column)


def _note_row(sheet: OddSheet, row: int, _column: int, record: bytes) -> None:
    """[MS-XLS] 2.4.221 Row: behind twelve bytes the flags, of which bit 5, fDyZero, says that the row is hidden."""
    if record[12] & 0x20:
        sheet.hidden_rows.add(row)


def _note_merged(sheet: OddSheet, _count: int, _first: int, record: bytes) -> None:
    """[MS-XLS] 2.4.168 MergeCells: a count, then first and last row, first and last column (2 bytes each) of each."""
    last_whole = len(record) - 8
    for offset in range(2, last_whole + 1, 8):
        sheet.merged.append(MergedRange(*struct.unpack_from("<HHHH", record, offset)))


def _style(record: bytes) -> int:
    """The style of a cell: the last two of the six bytes at the head."""
    style: int = struct.unpack_from("<H", record, 4)[0]
    return style


def _note_run(sheet: OddSheet, row: int, column: int, record: bytes) -> None:
    """[MS-XLS] 2.4.175 MulRk: row, first column (2 bytes each), then style (2) and number (4) of each cell."""
    for offset in range(4, len(record) - 7, 6):
        style, packed = struct.unpack_from("<HI", record, offset)
        sheet.note_number(row, column, read_rk(packed), style)
        column += 1


def _note_bool_or_error(sheet: OddSheet, row: int, column: int, record: bytes) -> None:
    """[MS-XLS] 2.4.24 BoolErr: behind the head a value, and 1 where that is the code of an error."""
    value, is_error = record[6], record[7]
    if is_error:
        sheet.note_error(row, column, ERRORS.get(value, UNKNOWN_ERROR))
    else:
        sheet.note_filled(column)


def _note_formula(sheet: OddSheet, row: int, column: int, record: bytes) -> None:
    """[MS-XLS] 2.5.133 FormulaValue: eight bytes, a double unless the last two are FF FF.

    Then the first byte says what the value is: 0 a text, 1 a bool, 2 an error with its code in the third byte.
    """
    if record[12:14] != b"\xff\xff":
        _note_number(sheet, row, column, record)
    elif record[6] == 2:
        sheet.note_error(row, column, ERRORS.get(record[8], UNKNOWN_ERROR))
    else:
        sheet.note_filled(column)


# Kind of a record → its least size in bytes, and how it is taken in.
_NOTES: Final[Mapping[int, tuple[int, Callable[[OddSheet, int, int, bytes], None]]]] = {
    0x0208: (16, _note_row),
    0x00E5: (10, _note_merged),
    0x0203: (14, _note_number),
    0x027E: (10, _note_rk),
    0x00BD: (_CELL_HEAD, _note_run),
    0x0205: (8, _note_bool_or_error),
    # Formulas of BIFF8 and of the two versions before it.
    0x0006: (14, _note_formula),
    0x0206: (14, _note_formula),
    0x0406: (14, _note_formula),
    # LabelSst, Label and RString.
    0x00FD: (_CELL_HEAD, _note_text),
    0x0204: (_CELL_HEAD, _note_text),
    0x00D6: (_CELL_HEAD, _note_text),
}


def read_rk(packed: int) -> float:
    """Reads a number in Excel's four bytes ([MS-XLS] 2.5.217 RkNumber).

    Bit 0: the number is a hundred times too large. Bit 1: the other 30 bits are a whole number with a sign; without it
    they are the upper bits of a double. `read_rk(0x00000032)` is 12.0, `read_rk(0x3FF00000)` is 1.0.
    """
    if packed & 2:
        signed = packed if packed < 1 << 31 else packed - (1 << 32)
        number = float(signed >> 2)
    else:
        upper_half = struct.pack("<I", packed & 0xFFFFFFFC)
        number = struct.unpack("<d", b"\0\0\0\0" + upper_half)[0]
    return number / 100 if packed & 1 else number
