"""How many cells the sheets of .xls and .xlsb span, by the records of their cells."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.containers.extent_binary import refuse_huge_xls, xlsb_cells
from pipeline.ingest.errors import RefusedFileError
from tests.unit.ingest.compound_files import book_of, record
from tests.unit.ingest.deliveries import zipped


def number_at(row: int, column: int) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, 1.5))


def test_a_sheet_of_an_xls_spans_from_its_first_cell_to_its_last() -> None:
    book = book_of(sheets=[("综窗", number_at(10, 5) + number_at(12, 8))])
    refuse_huge_xls(book, 12)
    with pytest.raises(RefusedFileError, match="跨越 12 个单元格"):
        refuse_huge_xls(book, 11)


def test_a_run_of_cells_counts_to_its_last_column() -> None:
    run = record(0x00BD, struct.pack("<HH", 0, 0) + bytes(6 * 10) + struct.pack("<H", 9))
    with pytest.raises(RefusedFileError, match="跨越 10 个单元格"):
        refuse_huge_xls(book_of(sheets=[("综窗", run)]), 9)


def test_each_sheet_of_an_xls_is_measured_for_itself() -> None:
    refuse_huge_xls(book_of(sheets=[("甲", number_at(0, 0)), ("乙", number_at(999, 99))]), 1)


def test_what_is_no_cell_of_an_xls_spans_nothing() -> None:
    height_of_row = record(0x0208, struct.pack("<HHHH", 65535, 0, 256, 0) + bytes(8))
    refuse_huge_xls(book_of(sheets=[("综窗", height_of_row + number_at(0, 0))]), 1)


def cells_of(folder: Path, sheet: bytes) -> int:
    path = folder / "a.xlsb"
    path.write_bytes(zipped(sheet1__bin=sheet))
    with open_zip(path, WORKBOOK) as archive:
        return xlsb_cells(archive, archive.members[0], 1000)


def xlsb_row(number: int, *columns: int) -> bytes:
    cells = b"".join(b"\x05\x10" + struct.pack("<IId", column, 0, 1.5) for column in columns)
    return b"\x00\x04" + struct.pack("<I", number) + cells


def test_a_sheet_of_an_xlsb_spans_from_a1_to_its_last_row_and_column(tmp_path: Path) -> None:
    assert cells_of(tmp_path, xlsb_row(2, 1, 3) + xlsb_row(4, 0)) == 5 * 4


def test_rows_of_an_xlsb_without_a_cell_span_nothing(tmp_path: Path) -> None:
    assert cells_of(tmp_path, xlsb_row(0, 0, 1) + xlsb_row(1_048_575)) == 2


def test_records_of_an_xlsb_that_are_no_cells_span_nothing(tmp_path: Path) -> None:
    width_of_columns = b"\x3c\x12" + struct.pack("<II", 0, 16383) + bytes(10)
    assert cells_of(tmp_path, width_of_columns + xlsb_row(0, 0)) == 1
