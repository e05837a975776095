"""The first sheet counts the findings by category and owner, and says what can be decided."""

from __future__ import annotations

import duckdb
import openpyxl

from pipeline.present.steward.desk_rows import desk_rows
from pipeline.present.steward.overview_sheet import add_overview
from pipeline.quality.codes import KIND_LABELS
from pipeline.quality.schema import create_tables

LABELS = list(KIND_LABELS.values())


def test_every_category_leads_to_its_sheet_and_the_last_line_adds_up(con: duckdb.DuckDBPyConnection):
    create_tables(con)
    rows = desk_rows(con, "2023-03", b"key")
    book = openpyxl.Workbook()
    add_overview(book, "2023-03", "本期尚未检查。", {"办件": rows})
    sheet = book["填写说明"]
    lines = [tuple(cell.value for cell in row[:5]) for row in sheet.iter_rows()]
    assert sheet["A1"].value == "数据质量处理单（2023年第3期）"
    (first,) = [number for number, line in enumerate(lines, start=1) if line[0] == "办件"]
    assert sheet.cell(first, 1).hyperlink.target == "#'办件'!A1"
    total = next(line for line in lines if line[0] == "合计")
    waiting = sum(row.is_open for row in rows)
    assert total[2:] == (len(rows), sum(row.is_critical for row in rows), waiting)


def test_every_decision_that_can_be_chosen_is_explained_with_what_it_does():
    book = openpyxl.Workbook()
    add_overview(book, "2023-03", "本期尚未检查。", {})
    effects = {row[0].value: row[2].value for row in book["填写说明"].iter_rows() if row[0].value in LABELS}
    assert list(effects) == LABELS
    assert effects["退回"].startswith("不发布，等更正的报送。")
    assert effects["待核实发布"].startswith("发布，有关数字印【待核实】。")
