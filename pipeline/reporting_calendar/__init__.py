"""Says to which issue of the weekly a day belongs, what the issue is numbered and how many working days it has.

In: the week rule of the settings, announced holidays, the hall's overrides. Out: the weeks, months and quarters of any
year.
Elsewhere: the calendar as tables in `pipeline.warehouse.reference`; due times of exports in `pipeline.notice.due`.
"""

from pipeline.reporting_calendar.errors import CalendarError
from pipeline.reporting_calendar.overrides import CalendarOverride, read_overrides
from pipeline.reporting_calendar.periods import LongPeriod, ReportPeriod, period_of
from pipeline.reporting_calendar.week_rule import WeekRule
from pipeline.reporting_calendar.weeks import ReportingCalendar, ReportWeek, load_calendar

__all__ = [
    "CalendarError",
    "CalendarOverride",
    "LongPeriod",
    "ReportPeriod",
    "ReportWeek",
    "ReportingCalendar",
    "WeekRule",
    "load_calendar",
    "period_of",
    "read_overrides",
]
