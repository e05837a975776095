"""The week rule: where a week begins, what it prints, and that any rule gives every day to exactly one week."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.reporting_calendar import CalendarError, ReportingCalendar, WeekRule, load_calendar
from pipeline.settings import Settings

MONDAY_TO_SUNDAY = WeekRule(first_day=1)
FRIDAY_TO_THURSDAY = WeekRule(first_day=5)
YEARS = range(2015, 2029)


def test_by_default_an_issue_covers_saturday_to_friday_and_prints_monday_to_friday() -> None:
    rule = WeekRule()
    start = rule.start_of_week(date(2023, 4, 19))
    assert start == date(2023, 4, 15)
    assert rule.end_of_week(start) == date(2023, 4, 21)
    assert rule.printed_span(start) == (date(2023, 4, 17), date(2023, 4, 21))


def test_a_week_from_monday_to_sunday_prints_its_first_five_days() -> None:
    week = ReportingCalendar(rule=MONDAY_TO_SUNDAY).week_of(date(2023, 4, 19))
    assert (week.coverage_start, week.coverage_end) == (date(2023, 4, 17), date(2023, 4, 23))
    assert (week.period_start, week.period_end) == (date(2023, 4, 17), date(2023, 4, 21))
    # Sunday 2023-04-23 is a make-up day.
    assert week.working_days == 6


def test_a_week_from_friday_to_thursday_prints_over_the_weekend() -> None:
    week = ReportingCalendar(rule=FRIDAY_TO_THURSDAY).week_of(date(2023, 4, 19))
    assert (week.coverage_start, week.coverage_end) == (date(2023, 4, 14), date(2023, 4, 20))
    assert (week.period_start, week.period_end) == (date(2023, 4, 14), date(2023, 4, 20))
    assert week.working_days == 5


def test_the_anchor_numbers_the_first_issue_of_its_year() -> None:
    calendar = ReportingCalendar(rule=WeekRule(anchor_year=2024, anchor_total=1))
    assert calendar.week("2024-01").total_issue_no == 1
    assert calendar.week("2024-10").total_issue_no == 10
    assert calendar.weeks(2023)[-1].total_issue_no == 0


@pytest.mark.parametrize("rule", [MONDAY_TO_SUNDAY, FRIDAY_TO_THURSDAY, *(WeekRule(first_day=day) for day in (2, 7))])
@pytest.mark.parametrize("year", YEARS)
def test_under_any_rule_the_weeks_tile_the_year(rule: WeekRule, year: int) -> None:
    day = date(year, 1, 1)
    for week in ReportingCalendar(rule=rule).weeks(year):
        assert week.coverage_start == day
        assert week.coverage_end >= week.coverage_start
        day = week.coverage_end + timedelta(days=1)
    assert day == date(year + 1, 1, 1)


@st.composite
def rules(draw: st.DrawFn) -> WeekRule:
    weekdays = draw(st.sets(st.integers(1, 7), min_size=1))
    return WeekRule(first_day=draw(st.integers(1, 7)), working_weekdays=tuple(sorted(weekdays)))


@given(rules(), st.dates(date(2015, 1, 1), date(2028, 12, 31)))
def test_under_any_rule_every_day_is_in_exactly_one_week(rule: WeekRule, day: date) -> None:
    calendar = ReportingCalendar(rule=rule)
    weeks = [week for year in (day.year - 1, day.year, day.year + 1) for week in calendar.weeks(year)]
    holding = [week for week in weeks if week.coverage_start <= day <= week.coverage_end]
    assert holding == [calendar.week_of(day)]


@given(rules(), st.integers(2015, 2028))
def test_weeks_around_a_year_hold_every_day_of_it(rule: WeekRule, year: int) -> None:
    starts = rule.weeks_around(year)
    assert starts[0] <= date(year, 1, 1)
    assert rule.end_of_week(starts[-1]) >= date(year, 12, 31)
    assert all(start.isoweekday() == rule.first_day for start in starts)


@pytest.mark.parametrize(
    "wrong", [{"first_day": 0}, {"working_weekdays": ()}, {"working_weekdays": (1, 1)}, {"working_weekdays": (8,)}]
)
def test_a_rule_that_names_no_weekday_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WeekRule.model_validate(wrong)


def test_the_settings_hold_the_rule_and_the_environment_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings(home=tmp_path).week_rule == WeekRule()
    monkeypatch.setenv("ZHOUBAO_WEEK_RULE__FIRST_DAY", "1")
    assert Settings(home=tmp_path).week_rule == MONDAY_TO_SUNDAY


def test_without_a_first_issue_every_week_is_reported() -> None:
    assert all(map(ReportingCalendar().is_expected, ReportingCalendar().weeks(2023)))


def test_what_comes_before_the_first_issue_is_not_expected() -> None:
    calendar = load_calendar(rule=WeekRule(first_issue="2023-20"))
    expected = [
        week.week_id for year in (2022, 2023, 2024) for week in calendar.weeks(year) if calendar.is_expected(week)
    ]
    assert (expected[0], expected[-1]) == ("2023-20", calendar.weeks(2024)[-1].week_id)


def test_a_first_issue_that_there_is_not_is_a_sentence() -> None:
    with pytest.raises(ValidationError, match="年份-两位期号"):
        WeekRule(first_issue="2023年第20期")
    with pytest.raises(CalendarError, match=r"hall\.toml 的 \[week_rule\] first_issue 有误：2023 年没有第 77 期"):
        load_calendar(rule=WeekRule(first_issue="2023-77"))


def test_a_hall_that_begins_in_the_middle_of_a_year_may_call_that_issue_its_first_in_total() -> None:
    calendar = load_calendar(rule=WeekRule(first_issue="2023-20", anchor_total=-18))
    assert calendar.week("2023-20").total_issue_no == 1
