"""Months and quarters: their ids, their days, and the release that tells them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting_calendar import CalendarError, ReportingCalendar, load_calendar
from pipeline.reporting_calendar.periods import LongPeriod, ReportPeriod, period_of, periods_of
from pipeline.reporting_calendar.week_ids import is_week_id


def test_a_period_has_an_id_a_name_and_days() -> None:
    may, quarter = ReportPeriod(2023, "month", 5), ReportPeriod(2023, "quarter", 2)
    assert (may.period_id, may.label, may.first_day, may.last_day) == (
        "2023-M05",
        "2023年5月",
        date(2023, 5, 1),
        date(2023, 5, 31),
    )
    assert (quarter.period_id, quarter.label, quarter.first_day, quarter.last_day) == (
        "2023-Q2",
        "2023年第2季度",
        date(2023, 4, 1),
        date(2023, 6, 30),
    )


def test_ids_sort_by_time_and_are_no_week_ids() -> None:
    for kind in ("month", "quarter"):
        ids = [period.period_id for year in (2023, 2024) for period in periods_of(year) if period.kind == kind]
        assert ids == sorted(ids)
        assert not any(map(is_week_id, ids))


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.sampled_from(["month", "quarter"]))
def test_every_day_is_in_exactly_one_period(day: date, kind: LongPeriod) -> None:
    holding = [
        period for period in periods_of(day.year) if period.kind == kind and period.first_day <= day <= period.last_day
    ]
    assert holding == [period_of(day, kind)]


@pytest.mark.parametrize("kind", ["month", "quarter"])
def test_periods_follow_on_each_other(kind: LongPeriod) -> None:
    periods = [period for year in range(2023, 2026) for period in periods_of(year) if period.kind == kind]
    assert all(after.first_day == before.last_day + timedelta(days=1) for before, after in pairwise(periods))


def test_a_month_is_told_in_the_first_issue_that_begins_after_it() -> None:
    calendar = load_calendar()
    assert calendar.release_of(ReportPeriod(2023, "month", 5)).coverage_start == date(2023, 6, 3)
    assert calendar.release_of(ReportPeriod(2022, "month", 12)).week_id == "2023-01"
    assert calendar.release_of(ReportPeriod(2023, "quarter", 1)).coverage_start == date(2023, 4, 1)


def test_what_ends_with_the_calendar_has_no_release() -> None:
    calendar = ReportingCalendar(years=range(2023, 2024))
    with pytest.raises(CalendarError, match="last_year = 2024"):
        calendar.release_of(ReportPeriod(2023, "month", 12))
