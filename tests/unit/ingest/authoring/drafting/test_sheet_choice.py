"""A draft names its sheet and offers the others."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.drafting.sheet_choice import SheetTable, choose_table
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.authoring import AuthoringRefusal
from pipeline.ingest.sheets.sheet import Sheet

NOTES = Sheet("封面", [["只有一个标题"]])
SMALL = Sheet("说明", [["名称", "含义"], ["受理", "收下"]])
LARGE = Sheet("2", [["窗口", "件数"], ["综窗1", "3"], ["综窗2", "4"], ["综窗3", "5"]])
HIDDEN = Sheet("旧", [["窗口", "件数"], *([f"综窗{number}", "3"] for number in range(9))], is_hidden=True)
BOOK = [NOTES, SMALL, LARGE, HIDDEN]


def chosen(wanted: str | None) -> str:
    choice = choose_table(BOOK, wanted, is_text=False)
    assert choice.sheet is not None
    return choice.sheet.name


def test_the_largest_table_of_a_visible_sheet_is_taken_and_the_others_are_named() -> None:
    choice = choose_table(BOOK, None, is_text=False)
    assert choice.table.sheet is LARGE
    assert choice.sheet == SheetTable(3, "2", 3, 2)
    assert [other.words for other in choice.others] == ["2“说明”（1 行 2 列）", "4“旧”（9 行 2 列）"]


@pytest.mark.parametrize(("wanted", "name"), [("说明", "说明"), ("2", "2"), ("3", "2"), (" 4", "旧"), ("旧", "旧")])
def test_a_sheet_is_wanted_by_its_name_or_where_none_is_called_so_by_its_number(wanted: str, name: str) -> None:
    assert chosen(wanted) == name


@pytest.mark.parametrize("wanted", ["没有", "1", "封面", "9", ""])
def test_of_a_sheet_that_is_not_there_or_has_no_table_those_with_tables_are_named(wanted: str) -> None:
    with pytest.raises(RefusedFileError, match="有表格的是 2“说明”（1 行 2 列）、3“2”（3 行 2 列）") as caught:
        chosen(wanted)
    assert caught.value.refusal is AuthoringRefusal.NO_SUCH_SHEET


def test_names_of_sheets_are_shown_without_persons_and_control_characters_and_may_be_given_so() -> None:
    hostile = [Sheet("王小明13900001111", SMALL.rows), Sheet("a\nname: x\x1b[31m[red]", LARGE.rows)]
    choice = choose_table(hostile, None, is_text=False)
    assert choice.sheet is not None
    words = choice.sheet.name + choice.others[0].name
    assert words.isprintable()
    assert "13900001111" not in words
    assert choose_table(hostile, choice.others[0].name, is_text=False).table.sheet is hostile[0]
    assert choose_table(hostile, "王小明13900001111", is_text=False).table.sheet is hostile[0]


def test_a_text_has_no_sheets() -> None:
    assert choose_table([LARGE], None, is_text=True).sheet is None
    with pytest.raises(RefusedFileError, match="没有工作表"):
        choose_table([LARGE], "1", is_text=True)


def test_without_any_header_there_is_nothing_to_draft() -> None:
    with pytest.raises(RefusedFileError, match="没有找到表头") as caught:
        choose_table([NOTES], None, is_text=False)
    assert caught.value.refusal is AuthoringRefusal.NO_HEADER_TO_DRAFT
