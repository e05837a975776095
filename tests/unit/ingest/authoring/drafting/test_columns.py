"""What each column seems to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.columns import DraftColumn, guess_columns

CODES = {"channel": frozenset({"窗口", "网上", "自助"}), "wide": frozenset({"窗口", "网上", "自助", "电话"})}


def guessed(titles: list[str], *rows: list[str | None], is_text_file: bool = True) -> list[DraftColumn]:
    return list(guess_columns(titles, rows, CODES, is_text_file))


def test_of_code_lists_that_fit_equally_the_shortest_is_taken_and_what_it_lacks_is_said() -> None:
    (column,) = guessed(["渠道"], ["窗口"], ["网上"], ["邮寄"])
    assert column.codes == "channel"
    assert column.notes == ("写法取自代码表 channel", "1 行不合：第 3 行，如“邮寄”")


def test_a_column_that_repeats_a_title_is_left_out_and_equal_names_get_a_number() -> None:
    columns = guessed(["投诉编号", "投诉编号", "", "投诉编码"], ["A", "B", "C", "D"])
    assert [(column.index, column.title) for column in columns] == [(0, "投诉编号"), (3, "投诉编码")]
    assert len({column.name for column in columns}) == 2


def test_persons_are_dropped_before_anything_else_is_guessed() -> None:
    (column,) = guessed(["联系电话"], ["13900001111"], ["13900001112"])
    assert (column.personal, column.guess.type) == ("drop", FieldType.STRING)


def test_a_rate_is_a_number_that_is_not_added_up() -> None:
    (column,) = guessed(["办结率"], ["98.5%"], ["97%"])
    assert (column.is_numeric, column.is_additive) == (True, False)
    assert column.notes[-1] == "比率或平均，不能相加"


def test_a_mean_that_happens_to_be_whole_is_a_number_with_decimals() -> None:
    (column,) = guessed(["平均等候（分钟）"], ["12"], ["7"])
    assert (column.guess.type, column.is_additive) == (FieldType.NUMBER, False)


def test_only_a_sheet_has_cells_that_are_merged_downwards() -> None:
    rows: list[list[str | None]] = [["公安厅", "1"], [None, "2"], ["司法厅", "3"], [None, "4"]]
    sheet = guessed(["部门", "件数"], *rows, is_text_file=False)
    assert [(column.fill_down, column.is_never_blank) for column in sheet] == [(True, True), (False, True)]
    assert not guessed(["部门", "件数"], *rows)[0].fill_down


@pytest.mark.parametrize(
    ("texts", "is_merged"),
    [
        (["教育厅", "教育厅", None, "教育厅", "公安厅"], False),
        (["甲", "乙", None, "丁", "戊"], False),
        (["甲", None, "乙", None, "丙"], True),
        (["甲", None, None, "乙"], True),
        ([None, "甲", None, "乙", None], False),
    ],
)
def test_one_forgotten_value_in_a_flat_table_is_no_merged_cell(texts: list[str | None], is_merged: bool) -> None:
    (department, _) = guessed(["部门", "件数"], *([text, "1"] for text in texts), is_text_file=False)
    assert department.fill_down is is_merged


def test_a_column_is_filled_down_only_inside_of_the_groups_further_left() -> None:
    nested = [["甲", "许可", "1"], [None, None, "2"], ["乙", "许可", "3"], [None, None, "4"]]
    columns = guessed(["部门", "类型", "件数"], *nested, is_text_file=False)
    assert [column.fill_down for column in columns] == [True, True, False]
    nested[2][1] = None
    columns = guessed(["部门", "类型", "件数"], *nested, is_text_file=False)
    assert [column.fill_down for column in columns] == [True, False, False]


def test_a_note_without_words_is_left_out() -> None:
    (column,) = guessed(["渠道"], ["窗口"])
    assert column.noted("", "x").notes == (*column.notes, "x")


def test_misfits_are_counted_by_row_and_the_first_of_them_are_named() -> None:
    texts = ["待定" if number in (7, 30, 41, 55) else str(number) for number in range(1, 61)]
    (column,) = guessed(["数量"], *([text] for text in texts))
    assert column.guess.type is FieldType.INTEGER
    assert column.notes == ("56 行像整数", "4 行不合：第 7、30、41 行等，如“待定”")


@given(st.integers(2, 60), st.integers(40, 400))
def test_as_many_rows_are_said_not_to_fit_as_there_are(every: int, count: int) -> None:
    texts = ["待定" if number % every == 0 else str(number) for number in range(1, count + 1)]
    (column,) = guessed(["数量"], *([text] for text in texts))
    misfits = texts.count("待定")
    said = [note for note in column.notes if "行不合" in note]
    if column.guess.type is FieldType.INTEGER:
        assert [note.split(" ")[0] for note in said] == ([str(misfits)] if misfits else [])
