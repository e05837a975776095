"""Charts for spreadsheets: what stands in the cells of the CSV and of the workbook."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import duckdb
import openpyxl
import pytest

from pipeline.common.reproducible_zip import pack_files
from pipeline.release.published.chart_sheets import ChartSheet, SheetColumn, chart_sheets
from pipeline.release.published.spreadsheets import write_csv_files, write_workbook

COLUMNS = (
    SheetColumn("week_id", "期", "", "期", "week"),
    SheetColumn("name", "名称", "", "名称", "name"),
    SheetColumn("cases", "在办", "件", "在办（件）", "open cases"),
    SheetColumn("rate", "办结率（%）", "%", "办结率（%），四舍五入", "rate"),
    SheetColumn("day", "日期", "", "日期", "day"),
)
ROWS = (
    ("2023-15", '=HYPERLINK("http://x.example")', 1200, Decimal("99.50"), date(2023, 4, 21)),
    ("2023-15", "水利厅\x07", 0, None, None),
)
SHEET = ChartSheet("office", "部门", "部门：在办", COLUMNS, ROWS)


def test_a_csv_has_exact_numbers_blanks_for_nothing_and_no_formula(tmp_path: Path):
    (path,) = write_csv_files(tmp_path, [SHEET])
    assert path.name == "charts.office.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(path.open(encoding="utf-8-sig", newline=""))) == [
        ["week_id", "name", "cases", "rate", "day"],
        ["2023-15", '\'=HYPERLINK("http://x.example")', "1200", "99.5", "2023-04-21"],
        ["2023-15", "水利厅", "0", "", ""],
    ]


def test_the_workbook_keeps_numbers_as_numbers_and_text_as_text(tmp_path: Path):
    write_workbook(tmp_path / "m.xlsx", [SHEET], [("期", "2023-15")])
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx")["部门"]
    assert [cell.value for cell in sheet[1]] == ["期", "名称", "在办（件）", "办结率（%）", "日期"]
    formula, count, rate = (sheet.cell(2, column) for column in (2, 3, 4))
    assert (formula.data_type, formula.quotePrefix) == ("s", True)
    assert (count.value, count.number_format, rate.value, rate.number_format) == (1200, "#,##0", 99.5, "#,##0.00")
    assert [cell.value for cell in sheet[3]] == ["2023-15", "水利厅", 0, None, None]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E3")


def test_a_chart_longer_than_a_sheet_keeps_its_last_rows_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.release.published.spreadsheets.MOST_ROWS", 1)
    write_workbook(tmp_path / "m.xlsx", [SHEET], [])
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    assert [cell.value for cell in book["部门"]["B"]] == ["名称", "水利厅"]
    told = [cell.value for cell in book["说明"]["B"] if cell.value and "charts.office.csv" in str(cell.value)]
    assert told == ["部门：在办（行数超过一个工作表的容量，这里只列最后 1 行；全部见 charts.office.csv）"]


def test_equal_content_gives_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("a", "b"):
        write_workbook(tmp_path / f"{name}.xlsx", [SHEET], [])
        pack_files(tmp_path / f"{name}.zip", {"metrics.xlsx": tmp_path / f"{name}.xlsx"})
        monkeypatch.setattr("time.time", lambda: 2e9)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert ZipFile(tmp_path / "a.zip").namelist() == ["metrics.xlsx"]


def test_sheets_are_called_by_the_first_words_of_their_table_and_never_alike():
    with duckdb.connect() as con:
        con.execute(
            """
            CREATE SCHEMA docs; CREATE SCHEMA charts;
            CREATE TABLE charts.a (week_id VARCHAR, n INTEGER, sort_order INTEGER);
            INSERT INTO charts.a VALUES ('2023-02', 1, 2), ('2023-01', 3, 1), ('2023-02', 2, 1);
            CREATE TABLE charts.b AS SELECT '2023-01' AS week_id;
            CREATE TABLE docs."table" AS SELECT * FROM (VALUES ('charts', 'a', '综窗/办件：四项'),
                ('charts', 'b', '综窗办件，又')) AS t (schema_name, table_name, description);
            CREATE TABLE docs."column" AS SELECT * FROM (VALUES ('charts', 'a', 'week_id', 1, '期', 'week', NULL),
                ('charts', 'a', 'n', 2, '件数：多少', 'n', '件'),
                ('charts', 'a', 'sort_order', 3, '件数', 'order', NULL),
                ('charts', 'b', 'week_id', 1, '期', 'week', NULL))
                AS t (schema_name, table_name, column_name, position, label_zh, label_en, unit);
            CREATE TABLE docs."key" AS SELECT 'charts' AS schema_name, 'a' AS table_name, 'week_id' AS column_name,
                1 AS position;
            """
        )
        first, second = chart_sheets(con, "memory")
    assert (first.title, second.title) == ("综窗办件", "综窗办件 2")
    assert [column.heading for column in first.columns] == ["期", "件数", "件数 2"]
    assert first.rows == (("2023-01", 3, 1), ("2023-02", 2, 1), ("2023-02", 1, 2))
