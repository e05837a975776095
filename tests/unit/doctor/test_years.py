"""How far the calendar reaches, and what the doctor says of it."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.doctor.years import calendar_end, provisional_years
from pipeline.reporting_calendar import CalendarOverride, ReportingCalendar, WeekRule


def calendar_with(year: int, status: str) -> ReportingCalendar:
    return ReportingCalendar([CalendarOverride("year_status", str(year), status, "test")])


def test_a_year_without_announced_holidays_is_provisional() -> None:
    assert provisional_years(calendar_with(2023, "provisional"), 2022, 2023) == [2023]
    assert provisional_years(ReportingCalendar(), 2022, 2023) == []


@pytest.mark.parametrize(
    ("today", "last_year", "level"),
    [
        (date(2022, 3, 1), 2023, "ok"),
        (date(2023, 3, 1), 2023, "ok"),
        (date(2023, 11, 1), 2023, "warning"),
        (date(2024, 1, 1), 2023, "fault"),
    ],
)
def test_the_end_of_the_calendar_is_announced_before_it_comes(today: date, last_year: int, level: str) -> None:
    outcome = calendar_end(ReportingCalendar(), last_year, today)
    assert (outcome.level, f"日历到 {last_year}-12-31 为止" in outcome.sentence) == (level, True)


def test_a_provisional_year_is_a_warning_only_while_it_is_the_present_one() -> None:
    provisional = calendar_with(2023, "provisional")
    assert calendar_end(provisional, 2023, date(2023, 2, 1)).level == "warning"
    next_year = calendar_end(provisional, 2023, date(2022, 2, 1))
    assert (next_year.level, "2023 年的放假安排尚未公布" in next_year.sentence) == ("ok", True)


def test_the_first_issue_of_a_hall_is_told_with_the_calendar() -> None:
    calendar = ReportingCalendar(rule=WeekRule(first_issue="2023-20"))
    assert "从 2023-20 期起报送，更早的不问" in calendar_end(calendar, 2023, date(2023, 3, 1)).sentence
