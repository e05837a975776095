"""The steward's workbook: complete, safe to open, and comfortable to read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.present.shared.findings import keys_text
from pipeline.present.shared.workbook_style import write_cell
from pipeline.present.steward.findings_sheet import SETTLED_INK
from pipeline.present.steward.layout import HEADER_ROW
from pipeline.present.steward.workbook import last_week, write_review
from pipeline.privacy.digest import person_key
from pipeline.quality.checks.suite_words import Word
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.schema import create_tables
from pipeline.settings import Settings


def cells(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


@pytest.fixture(autouse=True)
def categories(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    person_key(settings.secret_path)
    create_tables(con)
    con.execute("UPDATE quality.finding SET category = CASE finding_id WHEN 'f1' THEN '指标与图表' ELSE '数量异常' END")


def row_of(path: Path, sheet: str) -> dict[object, object]:
    """The first finding of a sheet by header."""
    rows = cells(path, sheet)
    return dict(zip(rows[HEADER_ROW - 1], rows[HEADER_ROW], strict=True))


def test_each_category_has_its_sheet_and_each_finding_its_row(con: duckdb.DuckDBPyConnection, settings: Settings):
    path = write_review(con, settings, "2023-03")
    assert path == settings.review / "2023-03" / "findings.xlsx"
    assert openpyxl.load_workbook(path).sheetnames == ["填写说明", "指标与图表", "数量异常", "隔离单元格", "交付与行账"]
    shown = row_of(path, "指标与图表")
    assert {name: shown[name] for name in ("级别", "状态", "问题", "依据", "责任单位", "已登记的处理", "出现期次")} == {
        "级别": "提醒",
        "状态": "已解释",
        "问题": "办结超出受理 60 件",
        "依据": "检查：completed_not_above_accepted",
        "责任单位": "水利厅",
        "已登记的处理": "规则说明：上年结转 60 件可以解释",
        "出现期次": "2023-01 至 2023-03（3 期）",
    }
    assert ("合计", None, 2, 0, 1) in [row[:5] for row in cells(path, "填写说明")]


def test_a_finding_is_shown_down_to_file_sheet_and_row(con: duckdb.DuckDBPyConnection, settings: Settings):
    place = '{"file_name": "周报.xlsx", "sheet": "综窗", "first_row_no": 7, "last_row_no": 7, "delivery_id": "d3"}'
    con.execute(f"UPDATE quality.finding_week SET places = '[{place}]' WHERE finding_id = 'f2'")
    con.execute("UPDATE quality.finding SET cell = 'consulted' WHERE finding_id = 'f2'")
    shown = row_of(write_review(con, settings, "2023-03"), "数量异常")
    assert (shown["位置"], shown["更正行号"], shown["更正列"]) == ("周报.xlsx「综窗」第 7 行", "7", "咨询")


def test_what_is_explained_looks_different_from_what_waits(con: duckdb.DuckDBPyConnection, settings: Settings):
    book = openpyxl.load_workbook(write_review(con, settings, "2023-03"))
    state = {"已解释": book["指标与图表"]["B4"], "待处理": book["数量异常"]["B4"]}
    assert {words: cell.value for words, cell in state.items()} == {words: words for words in state}
    assert state["已解释"].fill.fgColor.rgb != state["待处理"].fill.fgColor.rgb
    assert book["指标与图表"]["C4"].font.color.rgb.endswith(SETTLED_INK)
    assert book["数量异常"]["C4"].font.color is None


def test_only_the_fields_to_fill_in_are_open_and_each_has_its_list(con: duckdb.DuckDBPyConnection, settings: Settings):
    sheet = openpyxl.load_workbook(write_review(con, settings, "2023-03"))["数量异常"]
    assert sheet.protection.sheet
    open_to_fill = {
        sheet.cell(HEADER_ROW, cell.column).value for cell in sheet[HEADER_ROW + 1] if not cell.protection.locked
    }
    assert open_to_fill == {"处理意见", "理由", "截至日期", "更正行号", "更正列", "更正为", "处理人", "复核人", "留言"}
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules["H4"] == '"接受并说明,更正,登记名称,退回,暂缓至,带说明发布,待核实发布,同上"'


def test_a_finding_already_decided_on_can_be_taken_back(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("""INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at)
        VALUES ('x', 'f2', 'postpone', '等待核实', '2023-05-31', '李', '2023-01-30 11:00:00')""")
    con.execute(
        "UPDATE quality.finding SET status = 'waived', decision_id = 'x', until = '2023-05-31' WHERE finding_id = 'f2'"
    )
    path = write_review(con, settings, "2023-03")
    assert row_of(path, "数量异常")["已登记的处理"] == "暂缓（至 2023-05-31）：等待核实（李，2023-01-30）"
    rules = {
        str(rule.sqref): rule.formula1
        for rule in openpyxl.load_workbook(path)["数量异常"].data_validations.dataValidation
    }
    assert rules["H4"].endswith('同上,撤回"')


def test_a_workbook_that_somebody_filled_in_where_it_lay_is_kept(con: duckdb.DuckDBPyConnection, settings: Settings):
    path = write_review(con, settings, "2023-03")
    write_review(con, settings, "2023-03")
    assert [one.name for one in path.parent.glob("*.xlsx")] == ["findings.xlsx"]
    book = openpyxl.load_workbook(path)
    book["数量异常"]["I4"] = "写到一半"
    book.save(path)
    write_review(con, settings, "2023-03")
    (kept,) = path.parent.glob("findings_填写稿_*.xlsx")
    assert openpyxl.load_workbook(kept)["数量异常"]["I4"].value == "写到一半"
    assert row_of(path, "数量异常")["理由"] is None


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
    assert openpyxl.load_workbook(path).sheetnames == ["填写说明", "其他各期未处理", "隔离单元格", "交付与行账"]


def test_sheets_are_made_to_be_read_and_printed(con: duckdb.DuckDBPyConnection, settings: Settings):
    book = openpyxl.load_workbook(write_review(con, settings, "2023-03"))
    for sheet in book:
        assert sheet.freeze_panes or sheet.title == "填写说明"
        assert sheet.auto_filter.ref or sheet.title == "填写说明"
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
    for sheet, address in (("数量异常", "C4"), ("隔离单元格", "F2")):
        cell = book[sheet][address]
        assert (cell.data_type, cell.quotePrefix, str(cell.value)[0]) == ("s", True, "=")


def test_keys_are_written_for_people():
    words = Vocabulary([Word("power_group", "", "other_nine", "其它9类行权事项")])
    keys = '[{"week_id": "2023-15", "power_group": "other_nine"}, {"power_group": "new", "b": 2}]'
    assert keys_text(keys, words) == "期号 2023-15，事项组 其它9类行权事项；事项组 new，b 2"
    assert keys_text("no json", words) == "no json"
    assert keys_text(None, words) is None


def test_the_last_week_is_the_latest_with_a_delivery_that_counts(con: duckdb.DuckDBPyConnection):
    assert last_week(con) == "2023-03"
    con.execute("UPDATE ledger.delivery SET status = 'superseded'")
    assert last_week(con) == ""
