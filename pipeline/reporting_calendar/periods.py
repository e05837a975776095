"""Names months and quarters: `2023-M05` and `2023-Q2`, which sort by time and are never taken for a week id.

In which weekly release a month is told, `weeks` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

LongPeriod = Literal["month", "quarter"]
_MONTHS: Final[dict[LongPeriod, int]] = {"month": 1, "quarter": 3}
MOST: Final[dict[LongPeriod, int]] = {"month": 12, "quarter": 4}
"""How many periods of a kind a year has."""


@dataclass(frozen=True, order=True)
class ReportPeriod:
    """A month or a quarter of a year; `number` counts from 1."""

    year: int
    kind: LongPeriod
    number: int

    @property
    def period_id(self) -> str:
        """2023-M05, 2023-Q2."""
        return f"{self.year}-M{self.number:02d}" if self.kind == "month" else f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        """2023年5月, 2023年第2季度."""
        return f"{self.year}年{self.number}月" if self.kind == "month" else f"{self.year}年第{self.number}季度"

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return date(self.year, (self.number - 1) * _MONTHS[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        months = self.number * _MONTHS[self.kind]
        day_after = date(self.year + months // 12, months % 12 + 1, 1)
        return day_after - timedelta(days=1)


def period_of(day: date, kind: LongPeriod) -> ReportPeriod:
    """Returns the month or quarter that holds a day."""
    return ReportPeriod(day.year, kind, (day.month - 1) // _MONTHS[kind] + 1)


def periods_of(year: int) -> list[ReportPeriod]:
    """Returns the twelve months of a year and its four quarters."""
    kinds: tuple[LongPeriod, ...] = ("month", "quarter")
    return [ReportPeriod(year, kind, number) for kind in kinds for number in range(1, MOST[kind] + 1)]
