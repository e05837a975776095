"""What holds of the weeks of the calendar: every day in one issue, numbers without gaps, overridden numbers."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting_calendar import CalendarError, CalendarOverride, ReportingCalendar, load_calendar

CALENDAR = load_calendar()


@pytest.mark.parametrize("year", range(2015, 2028))
def test_coverage_tiles_the_year(year: int) -> None:
    weeks = CALENDAR.weeks(year)
    assert weeks[0].coverage_start == date(year, 1, 1)
    assert weeks[-1].coverage_end == date(year, 12, 31)
    for before, after in pairwise(weeks):
        assert after.coverage_start == before.coverage_end + timedelta(days=1)
    assert all(week.coverage_start <= week.coverage_end for week in weeks)


@given(st.dates(date(2015, 1, 1), date(2026, 12, 31)))
def test_every_day_is_in_exactly_one_week(day: date) -> None:
    holding = [week for week in CALENDAR.weeks(day.year) if week.coverage_start <= day <= week.coverage_end]
    assert holding == [CALENDAR.week_of(day)]


def test_total_issue_numbers_run_on_without_gap_over_years() -> None:
    totals = [week.total_issue_no for year in range(2015, 2028) for week in CALENDAR.weeks(year)]
    assert totals == list(range(totals[0], totals[0] + len(totals)))


@pytest.mark.parametrize("year", range(2015, 2028))
def test_issue_numbers_count_from_one_and_make_the_week_id(year: int) -> None:
    weeks = CALENDAR.weeks(year)
    assert [week.issue_no for week in weeks] == list(range(1, len(weeks) + 1))
    assert [week.week_id for week in weeks] == [f"{year}-{i:02d}" for i in range(1, len(weeks) + 1)]


def test_every_monday_to_friday_with_a_working_day_is_printed_once() -> None:
    printed = [week.period_start for year in range(2015, 2027) for week in CALENDAR.weeks(year)]
    mondays = [date(2015, 1, 5) + timedelta(weeks=i) for i in range(626)]
    working = [m for m in mondays if any(CALENDAR.is_working_day(m + timedelta(days=i)) for i in range(5))]
    assert printed == working


def test_issue_15_of_2023_is_17_to_21_april_and_435_in_total() -> None:
    week = CALENDAR.week("2023-15")
    assert (week.period_start, week.period_end) == (date(2023, 4, 17), date(2023, 4, 21))
    assert (week.coverage_start, week.coverage_end) == (date(2023, 4, 15), date(2023, 4, 21))
    assert (week.issue_no, week.total_issue_no, week.working_days) == (15, 435, 5)


def test_week_of_spring_festival_2023_has_no_issue_and_its_days_go_to_the_next() -> None:
    assert all(week.period_start != date(2023, 1, 23) for week in CALENDAR.weeks(2023))
    fourth = CALENDAR.week("2023-04")
    assert (fourth.coverage_start, fourth.coverage_end) == (date(2023, 1, 21), date(2023, 2, 3))
    assert fourth.working_days == 7
    assert CALENDAR.week_of(date(2023, 1, 25)) == fourth


def test_straddling_week_goes_to_the_year_of_most_working_days_and_a_tie_to_the_later() -> None:
    assert CALENDAR.weeks(2016)[0].period_start == date(2016, 1, 4)
    assert CALENDAR.weeks(2015)[-1].period_end == date(2016, 1, 1)
    first_of_2025 = CALENDAR.week("2025-01")
    assert (first_of_2025.period_start, first_of_2025.coverage_start) == (date(2024, 12, 30), date(2025, 1, 1))


def test_a_week_overridden_to_holiday_gives_its_days_to_the_next_issue() -> None:
    days = [CalendarOverride("holiday", f"2023-04-{day}") for day in range(17, 22)]
    calendar = ReportingCalendar(days)
    fifteenth = calendar.week("2023-15")
    assert (fifteenth.period_start, fifteenth.coverage_start) == (date(2023, 4, 24), date(2023, 4, 15))


@pytest.mark.parametrize("key", ["2023-15", "2023-04-19"])
def test_overridden_numbers_count_on_from_their_week(key: str) -> None:
    calendar = ReportingCalendar(
        [CalendarOverride("issue_no", key, "16"), CalendarOverride("total_issue_no", "2023-16", "440")]
    )
    week = calendar.week_of(date(2023, 4, 17))
    assert (week.week_id, week.issue_no, week.total_issue_no) == ("2023-16", 16, 440)
    assert calendar.week_of(date(2023, 4, 24)).week_id == "2023-17"
    last, first = calendar.weeks(2023)[-1], calendar.weeks(2024)[0]
    assert first.total_issue_no == last.total_issue_no + 1


def test_a_number_that_does_not_grow_is_refused() -> None:
    calendar = ReportingCalendar([CalendarOverride("issue_no", "2023-15", "14")])
    with pytest.raises(CalendarError, match="2023-15 的期号改为 14"):
        calendar.weeks(2023)


def test_weeks_between_includes_both_ends_and_crosses_years() -> None:
    ids = [week.week_id for week in CALENDAR.weeks_between("2022-50", "2023-02")]
    assert ids == ["2022-50", "2023-01", "2023-02"]
    with pytest.raises(CalendarError, match="颠倒"):
        CALENDAR.weeks_between("2023-02", "2022-50")


@pytest.mark.parametrize("week_id", ["2023-51", "2023-00", "2023-1", "期"])
def test_an_unknown_week_is_a_sentence(week_id: str) -> None:
    with pytest.raises(CalendarError, match=r"。$"):
        CALENDAR.week(week_id)


@pytest.mark.parametrize(
    ("year", "setting"), [(2014, "first_year = 2014"), (2028, "last_year = 2028"), (2035, "last_year = 2035")]
)
def test_an_issue_or_a_day_outside_the_calendar_names_the_setting(year: int, setting: str) -> None:
    calendar = ReportingCalendar(years=range(2015, 2028))
    assert calendar.week("2015-01").year == 2015
    assert calendar.week_of(date(2027, 12, 31)).year == 2027
    with pytest.raises(CalendarError, match=setting):
        calendar.week(f"{year}-03")
    with pytest.raises(CalendarError, match=f"从 2015 年到 2027 年.*{setting}"):
        calendar.week_of(date(year, 2, 1))
