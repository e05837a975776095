"""Days in titles and days in cells are written in one grammar."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.day_notations import (
    DAYS_WITHOUT_YEAR,
    any_day_with_year,
    is_decimal,
    plain,
)
from pipeline.ingest.recognise.title_days import issue_in, last_day_in, span_in

_DIGITS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    tens, ones = divmod(number, 10)
    written_tens = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return written_tens + (_DIGITS[ones] if ones else "")


def in_chinese(day: date) -> str:
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


NOTATIONS = {
    "iso": lambda day: day.isoformat(),
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "spaced": lambda day: f"{day.year} - {day.month} - {day.day}",
    "日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "号": lambda day: f"{day.year} 年 {day.month} 月 {day.day} 号",
    "compact": lambda day: f"{day:%Y%m%d}",
    "full width": lambda day: f"{day.year}年{day.month}月{day.day}日".translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    ),
    "Chinese": in_chinese,
    "Latin O": lambda day: in_chinese(day).replace("〇", "O"),
    "零": lambda day: in_chinese(day).replace("〇", "零"),
}


def day_of_cell(text: str, year: int | None = None) -> date | None:
    moment = parse_moment(text, Context(year))
    return moment.date() if moment else None


@pytest.mark.parametrize("notation", NOTATIONS)
@given(day=st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_notation_is_read_in_a_title_and_in_a_cell(notation: str, day: date) -> None:
    text = NOTATIONS[notation](day)
    assert day_of_cell(text) == day
    assert last_day_in(plain(f"数据截至{text}")) == day
    assert span_in(plain(f"统计时间：{text}至{text}")) == (day, day)


@given(st.from_regex(any_day_with_year("(?:19|20)[0-9]{2}"), fullmatch=True))
def test_whatever_the_grammar_takes_for_a_day_reads_alike_in_a_title_and_in_a_cell(text: str) -> None:
    assert last_day_in(plain(f"截至{text}")) == day_of_cell(text)


@given(st.one_of(*(st.from_regex(notation(""), fullmatch=True) for notation in DAYS_WITHOUT_YEAR)))
def test_a_day_without_a_year_at_the_end_of_a_span_reads_as_in_a_cell_of_that_year(text: str) -> None:
    assume(not is_decimal(plain(text).strip()))  # 4.17 alone is a number
    last = day_of_cell(text, 2023)
    span = span_in(plain(f"2023年1月1日至{text}"))
    assert (span[1] if span else None) == last


def test_a_day_with_its_time_may_begin_and_end_a_span() -> None:
    days = (date(2023, 4, 17), date(2023, 4, 21))
    assert span_in("2023年4月17日 9时至4月21日 18时") == days
    assert span_in("2023年4月17日（星期一）上午9:05—21日".replace("（", "(").replace("）", ")")) == days


def test_an_issue_needs_a_year_of_its_own_or_the_only_one_of_the_title() -> None:
    assert issue_in("2023年第15期") == (2023, 15)
    assert issue_in("第15期 2023年4月28日") == (2023, 15)
    assert issue_in("第15期 2022年、2023年对比") is None
