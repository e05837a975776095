"""When exports have to be there, and which are not; what has arrived, a run has noted in known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from pipeline.notice.events import Event

if TYPE_CHECKING:
    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
    from pipeline.settings import DueTime, NoticeSettings

BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_WEEKDAYS: Final = "一二三四五六日"


class DueError(ValueError):
    """A due time for a source that no contract describes; the message is a sentence for the reader."""


def now_in_beijing() -> datetime:
    """The wall clock of the hall."""
    return datetime.now(UTC).astimezone(BEIJING)


def due_at(week: ReportWeek, due: DueTime, calendar: ReportingCalendar) -> datetime:
    """The first such weekday after the week's coverage, or the first working day after that."""
    day = week.coverage_end + timedelta(days=1)
    while day.isoweekday() != due.weekday:
        day += timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, due.time, tzinfo=BEIJING)


def last_due(due: DueTime, calendar: ReportingCalendar, now: datetime) -> ReportWeek | None:
    """The latest week whose exports should be there by `now`; older ones are past telling."""
    today = now.astimezone(BEIJING).date()
    weeks = [*calendar.weeks(today.year - 1), *calendar.weeks(today.year)]
    past = (week for week in reversed(weeks) if week.coverage_end < today)
    return next((week for week in past if due_at(week, due, calendar) <= now), None)


def missing_events(
    settings: NoticeSettings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    arrived: Collection[tuple[str, str]],
    now: datetime,
) -> dict[tuple[str, str], Event]:
    """An event by (source, week_id) for each export whose due time is past and that is not in `arrived`.

    Raises DueError where the settings name a source that has no contract.
    """
    found = {}
    for due in settings.due:
        if unknown := [source for source in due.sources if source not in contracts]:
            raise DueError(f"[[notice.due]] 中没有这样的来源：{'、'.join(unknown)}。可用的有：{'、'.join(contracts)}。")
        week = last_due(due, calendar, now)
        if week is not None:
            moment = due_at(week, due, calendar)
            late = [source for source in due.sources if (source, week.week_id) not in arrived]
            found.update({(source, week.week_id): _event(contracts[source], week, moment) for source in late})
    return found


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
