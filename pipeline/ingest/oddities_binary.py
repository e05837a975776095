"""Finds in .xls, .et, .xlsb and .ods what their reader keeps silent about, as oddities does in .xlsx.

These are searched whole, before the reader: they are small (.xls ends at 65,536 rows) or rare.
"""

from __future__ import annotations

import math
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from pipeline.common.cell_marks import ERROR_MARK, NUMBER_MARK
from pipeline.ingest.extent import biff_records, workbook_stream
from pipeline.ingest.formats import NO_STYLES, Styles, share_text, styles_of
from pipeline.ingest.oddities import Oddities
from pipeline.ingest.ole import BrokenOleError, CompoundFile

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BEGIN, _SHEET, _EPOCH = frozenset({0x0809, 0x0409, 0x0209, 0x0009}), 0x0085, 0x0022
_NUMBER, _RK, _RKS, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0205
_FORMULA = frozenset({0x0006, 0x0206, 0x0406})
_TEXTS = frozenset({0x00FD, 0x0204, 0x00D6})
_WIDE = 10.0**15
_XLSB_RK, _XLSB_ERRORS, _XLSB_NUMBERS, _XLSB_CELLS = 2, frozenset({3, 11}), frozenset({5, 9}), range(2, 12)
_XLSB_PROPERTIES, _XLSB_SHEET = 153, 156
_FORMAT, _STYLE, _BIFF8 = 0x041E, 0x00E0, 0x0600
_XLSB_FORMAT, _XLSB_STYLE, _XLSB_STYLES, _XLSB_STYLES_END = 44, 47, 617, 618


@dataclass
class Found:
    """One sheet's odd cells: those that the reader leaves empty or bare, and whole numbers beyond fifteen digits."""

    silent: Oddities = field(default_factory=Oddities)
    wide: Oddities = field(default_factory=Oddities)
    first_column: int = 1 << 14
    styles: Styles = NO_STYLES
    shown_as_day: dict[int, set[int]] = field(default_factory=dict)

    def note(
        self, row: int, column: int, number: float | None = None, error: str | None = None, style: int = -1
    ) -> None:
        """Take in one filled cell; `number` and `error` are its value where it has such a one."""
        self.first_column = min(self.first_column, column)
        if number is not None and style in self.styles.days:
            self.shown_as_day.setdefault(column, set()).add(row)
        if error is not None:
            self.silent.cells[row, column] = ERROR_MARK + error
        elif number is not None and style in self.styles.shares and (text := share_text(number)):
            self.silent.cells[row, column] = text
        elif number is not None and math.isfinite(number) and abs(number) >= _WIDE and number.is_integer():
            self.wide.cells[row, column] = NUMBER_MARK + str(int(number))

    def days(self) -> dict[int, frozenset[int]]:
        """The rows, by column, of the cells that show a number as a day or time, as the reader counts columns."""
        return {column - self.first_column: frozenset(rows) for column, rows in self.shown_as_day.items()}

    def placed(self) -> Found:
        """The same, once every cell is known: the reader counts columns from the first filled one."""
        self.silent.first_column = self.wide.first_column = self.first_column
        return self


@dataclass
class Book:
    """What a workbook without sheet XML says: odd cells by sheet name, and whether its serials count from 1904."""

    sheets: dict[str, Found] = field(default_factory=dict)
    is_1904: bool = False


def search(path: Path) -> Book:
    """Search a whole workbook; what is none of these kinds, or broken, has nothing to find (its reader refuses it)."""
    try:
        if not zipfile.is_zipfile(path):
            return _search_xls(workbook_stream(CompoundFile(path.read_bytes())) or b"")
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                return _search_ods(archive)
            return _search_xlsb(archive) if "xl/workbook.bin" in names else Book()
    except (BrokenOleError, struct.error, expat.ExpatError, LookupError, ValueError, zipfile.BadZipFile, RuntimeError):
        return Book()


def _search_xls(stream: bytes) -> Book:
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
        found.note(row, column, _rk(struct.unpack_from("<I", record, 6)[0]), style=style)
    elif kind == _RKS:
        for at, place in enumerate(range(4, len(record) - 7, 6)):
            style, packed = struct.unpack_from("<HI", record, place)
            found.note(row, column + at, _rk(packed), style=style)
    elif kind == _ERROR and len(record) >= 8:
        found.note(row, column, error=_ERRORS.get(record[6], "#ERROR!") if record[7] else None)
    elif kind in _FORMULA and len(record) >= 14:
        is_number = record[12:14] != b"\xff\xff"
        is_error = not is_number and record[6] == 2
        number = struct.unpack_from("<d", record, 6)[0] if is_number else None
        found.note(row, column, number, _ERRORS.get(record[8], "#ERROR!") if is_error else None, style)
    elif kind in _TEXTS:
        found.note(row, column)


def _rk(packed: int) -> float:
    """A number in Excel's four bytes: the upper half of a double or a whole number, perhaps a hundredth of it."""
    if packed & 2:
        number = float((packed if packed < 1 << 31 else packed - (1 << 32)) >> 2)
    else:
        number = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", packed & 0xFFFFFFFC))[0]
    return number / 100 if packed & 1 else number


def _search_xlsb(archive: zipfile.ZipFile) -> Book:
    book = Book()
    members = {name.lower(): name for name in archive.namelist()}
    targets = _targets(archive.read(members["xl/_rels/workbook.bin.rels"]))
    styles = _xlsb_styles(archive.read(members["xl/styles.bin"])) if "xl/styles.bin" in members else NO_STYLES
    for kind, record in _xlsb_records(archive.read(members["xl/workbook.bin"])):
        if kind == _XLSB_PROPERTIES and record:
            book.is_1904 = bool(record[0] & 1)
        elif kind == _XLSB_SHEET:
            link, place = _wide_text(record, 8)
            name, _ = _wide_text(record, place)
            member = members.get(f"xl/{targets.get(link, '')}".lower())
            if member:
                book.sheets[name] = _search_xlsb_sheet(archive.read(member), styles)
    return book


def _xlsb_styles(content: bytes) -> Styles:
    codes: dict[int, str] = {}
    formats: list[int] = []
    is_inside = False
    for kind, record in _xlsb_records(content):
        if kind == _XLSB_FORMAT and len(record) > 6:
            codes[struct.unpack_from("<H", record)[0]] = _wide_text(record, 2)[0]
        elif kind in (_XLSB_STYLES, _XLSB_STYLES_END):
            is_inside = kind == _XLSB_STYLES
        elif kind == _XLSB_STYLE and is_inside and len(record) > 3:
            formats.append(struct.unpack_from("<H", record, 2)[0])
    return styles_of(formats, codes)


def _search_xlsb_sheet(content: bytes, styles: Styles = NO_STYLES) -> Found:
    found, row = Found(styles=styles), 0
    for kind, record in _xlsb_records(content):
        if kind == 0 and len(record) >= 4:
            row = struct.unpack_from("<I", record)[0]
        elif kind in _XLSB_CELLS and len(record) > 8:
            column, style = struct.unpack_from("<II", record)
            style &= 0xFFFFFF
            if kind in _XLSB_ERRORS:
                found.note(row, column, error=_ERRORS.get(record[8], "#ERROR!"))
            elif kind == _XLSB_RK and len(record) >= 12:
                found.note(row, column, _rk(struct.unpack_from("<I", record, 8)[0]), style=style)
            elif kind in _XLSB_NUMBERS and len(record) >= 16:
                found.note(row, column, struct.unpack_from("<d", record, 8)[0], style=style)
            else:
                found.note(row, column)
    return found.placed()


def _xlsb_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(content):
        kind, place = _variable(content, place, 2)
        length, place = _variable(content, place, 4)
        yield kind, content[place : place + length]
        place += length


def _variable(content: bytes, place: int, most: int) -> tuple[int, int]:
    """A number in seven bits a byte, the lowest first, of up to `most` bytes; and where it ends."""
    value = 0
    for count in range(most):
        if place >= len(content):
            break
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << (7 * count)
        if not byte & 0x80:
            break
    return value, place


def _wide_text(record: bytes, place: int) -> tuple[str, int]:
    size = struct.unpack_from("<I", record, place)[0]
    end = place + 4 + 2 * size
    return record[place + 4 : end].decode("utf-16-le", "replace"), end


def _targets(xml: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    parser = expat.ParserCreate()

    def start(_: str, attributes: dict[str, str]) -> None:
        found[attributes.get("Id", "")] = attributes.get("Target", "").removeprefix("/xl/")

    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return found


# An OpenDocument cell says itself what it shows, whatever its style is called.
_ODS_SHARE, _ODS_DAY = 0, 1
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]0+)?S")
_ODS_STYLES = Styles(shares=frozenset({_ODS_SHARE}), days=frozenset({_ODS_DAY}))


class _OdsCells:
    """Walks the cells of an OpenDocument file and notes its errors, whose text stands in the cell, and wide numbers."""

    def __init__(self) -> None:
        self.book, self.found = Book(), Found()
        self.row = self.column = self.columns = self.rows = 0
        self.error: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table":
            self.found = self.book.sheets.setdefault(attributes.get("table:name", ""), Found(styles=_ODS_STYLES))
            self.row = 0
        elif local == "table-row":
            self.column, self.rows = 0, int(attributes.get("table:number-rows-repeated", 1))
        elif local in ("table-cell", "covered-table-cell"):
            self.columns = int(attributes.get("table:number-columns-repeated", 1))
            kind = attributes.get("calcext:value-type") or attributes.get("office:value-type")
            self.error = [] if kind == "error" else None
            if kind in ("float", "percentage", "currency"):
                style = _ODS_SHARE if kind == "percentage" else -1
                self._note(number=float(attributes.get("office:value", "0")), style=style)
            elif kind in ("date", "time"):
                self._note(number=0, style=_ODS_DAY)
                self._note_time(attributes.get("office:time-value", "") if kind == "time" else "")
            elif kind:
                self.found.first_column = min(self.found.first_column, self.column)

    def _note_time(self, written: str) -> None:
        """A time of day or a duration, which the reader leaves empty."""
        if written:
            parts = _DURATION.fullmatch(written)
            text = ":".join(part.zfill(2) for part in parts.groups()) if parts else written
            self.found.silent.cells.update(dict.fromkeys(self._places(), text))

    def text(self, text: str) -> None:
        if self.error is not None:
            self.error.append(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("table-cell", "covered-table-cell"):
            if self.error is not None:
                self._note(error="".join(self.error) or "#ERROR!")
            self.column += self.columns
            self.error = None
        elif local == "table-row":
            self.row += self.rows

    def _note(self, number: float | None = None, error: str | None = None, style: int = -1) -> None:
        for row, column in self._places():
            self.found.note(row, column, number, error, style)

    def _places(self) -> Iterator[tuple[int, int]]:
        """Where the cell stands: written once, it may be repeated over columns and rows."""
        for row in range(self.row, self.row + min(self.rows, 1000)):
            for column in range(self.column, self.column + min(self.columns, 1000)):
                yield row, column


def _search_ods(archive: zipfile.ZipFile) -> Book:
    cells, parser = _OdsCells(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    parser.CharacterDataHandler = cells.text
    with archive.open("content.xml") as member:
        while block := member.read(1 << 20):
            parser.Parse(block)
    for found in cells.book.sheets.values():
        found.placed()
    return cells.book
