"""What an .xls says of its cells that its reader does not tell."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipeline.common.cell_marks import ERROR_MARK, NUMBER_MARK
from pipeline.ingest.sheets.hidden.values import SearchedBook
from pipeline.ingest.sheets.hidden.xls import hidden_in_xls, read_rk
from pipeline.ingest.sheets.sheet import MergedRange
from tests.unit.ingest.compound_files import book_of, compound_file, record


def cell(kind: int, row: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<HHH", row, column, style) + value)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return cell(0x0203, row, column, struct.pack("<d", value), style)


def error(row: int, column: int, code: int) -> bytes:
    return cell(0x0205, row, column, bytes([code, 1]))


def formula(row: int, column: int, value: bytes, style: int = 0) -> bytes:
    return cell(0x0006, row, column, value + bytes(8), style)


def searched(folder: Path, *records: bytes, **sheets: bytes) -> SearchedBook:
    path = folder / "a.xls"
    path.write_bytes(compound_file(Workbook=book_of(*records, sheets=list(sheets.items()))))
    return hidden_in_xls(path)


def test_errors_and_long_numbers_are_found_in_cells_and_formulas(tmp_path: Path) -> None:
    cells = number(4, 1, 5.1e17) + error(4, 2, 42) + error(4, 3, 99)
    cells += formula(5, 2, bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF])) + formula(5, 3, struct.pack("<d", -5.1e17))
    cells += cell(0x0205, 6, 2, b"\1\0") + formula(6, 3, bytes(6) + b"\xff\xff") + number(6, 4, 12.5)
    found = searched(tmp_path, 综窗=cells)
    assert found.silent_cells("综窗").cells == {
        (4, 2): f"{ERROR_MARK}#N/A", (4, 3): f"{ERROR_MARK}#ERROR!", (5, 2): f"{ERROR_MARK}#DIV/0!",
    }  # fmt: skip
    assert found.wide_cells("综窗").cells == {
        (4, 1): f"{NUMBER_MARK}510000000000000000", (5, 3): f"{NUMBER_MARK}-510000000000000000",
    }  # fmt: skip
    assert found.silent_cells("综窗").first_column == 1


FORMATS = record(0x041E, struct.pack("<HHB", 164, 4, 0) + b"0.0%")
STYLES = b"".join(record(0x00E0, struct.pack("<HH", 0, one) + bytes(16)) for one in (0, 164, 14))


def test_merged_cells_are_found_and_a_record_that_is_cut_short_tells_those_that_are_whole(tmp_path: Path) -> None:
    ranges = struct.pack("<HHHHH", 2, 4, 6, 1, 1) + struct.pack("<HHHH", 7, 7, 2, 3)
    cells = number(4, 1, 1.0) + record(0x00E5, ranges) + record(0x00E5, ranges[:12]) + record(0x00E5, b"")
    found = searched(tmp_path, 综窗=cells)
    first, second = MergedRange(4, 6, 0, 0), MergedRange(7, 7, 1, 2)
    assert found.merged_cells("综窗") == [first, second, first]
    assert found.merged_cells("没有") == []


def test_shares_and_days_are_those_of_the_styles_and_a_run_has_a_style_for_each_cell(tmp_path: Path) -> None:
    run = struct.pack("<HH", 1, 2) + struct.pack("<HI", 1, 0x3FE00000) + struct.pack("<HI", 2, 45033 << 2 | 2)
    cells = number(0, 2, 0.985, style=1) + number(0, 3, 0.985) + record(0x00BD, run + struct.pack("<H", 3))
    cells += cell(0x027E, 2, 3, struct.pack("<I", 45033 << 2 | 2), style=2)
    found = searched(tmp_path, FORMATS, STYLES, 综窗=cells)
    assert found.silent_cells("综窗").cells == {(0, 2): "98.5%", (1, 2): "50%"}
    assert found.days("综窗") == {1: frozenset({1, 2})}


def test_each_sheet_has_its_own_cells_and_the_book_says_where_its_days_begin(tmp_path: Path) -> None:
    found = searched(tmp_path, record(0x0022, b"\1\0"), 甲=error(0, 0, 7), 乙=error(1, 1, 15))
    assert found.is_1904
    assert found.silent_cells("甲").cells == {(0, 0): f"{ERROR_MARK}#DIV/0!"}
    assert found.silent_cells("乙").cells == {(1, 1): f"{ERROR_MARK}#VALUE!"}


def test_the_numbers_that_a_chart_in_a_sheet_keeps_are_no_cells_of_it(tmp_path: Path) -> None:
    chart = record(0x0809, struct.pack("<HH", 0x0600, 0x20) + bytes(12)) + number(0, 0, 5.1e17) + error(1, 0, 42)
    found = searched(tmp_path, 综窗=number(3, 2, 1.0) + error(3, 3, 7) + chart + record(0x000A))
    assert found.silent_cells("综窗").cells == {(3, 3): f"{ERROR_MARK}#DIV/0!"}
    assert found.wide_cells("综窗").cells == {}
    assert found.silent_cells("综窗").first_column == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"no compound file", compound_file(WordDocument=b"x"), compound_file(Workbook=book_of())[:2000]],
    ids=["empty", "text", "Word", "cut off"],
)
def test_in_what_is_no_whole_workbook_there_is_nothing_to_find(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    assert hidden_in_xls(path) == SearchedBook()


@pytest.mark.parametrize(
    ("packed", "number"),
    [
        (0x00000032, 12.0), (0x3FF00000, 1.0), (0x00000033, 0.12), (0x3FF00001, 0.01), (0xFFFFFFFE, -1.0),
        (0xFFFFFFFB, -0.02), (0x00000002, 0.0), (0xBFF00000, -1.0),
    ],
)  # fmt: skip
def test_the_two_low_bits_of_a_packed_number_say_how_it_is_packed(packed: int, number: float) -> None:
    assert read_rk(packed) == number
