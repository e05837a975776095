"""Examines how far the calendar reaches and which years are provisional; weeks belong in reporting_calendar."""

from __future__ import annotations

from datetime import date, timedelta

from pipeline.doctor.outcome import Outcome
from pipeline.reporting_calendar import CalendarError, ReportingCalendar

# From this many days before the end of the last year on, somebody should enlarge the calendar.
WARNING_DAYS = 120


def calendar_end(calendar: ReportingCalendar, last_year: int, today: date) -> Outcome:
    """Says until when there are weeks, and which years from today's on rest on holidays not announced yet."""
    end = date(last_year, 12, 31)
    extend = f"请在 zhoubao.toml 写 last_year = {today.year + 1} 或更大的年份"
    if today > end:
        return Outcome("calendar", "日历", "fault", f"日历到 {end} 为止，已经过了", extend)
    try:
        provisional = provisional_years(calendar, today.year, last_year)
    except CalendarError as error:
        return Outcome("calendar", "日历", "fault", str(error), "请改正 calendar_overrides 所指的文件")
    years = "、".join(map(str, provisional))
    sentence = f"日历到 {end} 为止" + (f"，{years} 年的放假安排尚未公布，暂按推定" if provisional else "")
    if calendar.rule.first_issue is not None:
        sentence += f"；本厅从 {calendar.rule.first_issue} 期起报送，更早的不问"
    if today.year in provisional:
        action = "公布后请升级 chinesecalendar，或在 calendar_overrides 中写明；期号和工作日可能要改"
        return Outcome("calendar", "日历", "warning", sentence, action)
    if end - today < timedelta(days=WARNING_DAYS):
        return Outcome("calendar", "日历", "warning", sentence, extend)
    return Outcome("calendar", "日历", "ok", sentence)


def provisional_years(calendar: ReportingCalendar, first_year: int, last_year: int) -> list[int]:
    """Returns the years with a week whose working days are presumed, not announced."""
    return [
        year
        for year in range(first_year, last_year + 1)
        if any(week.calendar_status == "provisional" for week in calendar.weeks(year))
    ]
