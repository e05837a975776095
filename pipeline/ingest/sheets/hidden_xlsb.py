"""Finds in .xlsb what its reader keeps silent about, as hidden_xlsx does in .xlsx."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from pipeline.ingest.sheets.hidden_values import Book, Found
from pipeline.ingest.sheets.hidden_xls import ERRORS, read_rk
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles, styles_of

_XLSB_RK, _XLSB_ERRORS, _XLSB_NUMBERS, _XLSB_CELLS = 2, frozenset({3, 11}), frozenset({5, 9}), range(2, 12)
_XLSB_PROPERTIES, _XLSB_SHEET = 153, 156
_XLSB_FORMAT, _XLSB_STYLE, _XLSB_STYLES, _XLSB_STYLES_END = 44, 47, 617, 618


def search_xlsb(archive: zipfile.ZipFile) -> Book:
    """Searches the parts of an .xlsb for errors, long numbers, rates and days."""
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
                found.note(row, column, error=ERRORS.get(record[8], "#ERROR!"))
            elif kind == _XLSB_RK and len(record) >= 12:
                found.note(row, column, read_rk(struct.unpack_from("<I", record, 8)[0]), style=style)
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
