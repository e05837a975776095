"""Made-up workbooks: one empty sheet to begin with, and lines that say what it is."""

from __future__ import annotations

from datetime import datetime

from pipeline.sample.calibration import LABEL
from pipeline.sample.workbook import PROVIDER, SheetWriter, new_workbook, preamble

EXPORTED = datetime(2023, 4, 24, 9, 5, 7)


def test_a_new_workbook_has_one_empty_sheet_of_its_name() -> None:
    book, sheet = new_workbook("统计表")
    assert book.sheetnames == ["统计表"]
    assert [cell.value for row in sheet.iter_rows() for cell in row] in ([], [None])


def test_three_merged_lines_above_a_table_name_it_its_period_its_time_of_export_and_that_it_is_made_up() -> None:
    _, sheet = new_workbook("统计表")
    writer = SheetWriter(sheet, (10, 10, 10))
    preamble(writer, "统计表（2023年第15期）", "2023-04-15 至 2023-04-21", EXPORTED, "件")
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == [
        "统计表（2023年第15期）",
        f"填报单位：{PROVIDER}    统计时间：2023-04-15 至 2023-04-21    单位：件",
        f"导出时间：2023-04-24 09:05:07    {LABEL}",
    ]
    assert sorted(str(merged) for merged in sheet.merged_cells.ranges) == ["A1:C1", "A2:C2", "A3:C3"]
    assert writer.row == 3


def test_a_table_without_a_unit_names_none() -> None:
    _, sheet = new_workbook("台账")
    preamble(SheetWriter(sheet, (10, 10)), "台账", "2023-04-15 至 2023-04-21", EXPORTED)
    assert "单位：" not in str(sheet["A2"].value).removeprefix("填报单位：")
