"""When an export has to be there, and which exports are late."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from pipeline.common.clock import BEIJING, moment_in_beijing
from pipeline.contracts import load_contracts
from pipeline.notice.due import DueError, due_at, last_due, missing_events
from pipeline.reporting_calendar import ReportingCalendar, WeekRule
from pipeline.settings import DueTime, NoticeSettings, Settings

MONDAY = DueTime(sources=("window_weekly", "item_volume"), weekday=1, time=time(10))
AFTER_DUE = datetime(2023, 4, 24, 10, 1, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("week", "weekday", "expected"),
    [
        ("2023-15", 1, datetime(2023, 4, 24, 10, tzinfo=BEIJING)),
        ("2023-15", 6, datetime(2023, 4, 23, 10, tzinfo=BEIJING)),
        ("2023-16", 1, datetime(2023, 5, 4, 10, tzinfo=BEIJING)),
    ],
    ids=["monday", "saturday_is_off_and_sunday_is_a_make_up_day", "monday_in_the_may_holiday"],
)
def test_an_export_is_due_on_its_weekday_or_the_next_working_day(
    calendar: ReportingCalendar, week: str, weekday: int, expected: datetime
) -> None:
    due = DueTime(sources=("x",), weekday=weekday, time=time(10))
    assert due_at(calendar.week(week), due, calendar) == expected


def test_a_week_is_due_from_its_time_on_and_over_the_turn_of_the_year(calendar: ReportingCalendar) -> None:
    before = AFTER_DUE - timedelta(minutes=2)
    assert [week.week_id for week in (last_due(MONDAY, calendar, now) for now in (before, AFTER_DUE)) if week] == [
        "2023-14",
        "2023-15",
    ]
    week = last_due(MONDAY, calendar, datetime(2024, 1, 3, tzinfo=BEIJING))
    assert week is not None
    assert week.year == 2023


def test_only_the_exports_that_have_not_arrived_are_missing(settings: Settings, calendar: ReportingCalendar) -> None:
    contracts = load_contracts(settings.contracts)
    notice = NoticeSettings(due=(MONDAY,))
    arrived = {("window_weekly", "2023-15")}
    late = missing_events(notice, calendar, contracts, arrived, AFTER_DUE)
    assert [(key, event.key) for key, event in late.items()] == [
        (("item_volume", "2023-15"), "missing/item_volume/2023-15")
    ]


def test_nobody_is_reminded_of_a_week_before_the_hall_s_first_issue(settings: Settings) -> None:
    contracts = load_contracts(settings.contracts)
    notice = NoticeSettings(due=(MONDAY,))
    later = ReportingCalendar(rule=WeekRule(first_issue="2023-16"))
    assert missing_events(notice, later, contracts, set(), AFTER_DUE) == {}
    since_this_week = ReportingCalendar(rule=WeekRule(first_issue="2023-15"))
    assert len(missing_events(notice, since_this_week, contracts, set(), AFTER_DUE)) == 2


def test_a_source_without_a_contract_is_an_error(settings: Settings, calendar: ReportingCalendar) -> None:
    notice = NoticeSettings(due=(DueTime(sources=("nothing",), weekday=1),))
    with pytest.raises(DueError, match="没有这样的来源：nothing"):
        missing_events(notice, calendar, load_contracts(settings.contracts), set(), AFTER_DUE)


def test_the_clock_of_the_hall_runs_in_beijing() -> None:
    now = moment_in_beijing()
    assert now.utcoffset() == timedelta(hours=8)
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
