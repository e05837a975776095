"""Header, line and issue as every sheet of the workbook has them."""

from __future__ import annotations

import openpyxl

from pipeline.present.steward.layout import INPUTS, NAMES, SHADES, issue_words, write_header, write_line


def test_only_what_may_be_filled_in_has_the_colour_of_an_input():
    sheet = openpyxl.Workbook().active
    write_header(sheet, 3, NAMES, INPUTS)
    coloured = [cell.value for cell in sheet[3] if cell.fill.fgColor.rgb.endswith(SHADES["input_header"])]
    assert coloured == list(INPUTS)


def test_numbers_stand_in_the_middle_of_a_line():
    sheet = openpyxl.Workbook().active
    write_line(sheet, 1, ("甲", 3, None), is_bold=True)
    assert [cell.alignment.horizontal for cell in sheet[1]] == [None, "center", None]
    assert sheet["A1"].font.bold


def test_an_issue_is_written_as_the_loader_reads_it_back():
    assert issue_words("2023-03") == "2023年第3期"
