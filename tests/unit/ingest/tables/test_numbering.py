"""Rows that number the columns of a table."""

from __future__ import annotations

import pytest

from pipeline.ingest.tables.numbering import is_numbering


@pytest.mark.parametrize(
    "row",
    [
        "1 2 3", "(1) （２） 3", "甲 乙 A B", "甲 乙 1 2", "一 二 三", "栏次 1 2", "序号 甲 乙", "甲 1 2=3+4 3",
        "a b c=a+b", "一 二 三 四 五 六 七 八 九 十 十一 十二", "甲 乙 a b 1 2", "1 2 3 4 5 6 7 8 9 10 11",
    ],
)  # fmt: skip
def test_a_row_that_counts_in_any_notation_numbers_the_columns(row: str) -> None:
    assert is_numbering(list(row.split()))


@pytest.mark.parametrize("row", ["1 3", "2 3", "1", "栏次 1", "一 三", "甲 丙", "A C", "1 公安厅", "0 1 2", "一 2", ""])
def test_a_row_that_does_not_count_on_from_the_first_is_something_else(row: str) -> None:
    assert not is_numbering(list(row.split()))


def test_empty_cells_between_the_numbers_do_not_matter() -> None:
    assert is_numbering([None, "1", "", " 2 ", None])
    assert not is_numbering([None, " ", None])
