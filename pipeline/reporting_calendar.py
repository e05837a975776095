"""Reporting weeks, issue numbers, coverage and working days belong here; counts, files and tables do not.

An issue prints Monday to Friday and covers every day since the
issue before it, so that the days of a year belong to exactly one issue each.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, cast

CalendarStatus = Literal["announced", "provisional"]
OverrideKind = Literal["working_day", "holiday", "issue_no", "total_issue_no", "year_status"]

# The seed report prints issue 15 of 2023 as the 435th in total: whoever counts otherwise overrides total_issue_no.
ANCHOR_YEAR = 2023
ANCHOR_TOTAL_BEFORE = 420

_KINDS: tuple[OverrideKind, ...] = ("working_day", "holiday", "issue_no", "total_issue_no", "year_status")
_OVERRIDE_COLUMNS = ("kind", "date_or_week_id", "value", "reason")
_STATUSES: tuple[CalendarStatus, ...] = ("announced", "provisional")
_WEEK_ID = re.compile(r"(\d{4})-(\d{2})")
_DAY = timedelta(days=1)


class CalendarError(ValueError):
    """A week, a day or an override that the calendar cannot answer for; the message is a sentence for the reader."""


@dataclass(frozen=True)
class CalendarOverride:
    """One line of the override CSV: `kind`, the day (ISO) or week_id or year it speaks of, its value, and why."""

    kind: OverrideKind
    date_or_week_id: str
    value: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ReportWeek:
    """One issue of the weekly. Prints period_start–period_end, counts coverage_start–coverage_end (both inclusive).

    `working_days` are those of the coverage, make-up days at weekends included: what a volume is divided by.
    """

    week_id: str
    year: int
    issue_no: int
    total_issue_no: int
    period_start: date
    period_end: date
    coverage_start: date
    coverage_end: date
    working_days: int
    calendar_status: CalendarStatus


class ReportingCalendar:
    """Answers for any year, one year at a time and only when asked; overrides win over the announced holidays."""

    def __init__(self, overrides: Sequence[CalendarOverride] = ()) -> None:
        self._working_days = _day_overrides(overrides)
        self._issue_numbers = _number_overrides(overrides, "issue_no")
        self._total_numbers = _number_overrides(overrides, "total_issue_no")
        self._statuses = _status_overrides(overrides)
        self._mondays: dict[int, tuple[date, ...]] = {}
        self._weeks: dict[int, tuple[ReportWeek, ...]] = {}
        self._totals: dict[int, tuple[int, ...]] = {}

    def weeks(self, year: int) -> tuple[ReportWeek, ...]:
        """All issues of a year in order; together their coverage is exactly 1 January to 31 December."""
        if year not in self._weeks:
            self._weeks[year] = tuple(self._build(year))
        return self._weeks[year]

    def week(self, week_id: str) -> ReportWeek:
        """The issue with this week_id (`2023-15`). Raises CalendarError where there is none."""
        match = _WEEK_ID.fullmatch(week_id)
        if match is None:
            raise CalendarError(f"期号“{week_id}”写法不对：应为“年份-两位期号”，例如 2023-15。")
        weeks = self.weeks(int(match[1]))
        for week in weeks:
            if week.week_id == week_id:
                return week
        raise CalendarError(
            f"{match[1]} 年没有第 {int(match[2])} 期：该年为 {weeks[0].week_id} 至 {weeks[-1].week_id}。"
        )

    def week_of(self, day: date) -> ReportWeek:
        """The one issue whose coverage holds the day."""
        weeks = self.weeks(day.year)
        return weeks[bisect_left(weeks, day, key=lambda week: week.coverage_end)]

    def weeks_between(self, first_week_id: str, last_week_id: str) -> tuple[ReportWeek, ...]:
        """All issues from the first to the last, both included, over as many years as lie between."""
        first, last = self.week(first_week_id), self.week(last_week_id)
        if last.coverage_end < first.coverage_start:
            raise CalendarError(f"期号区间颠倒：{first_week_id} 在 {last_week_id} 之后。")
        years = range(first.year, last.year + 1)
        return tuple(
            week
            for year in years
            for week in self.weeks(year)
            if first.coverage_start <= week.coverage_start and week.coverage_end <= last.coverage_end
        )

    def is_working_day(self, day: date) -> bool:
        """By the overrides, else by the announced holidays and make-up days, else Monday to Friday."""
        if day in self._working_days:
            return self._working_days[day]
        if _is_announced(day.year):
            return _is_announced_working_day(day)
        return day.weekday() < 5

    def status(self, year: int) -> CalendarStatus:
        """`announced` where the holidays of the year are known, else `provisional`."""
        if year in self._statuses:
            return self._statuses[year]
        return "announced" if _is_announced(year) else "provisional"

    def _build(self, year: int) -> Iterator[ReportWeek]:
        mondays = self._mondays_of(year)
        numbers = self._numbers_of(year)
        totals = self._totals_of(year)
        last = len(mondays) - 1
        start = date(year, 1, 1)
        for i, monday in enumerate(mondays):
            friday = monday + 4 * _DAY
            end = date(year, 12, 31) if i == last else friday
            yield ReportWeek(
                week_id=f"{year}-{numbers[i]:02d}",
                year=year,
                issue_no=numbers[i],
                total_issue_no=totals[i],
                period_start=monday,
                period_end=friday,
                coverage_start=start,
                coverage_end=end,
                working_days=sum(map(self.is_working_day, _days(start, end))),
                calendar_status=self.status(year),
            )
            start = end + _DAY

    def _mondays_of(self, year: int) -> tuple[date, ...]:
        """Mondays of the year's issues: at least one working day, most of the working days in this year."""
        if year not in self._mondays:
            first = date(year, 1, 1)
            monday = first - first.weekday() * _DAY
            mondays = (monday + 7 * i * _DAY for i in range(54))
            self._mondays[year] = tuple(m for m in mondays if self._year_of(m) == year)
        return self._mondays[year]

    def _year_of(self, monday: date) -> int | None:
        friday = monday + 4 * _DAY
        working = [day.year for day in _days(monday, friday) if self.is_working_day(day)]
        if not working:
            return None
        later = sum(year == friday.year for year in working)
        return friday.year if 2 * later >= len(working) else monday.year

    def _numbers_of(self, year: int) -> list[int]:
        by_rule = [(f"{year}-{i:02d}", monday) for i, monday in enumerate(self._mondays_of(year), start=1)]
        return _numbered(by_rule, 0, self._issue_numbers, "期号")

    def _totals_of(self, year: int) -> tuple[int, ...]:
        if year not in self._totals:
            numbers = self._numbers_of(year)
            ids = [
                (f"{year}-{number:02d}", monday) for number, monday in zip(numbers, self._mondays_of(year), strict=True)
            ]
            self._totals[year] = tuple(_numbered(ids, self._total_before(year), self._total_numbers, "总期号"))
        return self._totals[year]

    def _total_before(self, year: int) -> int:
        if year > ANCHOR_YEAR:
            return self._totals_of(year - 1)[-1]
        return ANCHOR_TOTAL_BEFORE - sum(len(self._mondays_of(y)) for y in range(year, ANCHOR_YEAR))


def load_calendar(overrides_csv: Path | None = None) -> ReportingCalendar:
    """The calendar with the overrides of a CSV (`kind,date_or_week_id,value,reason`), or with none."""
    return ReportingCalendar(() if overrides_csv is None else read_overrides(overrides_csv))


def read_overrides(path: Path) -> tuple[CalendarOverride, ...]:
    """Every line of the override CSV, checked. Raises CalendarError with file and line for a line that says nothing."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != _OVERRIDE_COLUMNS:
            raise CalendarError(f"{path} 第 1 行：表头应为 {','.join(_OVERRIDE_COLUMNS)}。")
        return tuple(_read_override(path, reader.line_num, row) for row in reader)


def _read_override(path: Path, line: int, row: dict[str, str | None]) -> CalendarOverride:
    kind, key, value, reason = ((row.get(name) or "").strip() for name in _OVERRIDE_COLUMNS)
    problem = _problem(kind, key, value)
    if problem:
        raise CalendarError(f"{path} 第 {line} 行：{problem}")
    return CalendarOverride(cast(OverrideKind, kind), key, value, reason)


def _problem(kind: str, key: str, value: str) -> str | None:
    if kind not in _KINDS:
        return f"kind“{kind}”不认识，应为 {'、'.join(_KINDS)} 之一。"
    if kind in ("working_day", "holiday"):
        return None if _iso_date(key) else f"日期“{key}”读不懂，应写成 2027-02-06。"
    if kind == "year_status":
        is_good = re.fullmatch(r"\d{4}", key) and value in _STATUSES
        return None if is_good else f"“{key},{value}”读不懂，应为四位年份和 {'、'.join(_STATUSES)} 之一。"
    if not (_WEEK_ID.fullmatch(key) or _iso_date(key)):
        return f"“{key}”读不懂，应为期号（2023-15）或该周的一天（2023-04-17）。"
    return None if re.fullmatch(r"[1-9]\d*", value) else f"期数“{value}”应为正整数。"


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _day_overrides(overrides: Sequence[CalendarOverride]) -> dict[date, bool]:
    days: dict[date, bool] = {}
    for override in overrides:
        if override.kind not in ("working_day", "holiday"):
            continue
        day = date.fromisoformat(override.date_or_week_id)
        is_working = override.kind == "working_day"
        if days.setdefault(day, is_working) is not is_working:
            raise CalendarError(f"日历调整自相矛盾：{day} 既写为工作日又写为休息日。")
    return days


def _number_overrides(overrides: Sequence[CalendarOverride], kind: OverrideKind) -> dict[str, int]:
    return {o.date_or_week_id: int(o.value) for o in overrides if o.kind == kind}


def _status_overrides(overrides: Sequence[CalendarOverride]) -> dict[int, CalendarStatus]:
    return {int(o.date_or_week_id): cast(CalendarStatus, o.value) for o in overrides if o.kind == "year_status"}


def _numbered(weeks: list[tuple[str, date]], before: int, overrides: dict[str, int], what: str) -> list[int]:
    """Count on from `before`; an override sets the number of its week, and the weeks after it count on from there."""
    numbers: list[int] = []
    last = before
    for week_id, monday in weeks:
        number = _override_for(week_id, monday, overrides)
        if number is not None and number <= last:
            raise CalendarError(f"日历调整有误：{week_id} 的{what}改为 {number}，不大于上一期的 {last}。")
        last = last + 1 if number is None else number
        numbers.append(last)
    return numbers


def _override_for(week_id: str, monday: date, overrides: dict[str, int]) -> int | None:
    if not overrides:
        return None
    keys = (week_id, *(day.isoformat() for day in _days(monday, monday + 4 * _DAY)))
    return next((overrides[key] for key in keys if key in overrides), None)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + i * _DAY for i in range((last - first).days + 1))


def _is_announced(year: int) -> bool:
    return year in _announced()[0]


def _is_announced_working_day(day: date) -> bool:
    _, holidays, make_up_days = _announced()
    return day in make_up_days or (day.weekday() < 5 and day not in holidays)


@cache
def _announced() -> tuple[range, frozenset[date], frozenset[date]]:
    """Years that are announced, their days off and their working days at weekends."""
    from chinese_calendar import constants

    holidays, make_up_days = frozenset(constants.holidays), frozenset(constants.workdays)
    return range(min(holidays).year, max(holidays).year + 1), holidays, make_up_days
