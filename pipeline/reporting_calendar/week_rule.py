"""Holds the week rule of a hall: where a week begins, which of its days are printed, where numbers and reports start.

This is the only place that knows it. Holidays are in `working_days`, the issues that follow from the rule in `weeks`.
"""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipeline.reporting_calendar.week_ids import is_week_id

_DAYS_OF_WEEK = 7
_DAY = timedelta(days=1)


class WeekRule(BaseModel):
    """What makes a day part of a week; weekdays are numbered 1 Monday … 7 Sunday.

    The default is the rule of the seed report: an issue covers Saturday to Friday and prints Monday to Friday, and the
    first issue of 2023 is the 421st in total (issue 15 of 2023 is printed as 总第435期).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_day: int = Field(default=6, ge=1, le=7, description="weekday on which a covered week begins")
    working_weekdays: tuple[int, ...] = Field(
        default=(1, 2, 3, 4, 5),
        min_length=1,
        description="weekdays that are worked, from the first to the last printed",
    )
    anchor_year: int = Field(default=2023, description="year from which total issue numbers are counted")
    anchor_total: int = Field(
        default=421,
        description="total issue number of the first issue of anchor_year; not above 0 where a hall counts from an "
        "issue later in that year",
    )
    first_issue: str | None = Field(
        default=None, description="the first issue that the hall reports; nothing before it is asked for"
    )

    @field_validator("first_issue")
    @classmethod
    def _check_first_issue(cls, week_id: str | None) -> str | None:
        if week_id is not None and not is_week_id(week_id):
            raise ValueError("应为“年份-两位期号”，例如 2023-20")
        return week_id

    @field_validator("working_weekdays")
    @classmethod
    def _check_weekdays(cls, weekdays: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(weekdays)) < len(weekdays):
            raise ValueError("同一天写了两次，每天只写一次")
        if not set(weekdays) <= set(range(1, _DAYS_OF_WEEK + 1)):
            raise ValueError("应为 1（星期一）至 7（星期日）的数，如 [1, 2, 3, 4, 5]")
        return weekdays

    def is_working_weekday(self, day: date) -> bool:
        """Whether the day is worked where neither a holiday nor a make-up day says otherwise."""
        return day.isoweekday() in self.working_weekdays

    def start_of_week(self, day: date) -> date:
        """Returns the first day of the covered week that holds the day: 2023-04-19 → Saturday 2023-04-15."""
        return day - self._position(day.isoweekday()) * _DAY

    def end_of_week(self, start: date) -> date:
        """Returns the last day of the covered week that begins at `start`: 2023-04-15 → Friday 2023-04-21."""
        return start + (_DAYS_OF_WEEK - 1) * _DAY

    def printed_span(self, start: date) -> tuple[date, date]:
        """Returns the first and the last day that the issue prints: 2023-04-15 → 2023-04-17 and 2023-04-21."""
        positions = list(map(self._position, self.working_weekdays))
        return start + min(positions) * _DAY, start + max(positions) * _DAY

    def weeks_around(self, year: int) -> list[date]:
        """Returns the first days of all covered weeks that have a day in the year, in order."""
        last_day = date(year, 12, 31)
        start = self.start_of_week(date(year, 1, 1))
        starts = []
        while start <= last_day:
            starts.append(start)
            start += _DAYS_OF_WEEK * _DAY
        return starts

    def _position(self, weekday: int) -> int:
        """Returns how many days after the first day a weekday comes: Monday (1) in a week from Saturday (6) gives 2."""
        return (weekday - self.first_day) % _DAYS_OF_WEEK
