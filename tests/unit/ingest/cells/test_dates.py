"""Whole cells are read as days and moments, or not at all."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.cells.dates import Context, Moment, lacks_year, parse_moment, read_moment


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))
def test_every_second_survives_every_notation(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S", "%Y%m%d%H:%M:%S"):
        assert parse_moment(whole.strftime(pattern), Context()) == whole


def test_a_day_in_chinese_numerals_is_read_as_in_a_title() -> None:
    assert parse_moment("二〇二三年四月十七日", Context()) == datetime(2023, 4, 17)
    assert parse_moment("四月十七日（周一）9时5分", Context(2023)) == datetime(2023, 4, 17, 9, 5)


def test_midnight_at_the_end_of_a_day_is_kept_as_it_is_written() -> None:
    moment = read_moment("2023-04-17 24:00", Context())
    assert moment == Moment(date(2023, 4, 17), (24, 0, 0, 0))
    assert moment.has_time
    assert moment.as_datetime() == datetime(2023, 4, 18)


@pytest.mark.parametrize("text", ["4 . 17", "4.2", "四月", "17日", "2023年", "2023-04-17 - 18"])
def test_what_may_be_something_else_is_no_day(text: str) -> None:
    assert read_moment(text, Context(2023)) is None


def test_a_day_without_a_year_is_told_from_a_number() -> None:
    assert lacks_year("4月17日（周一）")
    assert lacks_year("四月十七日")
    assert not lacks_year("4.17")
    assert not lacks_year("2023-04-17")


@pytest.mark.parametrize(
    ("text", "first", "last", "day"),
    [
        ("12月30日", date(2024, 12, 30), date(2025, 1, 3), date(2024, 12, 30)),
        ("1月2日", date(2024, 12, 30), date(2025, 1, 3), date(2025, 1, 2)),
        ("12月20日", date(2024, 12, 30), date(2025, 1, 3), date(2024, 12, 20)),
        ("1月2日", date(2025, 12, 27), date(2026, 1, 2), date(2026, 1, 2)),
        ("12-31", date(2025, 12, 27), date(2026, 1, 2), date(2025, 12, 31)),
        ("1月5日", date(2025, 12, 13), date(2025, 12, 19), date(2025, 1, 5)),
        ("5月10日", date(2025, 4, 12), date(2025, 4, 18), date(2025, 5, 10)),
        ("2月29日", date(2025, 4, 12), date(2025, 4, 18), None),
    ],
)
def test_a_day_without_a_year_belongs_to_the_period_of_its_file(
    text: str, first: date, last: date, day: date | None
) -> None:
    year = 2025
    moment = parse_moment(text, Context(year, period=(first, last)))
    assert (moment.date() if moment else None) == day
