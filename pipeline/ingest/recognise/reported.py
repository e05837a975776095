"""Says what one export reports: a week of the calendar, or a month or quarter with the weekly release that tells it.

In: the heading of its table, its file's name, its contract. Weeks are read in `period`, months in `title_periods`; a
period that nothing names, `week_from` finds.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from pipeline.contracts import Contract
from pipeline.ingest.cells.day_notations import plain
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.compared import without_compared
from pipeline.ingest.recognise.period import (
    Heading,
    PeriodError,
    UnnamedWeekError,
    issue_of_name,
    read_heading,
    week_not_in_calendar,
    week_of_heading,
)
from pipeline.ingest.recognise.title_days import Span, span_in
from pipeline.ingest.recognise.title_periods import coded_month_in
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.reporting_calendar import (
    CalendarError,
    LongPeriod,
    ReportingCalendar,
    ReportPeriod,
    ReportWeek,
    period_of,
)
from pipeline.reporting_calendar.periods import MOST

_LABELS: dict[LongPeriod, tuple[str, str]] = {"month": ("月", "2023年5月"), "quarter": ("季度", "2023年第2季度")}


class Reported(NamedTuple):
    """The week in which an export counts; `period` is the month or quarter that it reports, None for a week."""

    week: ReportWeek
    period: ReportPeriod | None = None


def reported_by(heading: Heading, file_name: str, contract: Contract, calendar: ReportingCalendar) -> Reported:
    """What the lines above a table say that it reports, else its file's name.

    Raises UnnamedWeekError where nothing says it, PeriodError where it is no clear answer or of another length than the
    contract's deliveries, CalendarError for what there is not in the calendar.
    """
    kind = contract.delivery.long_period
    if kind is None:
        _refuse_longer(heading, file_name, contract, calendar)
        return Reported(week_of_heading(heading, file_name, calendar))
    period = _period_of_title(heading, contract, kind, calendar)
    if period is None:
        # 好差评月报_2023-05.xlsx: a name has no room for words.
        name = without_compared(plain(file_name.replace("_", " ")))
        coded = coded_month_in(name) if kind == "month" else None
        period = _period_of_title(read_heading([name]), contract, kind, calendar) or coded
    if period is None:
        label, example = _LABELS[kind]
        raise UnnamedWeekError(
            RecogniseRefusal.PERIOD_UNNAMED, found=heading.title or None, kind=label, example=example
        )
    return Reported(calendar.release_of(period), period)


def refuse_days_of_no_week(
    heading: Heading, file_name: str, contract: Contract, week: ReportWeek, calendar: ReportingCalendar
) -> None:
    """Refuses a title whose days do not end with the week and are not all in it: a week from another weekday.

    One that ends with the week and begins before it is taken, and `doubt_of_days` asks: the check `period_is_the_week`
    lets people decide.

    Some of its days are enough (4月17日—21日 of a week from Saturday), and the year to date ends with it. The state
    of a register has no days of its own, and those of a month or quarter `reported_by` looks at.
    """
    if contract.delivery.kind == "snapshot" or contract.delivery.long_period is not None:
        return
    spans = _spans_that_say_week(heading, file_name)
    if not spans or any(_is_of_week(span, week, calendar) or calendar.ends(week, span[1]) for span in spans):
        return
    days = _in_words(spans[0])
    own_days = _in_words((week.coverage_start, week.coverage_end))
    raise PeriodError(
        RecogniseRefusal.DAYS_OF_NO_WEEK,
        expected=own_days,
        found=days,
        days=days,
        own_days=own_days,
        title=contract.title,
        week_id=week.week_id,
    )


def doubt_of_days(heading: Heading, file_name: str, reported: Reported, calendar: ReportingCalendar) -> str:
    """A sentence where the days of a title begin before the week that they end with, and not in January."""
    spans = () if reported.period else _spans_that_say_week(heading, file_name)
    if not spans or any(_is_of_week(span, reported.week, calendar) for span in spans):
        return ""
    own_days = _in_words((reported.week.coverage_start, reported.week.coverage_end))
    return (
        f"标题写的是 {_in_words(spans[0])}，第 {reported.week.week_id} 期是 {own_days}：按最后一天计入这一期，"
        "会与别的期重叠；请核对，写错的请按本期的起止日期重新导出"
    )


def doubt_of_number(heading: Heading, reported: Reported) -> str:
    """A sentence where a title's number in total is not the calendar's: its issues may be those of months.

    2023年第5期（总第74期）, while week 5 of 2023 is the 425th; empty where they agree or the title has no such number.
    """
    week = reported.week
    is_by_number = reported.period is None and heading.issue is not None
    if not is_by_number or heading.total_issue in (None, week.total_issue_no):
        return ""
    return (
        f"标题写的总第 {heading.total_issue} 期不是报告周 {week.week_id} 的总第 {week.total_issue_no} 期，"
        f"照第 {week.issue_no} 期计入；若是月报或季报，请在合同的 delivery 写 period: month 或 quarter"
    )


def reported_until(day: date, contract: Contract, calendar: ReportingCalendar) -> Reported:
    """What an export reports whose latest day this is. Raises CalendarError for a day outside the calendar."""
    kind = contract.delivery.long_period
    if kind is None:
        return Reported(calendar.week_of(day))
    period = period_of(day, kind)
    return Reported(calendar.release_of(period), period)


def named_week(heading: Heading, contract: Contract, calendar: ReportingCalendar) -> str:
    """The id of the week in which a table counts, as the lines above it name it; empty where they name none.

    Raises RefusedFileError where they name different ones, or one that there is not.
    """
    try:
        return reported_by(heading, "", contract, calendar).week.week_id
    except UnnamedWeekError:
        return ""
    except CalendarError as error:
        raise week_not_in_calendar(error) from error


def _period_of_title(
    heading: Heading, contract: Contract, kind: LongPeriod, calendar: ReportingCalendar
) -> ReportPeriod | None:
    """The month or quarter by its name, else by the last day of its span, else by its number; None without any.

    Raises RefusedFileError where the days or months that the title names are not those of one such period.
    """
    named = heading.months if kind == "month" else heading.quarters
    by_days = {period_of(last_day, kind) for _, last_day in heading.spans}
    if heading.span is not None and not by_days:
        by_days = {period_of(heading.span[1], kind)}
    if kind == "quarter" and not named:
        # 2023年4—6月 ends with the last month of a quarter.
        named = frozenset(period_of(month.last_day, kind) for month in heading.months)
    said = named or by_days
    if named and by_days and named != by_days:
        said = named | by_days
    if len(said) > 1:
        periods = "、".join(period.label for period in sorted(said))
        raise PeriodError(RecogniseRefusal.SEVERAL_PERIODS, found=heading.title, periods=periods)
    for period in said:
        _refuse_days_of_no_period(heading, contract, period, calendar)
        return period
    if heading.last_day is not None:
        return period_of(heading.last_day, kind)
    return _period_of_issue(heading, contract, kind)


def _refuse_days_of_no_period(
    heading: Heading, contract: Contract, period: ReportPeriod, calendar: ReportingCalendar
) -> None:
    """Refuses a title whose days or months are not those of a month or quarter: 5月1日—5月7日 is no May.

    A monthly may count the year to date, 1月1日—5月31日. To a quarterly, 1—6月 is the half-year: another report.
    """
    is_named_itself = period.kind == "quarter" and bool(heading.quarters)
    spans = _spans_of(heading) or (() if is_named_itself else heading.month_spans)
    may_count_from_january = period.kind == "month"
    for first_day, last_day in spans:
        is_from_january = (first_day.month, first_day.day) == (1, 1)
        begins = calendar.begins_with(period, first_day) or (is_from_january and may_count_from_january)
        if begins and calendar.ends_with(period, last_day):
            return
    if spans:
        days = _in_words(spans[0])
        own_days = _in_words((period.first_day, period.last_day))
        label, _ = _LABELS[period.kind]
        raise PeriodError(
            RecogniseRefusal.DAYS_OF_NO_PERIOD,
            expected=own_days,
            found=days,
            days=days,
            own_days=own_days,
            title=contract.title,
            kind=label,
            period=period.label,
        )


def _in_words(span: Span) -> str:
    first_day, last_day = span
    return f"{first_day} 至 {last_day}"


def _spans_of(heading: Heading) -> tuple[Span, ...]:
    """The spans of days that a title names as its own; one without a year of its own is read only where it is alone."""
    return heading.spans or ((heading.span,) if heading.span else ())


def _period_of_issue(heading: Heading, contract: Contract, kind: LongPeriod) -> ReportPeriod | None:
    """2023年第5期（总第74期）of a monthly is May: its issues are counted by months, whatever the weekly's are."""
    if heading.issue is None:
        return None
    year, number = heading.issue
    if 1 <= number <= MOST[kind]:
        return ReportPeriod(year, kind, number)
    label, example = _LABELS[kind]
    raise PeriodError(
        RecogniseRefusal.NO_SUCH_PERIOD,
        found=heading.title,
        year=year,
        number=number,
        title=contract.title,
        kind=label,
        most=MOST[kind],
        example=example,
    )


def _refuse_longer(heading: Heading, file_name: str, contract: Contract, calendar: ReportingCalendar) -> None:
    """Refuses a title that speaks of a month or a quarter where the contract's deliveries report a week.

    A span of days within a week, or a word such as 周报, says that it is one all the same: 2023年4月第3周.
    """
    if contract.delivery.kind == "snapshot":
        # The state of a register at the end of May is that of its week, too.
        return
    spans = _spans_of(heading)
    whole = _whole_period(spans, calendar)
    if whole is not None:
        raise _no_week(whole.label, heading, contract)
    if spans or heading.is_weekly:
        return
    named = sorted(heading.months | heading.quarters)
    name = plain(file_name)
    own_words = f"{contract.title}{''.join(contract.title_words)}"
    word = heading.word_of_months or read_heading([name]).word_of_months
    issue = heading.issue or issue_of_name(name)
    if named and not heading.last_day and not _may_be_week(issue, named, calendar):
        raise _no_week("、".join(period.label for period in named), heading, contract)
    if word and word not in own_words and not read_heading([name]).is_weekly:
        raise _no_week(f"“{word}”", heading, contract)


def _whole_period(spans: Collection[Span], calendar: ReportingCalendar) -> ReportPeriod | None:
    """The month or quarter of which a span holds all days; None for the year to date of a week that ends with it."""
    kinds: tuple[LongPeriod, ...] = ("month", "quarter")
    for first_day, last_day in spans:
        week = calendar.week_of(last_day)
        ends_week = last_day in (week.coverage_end, week.period_end)
        is_year_to_date = ends_week and (first_day.month, first_day.day) == (1, 1)
        for kind in kinds:
            period = period_of(last_day, kind)
            is_whole = (first_day, last_day) == (period.first_day, period.last_day)
            if is_whole and not is_year_to_date:
                return period
    return None


def _spans_that_say_week(heading: Heading, file_name: str) -> tuple[Span, ...]:
    """The spans of the title, else that of the file's name where it alone says the week."""
    if heading.issue or heading.span or heading.last_day:
        return _spans_of(heading)
    name = without_compared(plain(file_name))
    span = None if issue_of_name(name) else span_in(name)
    return (span,) if span else ()


def _is_of_week(span: Span, week: ReportWeek, calendar: ReportingCalendar) -> bool:
    first_day, last_day = span
    if calendar.holds(week, first_day, last_day):
        return True
    is_from_january = (first_day.month, first_day.day) == (1, 1)
    is_in_year = first_day.year == last_day.year == week.year
    return is_from_january and is_in_year and calendar.ends(week, last_day)


def _may_be_week(issue: tuple[int, int] | None, named: Collection[ReportPeriod], calendar: ReportingCalendar) -> bool:
    """Whether an issue is a week that lies in the month named beside it, and its number is not that of the month.

    第15期 beside 2023年4月 is a week of April; 第5期 beside 2023年5月 is the fifth monthly.
    """
    if issue is None:
        return False
    year, number = issue
    if any((period.year, period.number) == (year, number) for period in named):
        return False
    week = calendar.week(f"{year}-{number:02d}")
    days = (week.coverage_start, week.period_end)
    return any(period.first_day <= days[1] and days[0] <= period.last_day for period in named)


def _no_week(said: str, heading: Heading, contract: Contract) -> RefusedFileError:
    return PeriodError(RecogniseRefusal.NO_WEEK_BUT_LONGER, found=heading.title, said=said, title=contract.title)
