"""The cover of what goes back: what it is, and every problem with a link to its row."""

from __future__ import annotations

import openpyxl
import pytest

from pipeline.present.sender import cover
from pipeline.present.sender.cover import COVER, add_cover
from tests.unit.present.sender.complaints import BAD_COUNT, CONTRACT, delivery, problem


def book_of(*titles: str) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title in titles:
        book.create_sheet(title)
    return book


def test_the_cover_stands_first_and_lists_each_problem_with_a_link_to_its_row() -> None:
    book = book_of("it's")
    unknown = problem(9, "", None, "列数不同", sheet="别表")
    add_cover(book, delivery(BAD_COUNT, unknown), CONTRACT, {"表一": "it's"})
    assert book.sheetnames == [COVER, "it's"]
    sheet = book[COVER]
    assert [cell.value for cell in sheet[4]] == ["工作表", "行", "列", "原值（已遮盖）", "问题与处理办法"]
    assert [cell.value for cell in sheet[5]] == ["表一", 4, "件数", "一百", BAD_COUNT.message]
    assert [cell.value for cell in sheet[6]][:4] == ["别表", 9, "", None]
    assert sheet["B5"].hyperlink.target == "#'it''s'!A4"
    assert sheet["B6"].hyperlink is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A5", "A4:E6")


def test_the_introduction_says_what_it_is_and_names_no_person() -> None:
    book = book_of("表一")
    add_cover(book, delivery(BAD_COUNT, file_name="投诉 填报人：王小明.xlsx"), CONTRACT, {"表一": "表一"})
    lines = [str(book[COVER].cell(row, 1).value) for row in (1, 2, 3)]
    assert lines[0] == "投诉登记（2023-15 期）退回说明"
    assert "下列 1 处读不进或对不上，已在各表中标红并加批注。" in lines[1]
    assert "王小明" not in lines[1]
    assert "只留下了有问题的行" not in lines[1]


def test_a_cover_that_does_not_list_everything_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "LISTED", 1)
    book = book_of("表一")
    book["表一"].sheet_format.zeroHeight = True
    add_cover(book, delivery(BAD_COUNT, BAD_COUNT, count=7_000), CONTRACT, {"表一": "表一"})
    said = str(book[COVER]["A2"].value)
    assert "下列 7,000 处读不进或对不上，这里列出前 1 处" in said
    assert "只留下了有问题的行，行号不变" in said
    assert book[COVER].max_row == 5
