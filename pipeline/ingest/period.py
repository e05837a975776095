"""Reads title lines: issue, period, export time, unit, 填报单位; which week that is, the calendar decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.units import LIST_OF_UNITS
from pipeline.ingest.values import Context, parse_moment
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek

_ISSUE = re.compile(r"(\d{4})\s*年\s*第?\s*(\d{1,2})\s*期")
_DAY = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_SPAN = re.compile(rf"({_DAY})\s*(?:至|到|—+|–|~|～|-)\s*({_DAY})")
_EXPORTED = re.compile(rf"(?:导出|打印|生成)(?:时间|日期)\s*[:：]\s*({_DAY}(?:[ T]\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?)")
_UNIT = re.compile(rf"(?<![报送表制编管主承])单位\s*[:：]\s*({LIST_OF_UNITS}(?:[、,，/和及]{LIST_OF_UNITS})*)")
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
    exported_at: datetime | None = None
    unit: str | None = None
    title: str = ""
    reporting_unit: str | None = None


def read_heading(lines: Iterable[str]) -> Heading:
    """Issue, period, export time, unit and 填报单位 from the lines above a table; what no line says is None."""
    kept = list(lines)
    text = "\n".join(kept)
    issue, span, exported, unit, sender = (
        pattern.search(text) for pattern in (_ISSUE, _SPAN, _EXPORTED, _UNIT, _REPORTING_UNIT)
    )
    return Heading(
        issue=(int(issue[1]), int(issue[2])) if issue else None,
        span=_days(span[1], span[2]) if span else None,
        exported_at=parse_moment(exported[1], Context()) if exported else None,
        unit=unit[1].strip() if unit else None,
        title=" ".join(dict.fromkeys(" ".join(line.split()) for line in kept)),
        reporting_unit=sender[1] if sender else None,
    )


def scope_of(heading: Heading, contract: Contract) -> str:
    """What a delivery covers beside its week: the 填报单位 where the contract's deliveries come one a unit, else all.

    Raises RefusedFileError where the contract needs the unit and no title line names it.
    """
    if contract.delivery.scope != "reporting_unit":
        return ""
    if heading.reporting_unit is None:
        raise RefusedFileError("标题行没有写明填报单位，无法判断这份报送替换哪一份；请在表头上方写明“填报单位：……”")
    return heading.reporting_unit


def _days(first: str, last: str) -> tuple[date, date] | None:
    moments = [parse_moment(text, Context()) for text in (first, last)]
    return (moments[0].date(), moments[1].date()) if moments[0] and moments[1] else None


def week_of_heading(heading: Heading, file_name: str, calendar: ReportingCalendar) -> ReportWeek:
    """The reporting week: by the printed issue, else by the period's last day, else by `2023-15` in the file's name.

    Raises UnnamedWeekError where nothing says it, PeriodError where issue and period name different weeks.
    """
    by_issue = calendar.week(f"{heading.issue[0]}-{heading.issue[1]:02d}") if heading.issue else None
    by_span = calendar.week_of(heading.span[1]) if heading.span else None
    if by_issue and by_span and by_issue.week_id != by_span.week_id:
        raise PeriodError(
            f"标题写的是第 {by_issue.week_id} 期，统计时间却落在第 {by_span.week_id} 期；请核对后重新导出"
        )
    if by_issue or by_span:
        return by_issue or by_span  # type: ignore[return-value]  # one of the two is set
    named = _NAMED_WEEK.search(file_name)
    if named is None:
        raise UnnamedWeekError(
            "标题、统计时间和文件名都没有写明是哪一期；请在标题中写明“2023年第15期”或统计时间，"
            "或在合同的 delivery 中写 weekFrom: 日期字段名"
        )
    return calendar.week(f"{named[1]}-{named[2]}")
