"""Rows of an original: which sheets are copied, and their numbers and days as such."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.present.sender.original_rows import native_sheets, rows_with_tables, visible_sheets
from tests.unit.present.sender.complaints import CONTRACT, TABLE, TITLE, export, workbook


def test_hidden_sheets_and_those_without_the_table_are_left_out() -> None:
    shown, hidden = Sheet("表一", TABLE), Sheet("旧", TABLE, is_hidden=True)
    notes = Sheet("说明", [["说明"]])
    assert visible_sheets(export(notes, hidden, shown)) == [shown]


def test_where_the_table_stands_on_hidden_sheets_alone_these_are_copied() -> None:
    hidden = Sheet("旧", TABLE, is_hidden=True)
    assert visible_sheets(export(Sheet("说明", [["说明"]]), hidden)) == [hidden]


def test_a_workbook_gives_its_own_cells_and_values_instead_of_formulas(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["=1+1", datetime(2023, 4, 17)]])
    sheet = native_sheets(path, Container.XLSX)["表一"]
    assert [cell.value for cell in sheet[1]] == [None, datetime(2023, 4, 17)]


def test_another_container_a_broken_workbook_and_a_large_one_give_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE)
    assert native_sheets(path, Container.HTML) == {}
    monkeypatch.setattr("pipeline.present.sender.original_rows.MOST_UNPACKED", 10)
    assert native_sheets(path, Container.XLSX) == {}
    monkeypatch.undo()
    broken = tmp_path / "b.xlsx"
    content = path.read_bytes()
    broken.write_bytes(content.replace(b"xl/workbook.xml", b"xl/workbo_k.xml"))
    assert native_sheets(broken, Container.XLSX) == {}


def test_a_piece_is_given_as_the_workbook_itself_has_it(tmp_path: Path) -> None:
    cells = [1, "T-7", "张三丰", datetime(2023, 4, 17), 0.5]
    book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", [["另一张表"], [TITLE], TABLE[1], cells]))
    sheet = book.worksheets[0]
    sheet["D4"].number_format, sheet["E4"].number_format = "yyyy年m月d日", '"张三丰"0'
    piece = Sheet("表一", [*TABLE[:2], ["1", "T-7", "张三丰", "2023-04-17", "0.5"]], rows_above=1)
    rows, (table,) = rows_with_tables(piece, sheet, CONTRACT)
    assert (table.header.top, rows.rows_above) == (1, 1)
    assert list(rows.values_of(2, [], {})) == cells
    assert rows.formats == {(2, 3): "yyyy年m月d日"}, "a format may hold a name"


def test_a_piece_is_given_as_the_loader_read_it_where_the_workbook_itself_shows_no_table(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", [["空"]])).worksheets[0]
    piece = Sheet("表一", TABLE)
    rows, (table,) = rows_with_tables(piece, sheet, CONTRACT)
    fields = {column.index: column.field for column in table.header.columns if column.field}
    assert rows.values is None
    assert list(rows.values_of(2, TABLE[2], fields)) == [1, "T-7", "张三丰", "请尽快办理", 2]
    assert rows_with_tables(piece, None, CONTRACT)[1] == (table,)
