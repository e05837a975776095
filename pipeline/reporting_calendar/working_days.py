"""Says which days are worked: the hall's overrides first, then the announced holidays, then the week rule.

Which issue a day belongs to is in `weeks`; how an override is written is in `overrides`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pipeline.reporting_calendar.overrides import CalendarOverride, CalendarStatus, statuses_of, worked_days_of
from pipeline.reporting_calendar.week_rule import WeekRule


class WorkingDays:
    """Answers for any day of any year. Raises CalendarError for overrides that contradict each other."""

    def __init__(self, overrides: Sequence[CalendarOverride], rule: WeekRule) -> None:
        self._overridden = worked_days_of(overrides)
        self._statuses = statuses_of(overrides)
        self._rule = rule

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked."""
        if day in self._overridden:
            return self._overridden[day]
        announced = _announced()
        if day.year not in announced.years:
            return self._rule.is_working_weekday(day)
        if day in announced.make_up_days:
            return True
        return self._rule.is_working_weekday(day) and day not in announced.holidays

    def between(self, first: date, last: date) -> list[date]:
        """Returns the working days from the first day to the last, both included."""
        return list(filter(self.is_working_day, days_between(first, last)))

    def status(self, year: int) -> CalendarStatus:
        """Returns `announced` where the holidays of the year are known, else `provisional`."""
        if year in self._statuses:
            return self._statuses[year]
        if year in _announced().years:
            return "announced"
        return "provisional"


def days_between(first: date, last: date) -> Iterator[date]:
    """Yields every day from the first to the last, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


@dataclass(frozen=True)
class _Announced:
    """What the State Council has announced: the years, their days off, their working days at weekends."""

    years: range
    holidays: frozenset[date]
    make_up_days: frozenset[date]


@cache
def _announced() -> _Announced:
    # Imported only when asked: the table of holidays is not needed to import the calendar.
    from chinese_calendar import constants

    holidays = frozenset(constants.holidays)
    years = range(min(holidays).year, max(holidays).year + 1)
    return _Announced(years, holidays, frozenset(constants.workdays))
