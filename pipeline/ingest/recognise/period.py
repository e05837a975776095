"""Reads title lines: issue, period, export time, unit, 填报单位; which week that is, the calendar decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.units import LIST_OF_UNITS, may_scale
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.title_days import issue_in, last_day_in, plain, span_in
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek

_EXPORTED = re.compile(
    r"(?:导出|打印|生成|下载)(?:时间|日期)\s*:\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)"
    r"(?:[ T]*(\d{1,2}[:时]\d{2}(?:[:分]\d{2}秒?|分)?))?"
)
_UNIT = re.compile(
    r"(?<![报送表制编管主承办])单[^\S\n]*位[^\S\n]*(?:[:：][^\S\n]*[(（]?|[(（])[^\S\n]*"
    rf"(?:({LIST_OF_UNITS}(?:[、,，/和及]{LIST_OF_UNITS})*)|(?=\S))([^\s;；|)）]*)"
)
_REPORTING_UNIT = re.compile(
    r"(?:填报|报送|填表|上报|编报)(?:单位|部门)(?:（盖章）|\(盖章\))?\s*[:：]\s*([^\s:：,，;；|]+)"
)
_NAMED_WEEK = re.compile(r"(20\d{2})-(\d{2})(?!\d)(?!-\d)")


class PeriodError(ValueError):
    """The file does not say, or contradicts itself about, which week it reports; the text asks the question."""


class UnnamedWeekError(PeriodError):
    """Neither title nor file name says the week; `delivery.weekFrom` of the contract may."""


@dataclass(frozen=True)
class Heading:
    """What the lines above a table say of it."""

    issue: tuple[int, int] | None = None
    span: tuple[date, date] | None = None
    last_day: date | None = None
    exported_at: datetime | None = None
    unit: str | None = None
    title: str = ""
    reporting_unit: str | None = None


def read_heading(lines: Iterable[str]) -> Heading:
    """Issue, period, export time, unit and 填报单位 from the lines above a table; what no line says is None."""
    kept = [visible(line) for line in lines]
    text = "\n".join(kept)
    words = plain(text)
    sender = _REPORTING_UNIT.search(text)
    return Heading(
        issue=issue_in(words),
        span=span_in(words),
        last_day=last_day_in(words),
        exported_at=_exported_in(words),
        unit=_unit_in(text),
        title=" ".join(dict.fromkeys(" ".join(line.split()) for line in kept)),
        reporting_unit=sender[1] if sender else None,
    )


def _unit_in(text: str) -> str | None:
    """The units that a line names, or what it names instead where that may hold a scale: 万余件."""
    for found in _UNIT.finditer(text):
        if may_scale(found[2]):
            return f"{found[1] or ''}{found[2]}"
        if found[1]:
            return found[1].strip()
    return None


def scope_of(heading: Heading, contract: Contract) -> str:
    """What a delivery covers beside its week: the 填报单位 where the contract's deliveries come one a unit, else all.

    Raises RefusedFileError where the contract needs the unit and no title line names it.
    """
    if contract.delivery.scope != "reporting_unit":
        return ""
    if heading.reporting_unit is None:
        raise RefusedFileError("标题行没有写明填报单位，无法判断这份报送替换哪一份；请在表头上方写明“填报单位：……”")
    return heading.reporting_unit


def _exported_in(words: str) -> datetime | None:
    found = _EXPORTED.search(words)
    return parse_moment(f"{''.join(found[1].split())} {found[2] or ''}".strip(), Context()) if found else None


def week_of_heading(heading: Heading, file_name: str, calendar: ReportingCalendar) -> ReportWeek:
    """The reporting week: by the printed issue, else by the period's last day, else by the file's name.

    Raises UnnamedWeekError where nothing says it, PeriodError where issue and period name different weeks.
    """
    by_issue = _issue(heading.issue, calendar)
    last_day = heading.span[1] if heading.span else heading.last_day
    by_span = calendar.week_of(last_day) if last_day else None
    if by_issue and heading.span and by_span and by_issue.week_id != by_span.week_id:
        raise PeriodError(
            f"标题写的是第 {by_issue.week_id} 期，统计时间却落在第 {by_span.week_id} 期；请核对后重新导出"
        )
    week = by_issue or by_span or _week_of_name(plain(file_name), calendar)
    if week is None:
        raise UnnamedWeekError(
            "标题、统计时间和文件名都没有写明是哪一期；请在标题中写明“2023年第15期”或统计时间"
            "“2023年4月17日—4月21日”，或在合同的 delivery 中写 weekFrom: 日期字段名"
        )
    return week


def named_week(heading: Heading, calendar: ReportingCalendar) -> str:
    """The week that the lines above a table name; empty where they name none.

    Raises ValueError where they name different weeks, or one that there is not.
    """
    try:
        return week_of_heading(heading, "", calendar).week_id
    except UnnamedWeekError:
        return ""


def _issue(number: tuple[int, int] | None, calendar: ReportingCalendar) -> ReportWeek | None:
    return calendar.week(f"{number[0]}-{number[1]:02d}") if number else None


def _week_of_name(name: str, calendar: ReportingCalendar) -> ReportWeek | None:
    """The week that a file's name says: 2023年第15期, 2023-15, or a span of days."""
    coded = _NAMED_WEEK.search(name)
    by_issue = _issue(issue_in(name) or ((int(coded[1]), int(coded[2])) if coded else None), calendar)
    span = None if by_issue else span_in(name)
    return calendar.week_of(span[1]) if span else by_issue
