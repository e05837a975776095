"""The rows of a header as paths of labels."""

from __future__ import annotations

import pytest

from pipeline.ingest.tables.headers.paths import (
    Row,
    flatten,
    is_blank_row,
    keys_of,
    spanned_texts,
    written_labels,
)


def test_a_merged_label_stands_in_every_column_that_it_spans_as_it_is_written() -> None:
    assert spanned_texts([["办件 情况", None, "备注"], ["本周", "累计", None]]) == [
        ["办件 情况", "本周"], ["办件 情况", "累计"], ["备注", ""],
    ]  # fmt: skip


def test_a_label_spans_no_column_below_which_nothing_stands_and_none_of_another_parent() -> None:
    assert spanned_texts([["甲", None, None], ["一", "二", None]]) == [["甲", "一"], ["甲", "二"], ["", ""]]
    assert spanned_texts([["甲", None, "乙"], ["一", None, None], ["x", "y", "z"]]) == [
        ["甲", "一", "x"], ["甲", "一", "y"], ["乙", "", "z"],
    ]  # fmt: skip


def test_rows_of_different_lengths_are_filled_up() -> None:
    assert spanned_texts([["甲"], ["一", "二"]]) == [["甲", "一"], ["甲", "二"]]
    assert spanned_texts([]) == []


def test_a_label_merged_downwards_and_a_line_of_units_add_nothing_to_a_path() -> None:
    assert flatten([["部门", "受理"], ["部 门", "（万件）"], [None, "万件"]]) == [("部门",), ("受理",)]


def test_labels_are_kept_as_people_write_them_on_one_line() -> None:
    rows: list[Row] = [["受 理\n(件)", None, " "], ["Case no\n(A)", "办结"]]
    assert written_labels(rows) == {"受理": "受理(件)", "caseno": "Case no (A)", "办结": "办结"}


def test_keys_leave_out_blanks_and_units_and_keep_empty_cells() -> None:
    assert keys_of(["受 理（件）：", None, "", "Ｎo."]) == ("受理", "", "", "no.")


@pytest.mark.parametrize(
    ("row", "is_blank"),
    [([], True), ([None, "", " \u3000\xa0"], True), (["\u200b\ufeff", "\n"], True), ([None, "0"], False),
     (["-"], False)],
)  # fmt: skip
def test_a_row_is_blank_where_no_cell_shows_anything(row: Row, is_blank: bool) -> None:
    assert is_blank_row(row) == is_blank
