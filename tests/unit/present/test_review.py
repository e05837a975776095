"""The steward's workbook: complete, safe to open, and comfortable to read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.present.excel import write_cell
from pipeline.present.findings import keys_text
from pipeline.present.review import write_review
from pipeline.settings import Settings


def cells(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_each_kind_of_finding_has_its_sheet(con: duckdb.DuckDBPyConnection, settings: Settings):
    path = write_review(con, settings, "2023-03")
    assert path == settings.review / "2023-03" / "findings.xlsx"
    assert openpyxl.load_workbook(path).sheetnames == ["概览", "综窗办件", "事项受理办结", "隔离单元格", "交付与行账"]
    assert cells(path, "事项受理办结")[1] == (
        "提醒",
        "办结不超过受理",
        "办结超出受理 60 件",
        "上年结转 60 件可以解释",
        "核对上年结转",
        "水利厅",
        "已说明",
        "2023-01",
        "power_group=other_nine",
        "charts.item_ytd",
        "completed_not_above_accepted",
        "f1",
    )
    assert cells(path, "概览")[-1] == ("合计", None, 2, 0)


def test_quarantined_cells_and_the_row_account_are_told_by_file_sheet_and_row(
    con: duckdb.DuckDBPyConnection, settings: Settings
):
    path = write_review(con, settings, "2023-03")
    assert cells(path, "隔离单元格")[1][:6] == ("综窗办件周报_2023-03.xlsx", "周报", 7, "受理", "不是数", "=1+1")
    account = {row[6]: row[8] for row in cells(path, "交付与行账")[1:]}
    assert account == {"载入": 6, "隔离": 1, "搁置": 2}


def test_the_loaders_reasons_are_told_in_chinese(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE ledger.row_account SET reason = 'title' WHERE disposition = 'set_aside'")
    con.execute("UPDATE quarantine.cell SET reason = 'not_a_datetime'")
    path = write_review(con, settings, "2023-03")
    assert [row[7] for row in cells(path, "交付与行账")[1:] if row[6] == "搁置"] == ["标题"]
    assert cells(path, "隔离单元格")[1][4] == "不是时间"


def test_a_week_without_findings_still_gets_its_workbook(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("DELETE FROM quality.finding_week; DELETE FROM quarantine.cell")
    path = write_review(con, settings, "2023-03")
    assert openpyxl.load_workbook(path).sheetnames == ["概览", "隔离单元格", "交付与行账"]


def test_sheets_are_made_to_be_read_and_printed(con: duckdb.DuckDBPyConnection, settings: Settings):
    book = openpyxl.load_workbook(write_review(con, settings, "2023-03"))
    for sheet in book:
        assert sheet.freeze_panes in ("A2", "A5")
        assert sheet.auto_filter.ref
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(6 <= dimension.width <= 64 for dimension in sheet.column_dimensions.values())


@given(st.one_of(st.text(), st.sampled_from("=+-@\t").flatmap(lambda start: st.text().map(lambda rest: start + rest))))
def test_no_text_becomes_a_formula(text: str):
    sheet = openpyxl.Workbook().active
    write_cell(sheet, 1, 1, text)
    cell = sheet["A1"]
    assert cell.data_type in ("s", "n") and not (cell.data_type == "n" and cell.value)
    if text.startswith(("=", "+", "-", "@", "\t")):
        assert cell.quotePrefix


def test_a_formula_is_stored_as_the_text_it_is(con: duckdb.DuckDBPyConnection, settings: Settings):
    book = openpyxl.load_workbook(write_review(con, settings, "2023-03"))
    for sheet, address in (("综窗办件", "C2"), ("隔离单元格", "F2")):
        cell = book[sheet][address]
        assert (cell.data_type, cell.quotePrefix, str(cell.value)[0]) == ("s", True, "=")


def test_keys_are_written_for_people():
    assert keys_text('[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]') == "a=1，b=x；a=2，b=y"
    assert keys_text("no json") == "no json"
    assert keys_text(None) is None
