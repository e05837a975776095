"""Which cells of an .xlsx are merged."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.sheets.hidden.xlsx import XlsxHidden
from pipeline.ingest.sheets.hidden.xlsx_merged import MergedCells
from pipeline.ingest.sheets.sheet import MergedRange
from tests.unit.ingest.demo_form import book

XML = (
    b'</sheetData><mergeCells count="3"><mergeCell ref="A2:B7"/>'
    b'<mergeCell uid="1" ref="AA10:AA1048577"></mergeCell>'
    b"<mergeCell ref='C1:C2'/><mergeCell ref=\"C3\"/></mergeCells></worksheet>"
)


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_merged_cells_are_found_however_the_xml_is_cut_into_blocks(size: int) -> None:
    cells = MergedCells()
    for at in range(0, len(XML), size):
        cells.take(XML[at : at + size])
    assert cells.ranges == [MergedRange(1, 6, 0, 1), MergedRange(9, 1_048_575, 26, 26), MergedRange(0, 1, 2, 2)]


def test_columns_count_from_the_first_filled_one_as_the_reader_counts(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", 综窗=[[None, "部门"], [None, "公安厅"], [None, None]], 空=[])
    workbook = openpyxl.load_workbook(path)
    workbook["综窗"].merge_cells("B2:B3")
    workbook.save(path)
    hidden = XlsxHidden(path)
    for sheet in ("综窗", "空"):
        hidden.silent_cells(sheet)
    assert hidden.merged_cells("综窗") == [MergedRange(1, 2, 0, 0)]
    assert hidden.merged_cells("空") == ()
    assert hidden.merged_cells("没有") == ()


def test_a_word_in_a_cell_is_no_merged_cell(tmp_path: Path) -> None:
    hidden = XlsxHidden(book(tmp_path / "a.xlsx", 综窗=[['<mergeCell ref="A1:A9"/>']]))
    hidden.silent_cells("综窗")
    assert hidden.merged_cells("综窗") == ()
