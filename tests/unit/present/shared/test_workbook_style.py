"""Sheets of the workbooks that we write."""

from __future__ import annotations

from openpyxl import Workbook

from pipeline.present.shared.workbook_style import add_sheet, style_print


def test_a_sheet_has_a_frozen_header_with_filters_and_marks_what_is_critical():
    sheet = add_sheet(Workbook(), "问题", ("级别", "问题"), [("严重", "=1+1"), ("提醒", "x")])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B3")
    assert sheet["A2"].font.bold and not sheet["A3"].font.bold
    assert sheet["B2"].data_type == "s"


def test_a_sheet_prints_as_wide_as_the_page():
    sheet = Workbook().create_sheet("问题")
    style_print(sheet)
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.print_title_rows) == (
        "landscape",
        1,
        "$1:$1",
    )
