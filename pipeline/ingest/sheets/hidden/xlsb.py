"""Finds in .xlsb what its reader keeps silent about; `xlsx` beside this does it for .xlsx."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from pipeline.ingest.containers.archive import WORKBOOK, ZipArchive, open_zip
from pipeline.ingest.containers.biff import xlsb_records
from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.ingest.sheets.hidden.values import OddSheet, SearchedBook
from pipeline.ingest.sheets.hidden.xls import ERRORS, UNKNOWN_ERROR, read_rk
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles, styles_of
from pipeline.ingest.sheets.sheet import MergedRange

# [MS-XLSB] 2.3: numbers of records.
_ROW, _RK, _ERRORS, _NUMBERS, _CELLS = 0, 2, frozenset({3, 11}), frozenset({5, 9}), range(2, 12)
_WORKBOOK_PROPERTIES, _BUNDLE_SHEET, _MERGED_CELL = 153, 156, 176
_FORMAT, _XF, _BEGIN_CELL_XFS, _END_CELL_XFS = 44, 47, 617, 618
# A cell begins with its column (4 bytes) and its style (3 bytes, and one of flags).
_CELL_HEAD = 8
_STYLE_BITS = 0xFFFFFF


def hidden_in_xlsb(path: Path) -> SearchedBook:
    """Searches an .xlsb; raises RefusedFileError where a part is damaged.

    Of a workbook whose records make no sense nothing is known; its reader refuses it.
    """
    with open_zip(path, WORKBOOK) as archive:
        try:
            return _search_xlsb(archive)
        except (struct.error, LookupError):
            return SearchedBook()


def _search_xlsb(archive: ZipArchive) -> SearchedBook:
    """Searches the parts of an .xlsb for errors, long numbers, shares and days."""
    book = SearchedBook()
    members = {name.lower(): name for name in archive.names}
    targets = _link_targets(archive.read(members["xl/_rels/workbook.bin.rels"]))
    styles = read_styles(archive.read(members["xl/styles.bin"])) if "xl/styles.bin" in members else NO_STYLES
    for kind, record in _records(archive.read(members["xl/workbook.bin"])):
        if kind == _WORKBOOK_PROPERTIES and record:
            # [MS-XLSB] BrtWbProp: bit 0 is f1904.
            book.is_1904 = bool(record[0] & 1)
        elif kind == _BUNDLE_SHEET:
            # [MS-XLSB] BrtBundleSh: visibility and number (8 bytes), then the link and the name.
            link, offset = _read_text(record, 8)
            name, _ = _read_text(record, offset)
            member = members.get(f"xl/{targets.get(link, '')}".lower())
            if member:
                book.sheets[name] = search_sheet(archive.read(member), styles)
    return book


def read_styles(part: bytes) -> Styles:
    """Reads from styles.bin what each cell style shows; styles outside of CellXFs belong to named styles."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    is_in_cell_styles = False
    for kind, record in _records(part):
        if kind == _FORMAT and len(record) > 6:
            number = struct.unpack_from("<H", record)[0]
            codes[number], _ = _read_text(record, 2)
        elif kind == _XF and is_in_cell_styles and len(record) > 3:
            formats.append(struct.unpack_from("<H", record, 2)[0])
        elif kind in (_BEGIN_CELL_XFS, _END_CELL_XFS):
            is_in_cell_styles = kind == _BEGIN_CELL_XFS
    return styles_of(formats, codes)


def search_sheet(part: bytes, styles: Styles = NO_STYLES) -> OddSheet:
    """Searches the records of one sheet."""
    sheet = OddSheet(styles=styles)
    row = 0
    for kind, record in _records(part):
        if kind == _ROW and len(record) >= 4:
            row = struct.unpack_from("<I", record)[0]
            _note_row(sheet, row, record)
        elif kind in _CELLS and len(record) > _CELL_HEAD:
            _note_cell(sheet, row, kind, record)
        elif kind == _MERGED_CELL and len(record) >= 16:
            # [MS-XLSB] BrtMergeCell: first and last row, first and last column (4 bytes each).
            sheet.merged.append(MergedRange(*struct.unpack_from("<IIII", record)))
    sheet.finish()
    return sheet


def _note_row(sheet: OddSheet, row: int, record: bytes) -> None:
    """[MS-XLSB] BrtRowHdr: row, style (4 bytes each), height (2), two bytes of flags, of which bit 12 hides the row."""
    if len(record) > 11 and record[11] & 0x10:
        sheet.hidden_rows.add(row)


def _note_cell(sheet: OddSheet, row: int, kind: int, record: bytes) -> None:
    column, style_and_flags = struct.unpack_from("<II", record)
    style = style_and_flags & _STYLE_BITS
    if kind in _ERRORS:
        sheet.note_error(row, column, ERRORS.get(record[_CELL_HEAD], UNKNOWN_ERROR))
    elif kind == _RK and len(record) >= _CELL_HEAD + 4:
        sheet.note_number(row, column, read_rk(struct.unpack_from("<I", record, _CELL_HEAD)[0]), style)
    elif kind in _NUMBERS and len(record) >= _CELL_HEAD + 8:
        sheet.note_number(row, column, struct.unpack_from("<d", record, _CELL_HEAD)[0], style)
    else:
        sheet.note_filled(column)


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    for kind, offset, length in xlsb_records(part):
        yield kind, part[offset : offset + length]


def _read_text(record: bytes, offset: int) -> tuple[str, int]:
    """Reads an XLWideString of [MS-XLSB]: a count of four bytes, then UTF-16; returns it with its end."""
    count = struct.unpack_from("<I", record, offset)[0]
    begin = offset + 4
    end = begin + 2 * count
    return record[begin:end].decode("utf-16-le", "replace"), end


def _link_targets(relationships: bytes) -> dict[str, str]:
    """Reads `<Relationship Id="rId1" Target="/xl/worksheets/sheet1.bin"/>` as {"rId1": "worksheets/sheet1.bin"}."""
    links = whole_xml(relationships).iter()
    return {link.get("Id", ""): link.get("Target", "").removeprefix("/xl/") for link in links}
