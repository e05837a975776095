"""Reads title lines: issue, period, export time, unit, 填报单位; and says which week of the calendar they mean.

Days, spans and issue numbers inside a line are found by `title_days`; a week that no title names, `week_from` finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.ingest.cells.clock import CLOCK_IN_TEXT
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.day_notations import WEEKDAY, any_day_with_year, plain
from pipeline.ingest.cells.units import LIST_OF_UNITS, may_scale
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.compared import without_compared
from pipeline.ingest.recognise.title_days import (
    Span,
    issue_in,
    issues_in,
    last_day_in,
    span_in,
    span_of_report,
    spans_in,
    total_issue_in,
)
from pipeline.ingest.recognise.title_periods import is_weekly, month_spans_in, months_in, quarters_in, words_of_months
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.reporting_calendar import CalendarError, ReportingCalendar, ReportPeriod, ReportWeek

# 导出时间：2023-04-24 09:12:33, 打印日期： 2023年4月24日 9时12分, 生成时间:20230424091233
_EXPORTED = re.compile(
    r"(?:导出|打印|生成|下载)(?:时间|日期)\s*:\s*"
    rf"(?P<moment>{any_day_with_year()}(?:{WEEKDAY})?(?:[ T]*{CLOCK_IN_TEXT})?)(?!\d)"
)
# 单位：万件, (单位: 件、人次), 计量单位（件）; not 填报单位, whose 单位 sends the file
_UNIT = re.compile(
    r"(?<![报送表制编管主承办])单[^\S\n]*位[^\S\n]*(?:[:：][^\S\n]*[(（]?|[(（])[^\S\n]*"
    rf"(?:({LIST_OF_UNITS}(?:[、,，/和及]{LIST_OF_UNITS})*)|(?=\S))([^\s;；|)）]*)"
)
# 填报单位：公安厅, 报送部门（盖章）：水利厅
_REPORTING_UNIT = re.compile(
    r"(?:填报|报送|填表|上报|编报)(?:单位|部门)(?:（盖章）|\(盖章\))?\s*[:：]\s*([^\s:：,，;；|]+)"
)
_DAY = timedelta(days=1)
_NAMED_WEEK = re.compile(r"(20\d{2})-(\d{2})(?!\d)(?!-\d)")  # 2023-15, not the day 2023-04-17


class PeriodError(RefusedFileError):
    """The file does not say, or contradicts itself about, which week it reports; the text asks the question."""


class UnnamedWeekError(PeriodError):
    """Neither title nor file name says the week; `delivery.weekFrom` of the contract may."""


@dataclass(frozen=True)
class Heading:
    """What the lines above a table say of it; periods that it is only compared with (上期, 同比) are left out.

    `issues` and `spans` are all that are named with their year: where they are of several weeks, `issue` and `span`
    are no clear answer. `months` and `quarters` are named without a day; `word_of_months` (月报) and `is_weekly` (周报)
    are what the title calls itself.
    """

    issue: tuple[int, int] | None = None
    span: tuple[date, date] | None = None
    last_day: date | None = None
    exported_at: datetime | None = None
    unit: str | None = None
    title: str = ""
    reporting_unit: str | None = None
    issues: frozenset[tuple[int, int]] = frozenset()
    spans: tuple[Span, ...] = ()
    months: frozenset[ReportPeriod] = frozenset()
    quarters: frozenset[ReportPeriod] = frozenset()
    month_spans: tuple[Span, ...] = ()
    word_of_months: str = ""
    is_weekly: bool = False
    total_issue: int | None = None


def read_heading(lines: Iterable[str]) -> Heading:
    """Issue, period, export time, unit and 填报单位 from the lines above a table; what no line says is None.

    综窗办件周报（2023年第15期） → issue (2023, 15).
    """
    visible_lines = list(map(visible, lines))
    text = "\n".join(visible_lines)
    words = plain(text)
    own_words = without_compared(words)
    tidy_lines = [" ".join(line.split()) for line in visible_lines]
    # A title that is merged over several columns comes once for each of them.
    distinct_lines = dict.fromkeys(tidy_lines)
    return Heading(
        issue=issue_in(own_words),
        span=span_of_report(own_words),
        last_day=last_day_in(own_words),
        issues=issues_in(own_words),
        spans=spans_in(own_words),
        months=months_in(own_words),
        quarters=quarters_in(own_words),
        month_spans=month_spans_in(own_words),
        word_of_months=words_of_months(own_words),
        is_weekly=is_weekly(own_words),
        total_issue=total_issue_in(own_words),
        exported_at=_exported_in(words),
        unit=_unit_in(text),
        title=" ".join(distinct_lines),
        reporting_unit=_reporting_unit_in(text),
    )


def export_time_in(lines: Iterable[str]) -> datetime | None:
    """When an export was made, by lines beside its table: 导出时间：2023-04-24 09:12 → 2023-04-24 09:12, or None."""
    text = "\n".join(map(visible, lines))
    return _exported_in(plain(text))


def _reporting_unit_in(text: str) -> str | None:
    """填报单位：公安厅 → 公安厅."""
    sender = _REPORTING_UNIT.search(text)
    return sender[1] if sender else None


def _unit_in(text: str) -> str | None:
    """The units that a line names, or what it names instead where that may hold a scale: 单位：万件 → 万件, 万余件."""
    for unit in _UNIT.finditer(text):
        listed, rest = unit.groups(default="")
        if may_scale(rest):
            return f"{listed}{rest}"
        if listed:
            return listed.strip()
    return None


def scope_of(heading: Heading, contract: Contract) -> str:
    """What a delivery covers beside its week: the 填报单位 where the contract's deliveries come one a unit, else all.

    Raises RefusedFileError where the contract needs the unit and no title line names it.
    """
    if contract.delivery.scope != "reporting_unit":
        return ""
    if heading.reporting_unit is None:
        raise RefusedFileError(
            RecogniseRefusal.REPORTING_UNIT_UNNAMED,
            expected="填报单位：……",
            found=heading.title or None,
        )
    return heading.reporting_unit


def _exported_in(words: str) -> datetime | None:
    """When the export was made: 导出时间:2023-04-24 09:12 → 2023-04-24 09:12; None where no line says so."""
    exported = _EXPORTED.search(words)
    return parse_moment(exported["moment"], Context()) if exported else None


def week_of_heading(heading: Heading, file_name: str, calendar: ReportingCalendar) -> ReportWeek:
    """The reporting week: by the printed issue, else by the period's last day, else by the file's name.

    Raises UnnamedWeekError where nothing says it, PeriodError where issue and period name different weeks,
    CalendarError for a week that there is not.
    """
    _refuse_several_weeks(heading, calendar)
    by_issue = _week_of_issue(heading.issue, calendar)
    by_period = _week_of_period(heading, calendar)
    if by_issue and by_period:
        _refuse_contradiction(heading, by_issue, by_period, calendar)
    by_title = by_issue or by_period
    if by_title:
        return by_title
    by_name = _week_of_name(without_compared(plain(file_name)), calendar)
    if by_name is None:
        raise UnnamedWeekError(RecogniseRefusal.WEEK_UNNAMED, found=heading.title or None)
    return by_name


def week_not_in_calendar(error: CalendarError) -> RefusedFileError:
    """The refusal of a file whose week the calendar cannot answer for."""
    return RefusedFileError(RecogniseRefusal.WEEK_NOT_IN_CALENDAR, problem=error)


def _week_of_issue(number: tuple[int, int] | None, calendar: ReportingCalendar) -> ReportWeek | None:
    """(2023, 15) → the week 2023-15."""
    if number is None:
        return None
    year, issue_no = number
    return calendar.week(f"{year}-{issue_no:02d}")


def _week_of_period(heading: Heading, calendar: ReportingCalendar) -> ReportWeek | None:
    """The week of the last day that the title counts: 4月17日—4月21日, 截至4月21日."""
    if heading.span:
        return _week_of_span(heading.span, calendar)
    return _week_until(heading.last_day, calendar) if heading.last_day else None


def _week_of_span(span: Span, calendar: ReportingCalendar) -> ReportWeek:
    """The issue whose days hold a span; of a longer one, such as the year to date, the week that ends with it."""
    return calendar.week_of_span(*span) or _week_until(span[1], calendar)


def _week_until(last_day: date, calendar: ReportingCalendar) -> ReportWeek:
    """The week that ends with a day: 截至2026年1月2日 is the end of what the last issue of December prints."""
    week = calendar.week_of(last_day)
    first_of_january = date(last_day.year, 1, 1)
    day_before = first_of_january - _DAY
    begins_year = week.coverage_start == first_of_january
    if not begins_year or not calendar.has_day(day_before):
        return week
    last_of_year = calendar.week_of(day_before)
    end_of_week = calendar.rule.end_of_week(calendar.rule.start_of_week(last_of_year.period_start))
    return last_of_year if last_day in (last_of_year.period_end, end_of_week) else week


def _refuse_contradiction(
    heading: Heading, by_issue: ReportWeek, by_period: ReportWeek, calendar: ReportingCalendar
) -> None:
    """Refuse a title whose issue and span are of different weeks; 截至 may well name a later day than the issue's.

    At the turn of a year days may be of two issues: 2024-12-30 to 31 are covered by 2024-51 and printed by 2025-01, and
    the number says which is meant.
    """
    if heading.span is None:
        return
    if by_issue.week_id == by_period.week_id or calendar.holds(by_issue, *heading.span):
        return
    raise PeriodError(
        RecogniseRefusal.WEEKS_CONTRADICT,
        expected=by_issue.week_id,
        found=by_period.week_id,
        issue=by_issue.week_id,
        period=by_period.week_id,
    )


def _refuse_several_weeks(heading: Heading, calendar: ReportingCalendar) -> None:
    """Refuse a title of several issues, or of spans of several weeks and no issue: which is its own is no guess."""
    named = {f"{year}-{number:02d}" for year, number in heading.issues}
    if not named:
        named = {_week_of_span(span, calendar).week_id for span in heading.spans}
    if len(named) > 1:
        raise PeriodError(RecogniseRefusal.SEVERAL_WEEKS, found=heading.title, weeks="、".join(sorted(named)))


def _week_of_name(name: str, calendar: ReportingCalendar) -> ReportWeek | None:
    """The week that a file's name says: 2023年第15期, 2023-15, or a span of days."""
    number = issue_of_name(name)
    if number:
        return _week_of_issue(number, calendar)
    span = span_in(name)
    return _week_of_span(span, calendar) if span else None


def issue_of_name(name: str) -> tuple[int, int] | None:
    """Year and number of the issue that a file's plain name says: 2023年第15期, 2023-15."""
    return issue_in(name) or _coded_week_in(name)


def _coded_week_in(name: str) -> tuple[int, int] | None:
    """综窗办件_2023-15.xlsx → (2023, 15)."""
    coded = _NAMED_WEEK.search(name)
    if coded is None:
        return None
    year, issue_no = coded.groups()
    return int(year), int(issue_no)
