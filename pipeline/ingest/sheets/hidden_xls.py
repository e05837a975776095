"""Finds in .xls and .et what their reader keeps silent about, as hidden_xlsx does in .xlsx."""

from __future__ import annotations

import struct

from pipeline.ingest.containers.biff import biff_records
from pipeline.ingest.sheets.hidden_values import Book, Found
from pipeline.ingest.sheets.number_formats import Styles, styles_of

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BEGIN, _SHEET, _EPOCH = frozenset({0x0809, 0x0409, 0x0209, 0x0009}), 0x0085, 0x0022
_NUMBER, _RK, _RKS, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0205
_FORMULA = frozenset({0x0006, 0x0206, 0x0406})
_TEXTS = frozenset({0x00FD, 0x0204, 0x00D6})
_FORMAT, _STYLE, _BIFF8 = 0x041E, 0x00E0, 0x0600


def search_xls(stream: bytes) -> Book:
    """Searches the stream of an .xls or .et for errors, formulas without a value, long numbers, rates, days."""
    book = Book()
    starts: dict[int, Found] = {}
    current: Found | None = None
    styles = _xls_styles(stream)
    for kind, place, length in biff_records(stream):
        if kind == _SHEET and length > 8:
            found = book.sheets.setdefault(_sheet_name(stream[place : place + length]), Found(styles=styles))
            starts[struct.unpack_from("<I", stream, place)[0]] = found
        elif kind == _EPOCH and length > 1:
            book.is_1904 = stream[place] == 1
        elif kind in _BEGIN:
            current = starts.get(place - 4, current)
        elif current is not None and length > 5:
            _note_record(current, kind, stream[place : place + length])
    for found in book.sheets.values():
        found.placed()
    return book


def _xls_styles(stream: bytes) -> Styles:
    codes: dict[int, str] = {}
    formats: list[int] = []
    is_biff8 = stream[4:6] == struct.pack("<H", _BIFF8)
    for kind, place, length in biff_records(stream):
        record = stream[place : place + length]
        if kind == _FORMAT and length > 4:
            codes[struct.unpack_from("<H", record)[0]] = _format_code(record, is_biff8)
        elif kind == _STYLE and length > 3:
            formats.append(struct.unpack_from("<H", record, 2)[0])
        elif kind in _BEGIN and formats:
            break
    return styles_of(formats, codes)


def _format_code(record: bytes, is_biff8: bool) -> str:
    if not is_biff8:
        return record[3:].decode("gb18030", "replace")
    letters = record[5:]
    return letters.decode("utf-16-le", "replace") if record[4] & 1 else letters.decode("latin-1")


def _sheet_name(record: bytes) -> str:
    size, flags, letters = record[6], record[7], record[8:]
    if len(record) == 7 + size:
        return record[7:].decode("gb18030", "replace")  # before BIFF8: a code page, and no flags
    return letters[: 2 * size].decode("utf-16-le", "replace") if flags & 1 else letters[:size].decode("latin-1")


def _note_record(found: Found, kind: int, record: bytes) -> None:
    row, column, style = struct.unpack_from("<HHH", record)
    if kind == _NUMBER and len(record) >= 14:
        found.note(row, column, struct.unpack_from("<d", record, 6)[0], style=style)
    elif kind == _RK and len(record) >= 10:
        found.note(row, column, read_rk(struct.unpack_from("<I", record, 6)[0]), style=style)
    elif kind == _RKS:
        for at, place in enumerate(range(4, len(record) - 7, 6)):
            style, packed = struct.unpack_from("<HI", record, place)
            found.note(row, column + at, read_rk(packed), style=style)
    elif kind == _ERROR and len(record) >= 8:
        found.note(row, column, error=ERRORS.get(record[6], "#ERROR!") if record[7] else None)
    elif kind in _FORMULA and len(record) >= 14:
        is_number = record[12:14] != b"\xff\xff"
        is_error = not is_number and record[6] == 2
        number = struct.unpack_from("<d", record, 6)[0] if is_number else None
        found.note(row, column, number, ERRORS.get(record[8], "#ERROR!") if is_error else None, style)
    elif kind in _TEXTS:
        found.note(row, column)


def read_rk(packed: int) -> float:
    """A number in Excel's four bytes: the upper half of a double or a whole number, perhaps a hundredth of it."""
    if packed & 2:
        number = float((packed if packed < 1 << 31 else packed - (1 << 32)) >> 2)
    else:
        number = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", packed & 0xFFFFFFFC))[0]
    return number / 100 if packed & 1 else number
