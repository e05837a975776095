"""What an .xlsb says that its reader does not tell."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipeline.common.cell_marks import ERROR_MARK
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.hidden.values import SearchedBook
from pipeline.ingest.sheets.hidden.xlsb import hidden_in_xlsb, read_styles, search_sheet
from pipeline.ingest.sheets.sheet import MergedRange
from tests.unit.ingest.deliveries import zipped


def test_errors_of_an_xlsb_are_found() -> None:
    def record(kind: int, content: bytes) -> bytes:
        return bytes([kind, len(content)]) + content

    def cell(kind: int, column: int, value: bytes) -> bytes:
        return record(kind, struct.pack("<II", column, 0) + value)

    sheet = record(0, struct.pack("<I", 4) + bytes(13)) + cell(7, 1, struct.pack("<I", 0)) + cell(3, 2, bytes([42]))
    sheet += cell(5, 3, struct.pack("<d", 5.1e17)) + cell(11, 4, bytes([7]) + bytes(10))
    found = search_sheet(sheet)
    assert found.silent.cells == {(4, 2): "\ufdd0#N/A", (4, 4): "\ufdd0#DIV/0!"}
    assert found.wide.cells == {(4, 3): "\ufdd2510000000000000000"}
    assert found.silent.first_column == 1


def test_shares_of_an_xlsb_are_found() -> None:
    def record(kind: int, content: bytes) -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(content)]) + content

    code = "0.0%".encode("utf-16-le")
    styles = record(44, struct.pack("<HI", 164, 4) + code) + record(47, struct.pack("<HH", 0, 164))
    styles += record(617, b"") + record(47, bytes(4)) + record(47, struct.pack("<HH", 0, 164)) + record(618, b"")
    sheet = record(0, struct.pack("<I", 1)) + record(5, struct.pack("<IId", 2, 1, 0.985))
    sheet += record(5, struct.pack("<IId", 3, 0, 0.985))
    found = search_sheet(sheet, read_styles(styles))
    assert found.silent.cells == {(1, 2): "98.5%"}


def test_hidden_rows_of_an_xlsb_are_found() -> None:
    def row(number: int, flags: int) -> bytes:
        return b"\0\x0c" + struct.pack("<IIHBB", number, 0, 300, 0, flags)

    sheet = row(3, 0x10) + row(4, 0x20) + row(5, 0x31) + b"\0\x04" + struct.pack("<I", 6)
    assert search_sheet(sheet).hidden_rows == {3, 5}


def test_merged_cells_of_an_xlsb_are_found() -> None:
    merged = struct.pack("<IIII", 4, 6, 1, 2)
    sheet = b"\xb0\x01\x10" + merged + b"\xb0\x01\x04" + merged[:4]
    assert search_sheet(sheet).merged == [MergedRange(4, 6, 1, 2)]


def text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def sheet_record(link: str, name: str) -> bytes:
    content = bytes(8) + text(link) + text(name)
    return b"\x9c\x01" + bytes([len(content)]) + content


LINKS = b"""<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet1.bin"/>
<Relationship Id="rId2" Target="worksheets/sheet2.bin"/></Relationships>"""
BOOK = b"\x99\x01\x04\x01\0\0\0" + sheet_record("rId2", "综窗") + sheet_record("rId9", "没有")


def error_in(column: int, code: int) -> bytes:
    return b"\0\x04" + bytes(4) + b"\x03\x09" + struct.pack("<II", column, 0) + bytes([code])


def searched(folder: Path, book: bytes = BOOK, links: bytes = LINKS) -> SearchedBook:
    path = folder / "a.xlsb"
    sheets = {"xl/worksheets/sheet1.bin": error_in(0, 7), "xl/worksheets/Sheet2.bin": error_in(3, 42)}
    path.write_bytes(zipped(**{"xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": links, **sheets}))
    return hidden_in_xlsb(path)


def test_each_sheet_of_an_xlsb_is_searched_in_the_part_that_its_link_names(tmp_path: Path) -> None:
    found = searched(tmp_path)
    assert list(found.sheets) == ["综窗"]
    assert found.silent_cells("综窗").cells == {(0, 3): f"{ERROR_MARK}#N/A"}
    assert found.is_1904
    assert not searched(tmp_path, BOOK.replace(b"\x04\x01\0", b"\x04\0\0")).is_1904


def test_of_records_that_make_no_sense_nothing_is_known(tmp_path: Path) -> None:
    assert searched(tmp_path, b"\x9c\x01\x04abcd") == SearchedBook()
    path = tmp_path / "b.xlsb"
    path.write_bytes(zipped(**{"xl/other.bin": b""}))
    assert hidden_in_xlsb(path) == SearchedBook()


def test_links_that_are_no_xml_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError):
        searched(tmp_path, links=b"<Relationships")
