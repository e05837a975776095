"""The pieces from which days are recognised."""

import re

import pytest

from pipeline.ingest.cells.day_notations import (
    END_IN_TEXT,
    WEEKDAY,
    YEAR_IN_TEXT,
    any_day_with_year,
    compact_day,
    full_day,
    hyphened_month_day,
    is_decimal,
    month_day,
    plain,
)


@pytest.mark.parametrize(
    ("pattern", "text", "parts"),
    [
        (full_day(), "2023年4月17日", ("2023", "4", "17")),
        (full_day(), "2023-04-17", ("2023", "04", "17")),
        (compact_day(), "20230417", ("2023", "04", "17")),
        (month_day(), "4月17日", ("4", "17")),
        (hyphened_month_day(), "4-17", ("4", "17")),
    ],
)
def test_each_notation_gives_its_parts_in_order(pattern: str, text: str, parts: tuple[str, ...]) -> None:
    found = re.fullmatch(pattern, text)
    assert found is not None
    assert found.groups() == parts


@pytest.mark.parametrize("text", ["120230417", "202304171", "2023年4月1700", "3023年4月17日"])
def test_in_running_text_a_part_of_a_longer_number_is_no_day(text: str) -> None:
    assert re.search(any_day_with_year(YEAR_IN_TEXT, END_IN_TEXT), text) is None


def test_a_title_is_made_plain_line_by_line() -> None:
    assert plain("二〇二三年　　四月\n第１５期\u200b") == "2023年 4月\n第15期"


def test_a_weekday_is_known_in_brackets_or_without() -> None:
    assert all(re.fullmatch(WEEKDAY, text) for text in ("(星期一)", " 周日", "礼拜天"))
    assert re.fullmatch(WEEKDAY, "周八") is None


def test_a_number_with_decimals_is_told_from_a_day() -> None:
    assert is_decimal("4.17")
    assert is_decimal("4 . 17")
    assert not is_decimal("4.17日")
