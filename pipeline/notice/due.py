"""Works out when exports have to be there, and which are late; what has arrived is noted in known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import BEIJING
from pipeline.notice.events import Event

if TYPE_CHECKING:
    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
    from pipeline.settings import DueTime, NoticeSettings

_WEEKDAYS: Final = "一二三四五六日"


class DueError(ValueError):
    """A due time for a source that no contract describes; the message is a sentence for the reader."""


def due_at(week: ReportWeek, due: DueTime, calendar: ReportingCalendar) -> datetime:
    """Returns the first such weekday after the week's coverage, or the first working day after that.

    Example: week 2023-16 covers days to 28 April; due on a Monday 10:00, which is in the May holiday, it is due on
    4 May 2023, 10:00.
    """
    day = week.coverage_end + timedelta(days=1)
    while day.isoweekday() != due.weekday:
        day += timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, due.time, tzinfo=BEIJING)


def last_due(due: DueTime, calendar: ReportingCalendar, now: datetime) -> ReportWeek | None:
    """Returns the latest week whose exports should be there by `now`; older ones are past telling."""
    today = now.astimezone(BEIJING).date()
    weeks = [*calendar.weeks(today.year - 1), *calendar.weeks(today.year)]
    for week in reversed(weeks):
        is_over = week.coverage_end < today
        if is_over and due_at(week, due, calendar) <= now:
            return week
    return None


def missing_events(
    settings: NoticeSettings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    arrived: Collection[tuple[str, str]],
    now: datetime,
) -> dict[tuple[str, str], Event]:
    """Returns (source, week_id) → event for each export whose due time is past and that is not in `arrived`.

    Raises DueError where the settings name a source that has no contract.
    """
    events: dict[tuple[str, str], Event] = {}
    for due in settings.due:
        _refuse_unknown_sources(due, contracts)
        week = last_due(due, calendar, now)
        if week is None or not calendar.is_expected(week):
            continue
        moment = due_at(week, due, calendar)
        for source in due.sources:
            export_key = (source, week.week_id)
            if export_key not in arrived:
                events[export_key] = _event(contracts[source], week, moment)
    return events


def _refuse_unknown_sources(due: DueTime, contracts: Mapping[str, Contract]) -> None:
    unknown = [source for source in due.sources if source not in contracts]
    if unknown:
        raise DueError(f"[[notice.due]] 中没有这样的来源：{'、'.join(unknown)}。可用的有：{'、'.join(contracts)}。")


def _event(contract: Contract, week: ReportWeek, moment: datetime) -> Event:
    return Event(
        "missing",
        f"missing/{contract.name}/{week.week_id}",
        f"{contract.title}：{week.week_id} 期（{_day(week.period_start)}至{_day(week.period_end)}）还没有收到，"
        f"应于 {_day(moment.date())}（周{_WEEKDAYS[moment.weekday()]}）{moment:%H:%M} 前报送。"
        "处理：请催报送部门；收到后放入收件夹 inbox，再运行这一期",
    )


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
