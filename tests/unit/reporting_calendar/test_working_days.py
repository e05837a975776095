"""Which days are worked: overrides win over announced days, and these over the weekday."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from pipeline.reporting_calendar import CalendarError, CalendarOverride, ReportingCalendar, WeekRule, load_calendar
from pipeline.reporting_calendar.working_days import WorkingDays, days_between

CALENDAR = load_calendar()
MAKE_UP_DAYS = {
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_make_up_days_are_the_only_working_days_at_weekends(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=i) for i in range(365))
    weekend = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and CALENDAR.is_working_day(day)]
    assert weekend == MAKE_UP_DAYS[year].split()


def test_a_year_without_announced_holidays_is_provisional_until_the_steward_says_otherwise() -> None:
    assert (CALENDAR.status(2026), CALENDAR.status(2027)) == ("announced", "provisional")
    assert CALENDAR.weeks(2027)[0].calendar_status == "provisional"
    assert CALENDAR.is_working_day(date(2027, 2, 8))
    told = ReportingCalendar([CalendarOverride("year_status", "2027", "announced")])
    assert told.weeks(2027)[0].calendar_status == "announced"


def test_overridden_days_win_over_the_announced_ones() -> None:
    calendar = ReportingCalendar(
        [CalendarOverride("holiday", "2023-04-17"), CalendarOverride("working_day", "2023-04-16")]
    )
    assert not calendar.is_working_day(date(2023, 4, 17))
    assert calendar.is_working_day(date(2023, 4, 16))


def test_a_day_overridden_both_ways_is_refused() -> None:
    both = [CalendarOverride("holiday", "2027-02-08"), CalendarOverride("working_day", "2027-02-08")]
    with pytest.raises(CalendarError, match="自相矛盾"):
        ReportingCalendar(both)


def test_importing_the_calendar_imports_no_holiday_table() -> None:
    code = "import sys, pipeline.reporting_calendar; sys.exit('chinese_calendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_days_between_holds_both_ends_and_nothing_where_the_last_is_before_the_first() -> None:
    assert list(days_between(date(2023, 12, 31), date(2024, 1, 1))) == [date(2023, 12, 31), date(2024, 1, 1)]
    assert list(days_between(date(2024, 1, 1), date(2023, 12, 31))) == []


def test_working_days_between_include_make_up_days_at_weekends() -> None:
    days = WorkingDays((), WeekRule())
    # The Sunday 2023-04-23 is worked for the May holiday, the Saturday before it is not.
    assert days.between(date(2023, 4, 21), date(2023, 4, 24)) == [
        date(2023, 4, 21),
        date(2023, 4, 23),
        date(2023, 4, 24),
    ]
