"""Numbers the issues of every year and says which days each covers; counts, files and tables are not here.

An issue prints the working weekdays of its week and covers every day since the issue before it, so that the days of a
year belong to exactly one issue each. The week itself is defined in `week_rule`, days off in `working_days`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipeline.reporting_calendar.errors import CalendarError
from pipeline.reporting_calendar.overrides import CalendarOverride, CalendarStatus, numbers_of, read_overrides
from pipeline.reporting_calendar.periods import ReportPeriod
from pipeline.reporting_calendar.week_ids import read_week_id, week_id_of
from pipeline.reporting_calendar.week_rule import WeekRule
from pipeline.reporting_calendar.working_days import WorkingDays, days_between


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
    """Answers for any year, one year at a time and only when asked; overrides win over the announced holidays.

    Where `years` are given, an issue or a day outside of them is refused with the setting that would admit it.
    """

    def __init__(
        self,
        overrides: Sequence[CalendarOverride] = (),
        rule: WeekRule | None = None,
        years: range | None = None,
    ) -> None:
        self.rule = rule or WeekRule()
        self._years = years
        self._days = WorkingDays(overrides, self.rule)
        self._issue_numbers = numbers_of(overrides, "issue_no")
        self._total_numbers = numbers_of(overrides, "total_issue_no")
        self._weeks: dict[int, tuple[ReportWeek, ...]] = {}
        self._starts: dict[int, tuple[date, ...]] = {}
        self._totals: dict[int, tuple[int, ...]] = {}

    def weeks(self, year: int) -> tuple[ReportWeek, ...]:
        """Returns all issues of a year in order; together their coverage is exactly 1 January to 31 December."""
        if year not in self._weeks:
            self._weeks[year] = self._build(year)
        return self._weeks[year]

    def week(self, week_id: str) -> ReportWeek:
        """Returns the issue with this week_id (`2023-15`). Raises CalendarError where there is none."""
        year, issue_no = read_week_id(week_id)
        self._refuse_outside(year, f"{week_id} 期")
        weeks = self.weeks(year)
        for week in weeks:
            if week.week_id == week_id:
                return week
        raise CalendarError(f"{year:04d} 年没有第 {issue_no} 期：该年为 {weeks[0].week_id} 至 {weeks[-1].week_id}。")

    def week_of(self, day: date) -> ReportWeek:
        """Returns the one issue whose coverage holds the day. Raises CalendarError for a day outside the calendar."""
        self._refuse_outside(day.year, str(day))
        weeks = self.weeks(day.year)
        return weeks[bisect_left(weeks, day, key=lambda week: week.coverage_end)]

    def week_of_span(self, first_day: date, last_day: date) -> ReportWeek | None:
        """Returns the one issue whose days hold a whole printed span, or None where it is of several or of no issue.

        2025-12-29 to 2026-01-04 is what 2025-53 prints of weeks from Monday, though 1 January counts for 2026-01: the
        issue of the first day is asked before that of the last. Raises CalendarError for days outside the calendar.
        """
        if self.has_day(first_day):
            week = self.week_of(first_day)
            if self.holds(week, first_day, last_day):
                return week
        week = self.week_of(last_day)
        return week if self.holds(week, first_day, last_day) else None

    def holds(self, week: ReportWeek, first_day: date, last_day: date) -> bool:
        """Whether an issue may print these days: all of them are days that it covers, or days of its week by the rule.

        At the turn of a year the two differ: 2025-53 covers 29 to 31 December, and its week ends on 4 January.
        """
        start = self.rule.start_of_week(week.period_start)
        earliest = min(start, week.coverage_start)
        latest = max(self.rule.end_of_week(start), week.coverage_end)
        return earliest <= first_day and last_day <= latest

    def ends(self, week: ReportWeek, day: date) -> bool:
        """Whether an issue may end with a day: nobody works after it among the days that it prints of its year."""
        last_printed = min(week.period_end, week.coverage_end)
        return week.coverage_start <= day and not self._days.between(day + timedelta(days=1), last_printed)

    def begins_with(self, period: ReportPeriod, day: date) -> bool:
        """Whether a month or quarter may begin with a day: nobody works before it among the days of the period."""
        return period.first_day <= day and not self._days.between(period.first_day, day - timedelta(days=1))

    def ends_with(self, period: ReportPeriod, day: date) -> bool:
        """Whether a month or quarter may end with a day: nobody works after it among the days of the period."""
        return day <= period.last_day and not self._days.between(day + timedelta(days=1), period.last_day)

    def release_of(self, period: ReportPeriod) -> ReportWeek:
        """Returns the issue in which a month or quarter is told: the first that begins after it.

        May 2023 is told in 2023-22, which covers days from Saturday 3 June on. Raises CalendarError for a period whose
        days, or whose issue, lie outside the calendar.
        """
        last = self.week_of(period.last_day)
        return self.week_of(last.coverage_end + timedelta(days=1))

    def is_expected(self, week: ReportWeek) -> bool:
        """Whether the hall reports this week: its first issue or a later one; without a first issue, each week.

        What comes of an earlier week is loaded as history, and nobody asks for it.
        """
        first_issue = self.rule.first_issue
        return first_issue is None or week.week_id >= first_issue

    def has_day(self, day: date) -> bool:
        """Whether the day lies in a year of this calendar."""
        return self._years is None or day.year in self._years

    def _refuse_outside(self, year: int, what: str) -> None:
        if self._years is None or year in self._years:
            return
        first, last = self._years[0], self._years[-1]
        setting = f"first_year = {year}" if year < first else f"last_year = {year}"
        raise CalendarError(
            f"{what}在日历之外：日历从 {first} 年到 {last} 年。"
            f"若年份没有写错，请在 zhoubao.toml 中写 {setting}，再运行一次。"
        )

    def weeks_between(self, first_week_id: str, last_week_id: str) -> tuple[ReportWeek, ...]:
        """Returns all issues from the first to the last, both included, over as many years as lie between."""
        first = self.week(first_week_id)
        last = self.week(last_week_id)
        if last.coverage_end < first.coverage_start:
            raise CalendarError(f"期号区间颠倒：{first_week_id} 在 {last_week_id} 之后。")
        chosen: list[ReportWeek] = []
        for year in range(first.year, last.year + 1):
            chosen += self.weeks(year)
        return tuple(chosen[chosen.index(first) : chosen.index(last) + 1])

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked: by the overrides, else by announced days, else by the weekday."""
        return self._days.is_working_day(day)

    def status(self, year: int) -> CalendarStatus:
        """Returns `announced` where the holidays of the year are known, else `provisional`."""
        return self._days.status(year)

    def _build(self, year: int) -> tuple[ReportWeek, ...]:
        """Makes the issues of a year: the first covers from 1 January, the last until 31 December."""
        starts = self._starts_of(year)
        numbers = self._numbers_of(year)
        totals = self._totals_of(year)
        coverage_start = date(year, 1, 1)
        weeks = []
        for position, start in enumerate(starts):
            is_last = position == len(starts) - 1
            coverage_end = date(year, 12, 31) if is_last else self.rule.end_of_week(start)
            period_start, period_end = self.rule.printed_span(start)
            week = ReportWeek(
                week_id=week_id_of(year, numbers[position]),
                year=year,
                issue_no=numbers[position],
                total_issue_no=totals[position],
                period_start=period_start,
                period_end=period_end,
                coverage_start=coverage_start,
                coverage_end=coverage_end,
                working_days=len(self._days.between(coverage_start, coverage_end)),
                calendar_status=self.status(year),
            )
            weeks.append(week)
            coverage_start = coverage_end + timedelta(days=1)
        return tuple(weeks)

    def _starts_of(self, year: int) -> tuple[date, ...]:
        """Returns the first days of the weeks that make an issue of this year."""
        if year in self._starts:
            return self._starts[year]
        starts = []
        for start in self.rule.weeks_around(year):
            if self._year_of(start) == year:
                starts.append(start)
        self._starts[year] = tuple(starts)
        return self._starts[year]

    def _year_of(self, start: date) -> int | None:
        """Returns the year of most of the week's printed working days, the later year in a tie.

        Returns None for a week in which nobody works: it has no issue, and its days go to the next.
        """
        period_start, period_end = self.rule.printed_span(start)
        years = [day.year for day in self._days.between(period_start, period_end)]
        if not years:
            return None
        in_later_year = years.count(period_end.year)
        if 2 * in_later_year >= len(years):
            return period_end.year
        return period_start.year

    def _numbers_of(self, year: int) -> list[int]:
        starts = self._starts_of(year)
        by_rule = {week_id_of(year, number): start for number, start in enumerate(starts, start=1)}
        return self._numbered(by_rule, 0, self._issue_numbers, "期号")

    def _totals_of(self, year: int) -> tuple[int, ...]:
        if year not in self._totals:
            week_ids = [week_id_of(year, number) for number in self._numbers_of(year)]
            by_number = dict(zip(week_ids, self._starts_of(year), strict=True))
            totals = self._numbered(by_number, self._total_before(year), self._total_numbers, "总期号")
            self._totals[year] = tuple(totals)
        return self._totals[year]

    def _total_before(self, year: int) -> int:
        """Returns the total issue number of the last issue before the year."""
        if year > self.rule.anchor_year:
            return self._totals_of(year - 1)[-1]
        issues_until_anchor = sum(len(self._starts_of(before)) for before in range(year, self.rule.anchor_year))
        return self.rule.anchor_total - 1 - issues_until_anchor

    def _numbered(self, weeks: Mapping[str, date], before: int, overrides: Mapping[str, int], what: str) -> list[int]:
        """Counts on from `before`; an override sets the number of its week, and later weeks count on from there."""
        numbers: list[int] = []
        last = before
        for week_id, start in weeks.items():
            number = self._overridden_number(week_id, start, overrides)
            if number is None:
                number = last + 1
            elif number <= last:
                raise CalendarError(f"日历调整有误：{week_id} 的{what}改为 {number}，不大于上一期的 {last}。")
            numbers.append(number)
            last = number
        return numbers

    def _overridden_number(self, week_id: str, start: date, overrides: Mapping[str, int]) -> int | None:
        """Returns the number that an override gives to the week, named by its week_id or by a day that it prints."""
        if not overrides:
            return None
        if week_id in overrides:
            return overrides[week_id]
        for day in days_between(*self.rule.printed_span(start)):
            number = overrides.get(day.isoformat())
            if number is not None:
                return number
        return None


def load_calendar(
    overrides_csv: Path | None = None, rule: WeekRule | None = None, years: range | None = None
) -> ReportingCalendar:
    """Makes the calendar of this rule, by default the seed report's, with the overrides of a CSV or with none.

    `years` are those whose issues exist; without them there is no limit.
    The CSV has the columns `kind,date_or_week_id,value,reason`. Raises CalendarError for a line that says nothing, and
    for a first issue that there is not.
    """
    overrides = () if overrides_csv is None else read_overrides(overrides_csv)
    calendar = ReportingCalendar(overrides, rule, years)
    if calendar.rule.first_issue is not None:
        _require_issue(calendar, calendar.rule.first_issue)
    return calendar


def _require_issue(calendar: ReportingCalendar, first_issue: str) -> None:
    """Raises CalendarError where the hall's first issue is none: every issue would be taken for history, or none."""
    try:
        calendar.week(first_issue)
    except CalendarError as error:
        raise CalendarError(f"hall.toml 的 [week_rule] first_issue 有误：{error}") from error
