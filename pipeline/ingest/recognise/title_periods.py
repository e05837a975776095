"""Finds the months and quarters that the words of a title line name; days and issues are found by `title_days`.

All functions take a text that `plain` of `day_notations` has prepared: 二〇二三年五月 is 2023年5月 there already.
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.ingest.cells.day_notations import YEAR_IN_TEXT
from pipeline.reporting_calendar.periods import MOST, ReportPeriod

_DASH = r"[-‐‑‒–—―─━~∼〜至到]"
# 2023年5月, 2023年1—5月, 2023年5月份, 2023-05; no day (2023年5月3日) and no beginning (2023年5月起)
_MONTH = re.compile(
    rf"({YEAR_IN_TEXT})\s*年度?\s*(?:(\d{{1,2}})\s*月?\s*{_DASH}\s*)?(\d{{1,2}})\s*月"
    r"(?!\s*\d{1,2}(?!\d|\s*年|\s*月|\s*期))(?!份?\s*(?:起|以来|以后|之后|以前|之前|底|初|末|印发|发布|开始))"
)
# 2023年第2季度, 2023年二季度, 2023年1-2季度, 2023Q2, 2023年Q2
_QUARTER = re.compile(
    rf"({YEAR_IN_TEXT})\s*年?度?\s*(?:(?:[1-4一二三四]\s*{_DASH}\s*)?第?\s*([1-4一二三四])\s*季度?|[Qq]([1-4])(?!\d))"
)
_NUMBER_OF: dict[str, int] = {"一": 1, "二": 2, "三": 3, "四": 4}
# 月报, 2023年度季报, 月度通报
_WORD_OF_MONTHS = re.compile(r"月报|月度|季报|季度")
# 综窗月报 2023-05, 202305: in a file's name, and no beginning of a day
_CODED_MONTH = re.compile(rf"({YEAR_IN_TEXT})[-.]?(0[1-9]|1[0-2])(?!\d)(?![-.]\d)")
_WEEKLY = re.compile(r"周报|每周|本周|周度|第\s*[\d一二三四五]{1,2}\s*周")


def months_in(text: str) -> frozenset[ReportPeriod]:
    """The months that a plain text names with their year; of 2023年1—5月 the last."""
    return frozenset(last for _, last in _ranges_in(text))


def month_spans_in(text: str) -> tuple[tuple[date, date], ...]:
    """The days of the months that a plain text names with their year: 2023年4—6月 → 1 April to 30 June."""
    return tuple((first.first_day, last.last_day) for first, last in _ranges_in(text))


def _ranges_in(text: str) -> list[tuple[ReportPeriod, ReportPeriod]]:
    """The first and the last month of each range; of a month alone it is both."""
    ranges = []
    for year, first, last in _MONTH.findall(text):
        numbers = (int(first or last), int(last))
        if all(1 <= number <= MOST["month"] for number in numbers):
            first_month, last_month = (ReportPeriod(int(year), "month", number) for number in numbers)
            ranges.append((first_month, last_month))
    return ranges


def quarters_in(text: str) -> frozenset[ReportPeriod]:
    """The quarters that a plain text names with their year; of 2023年1—2季度 the last."""
    quarters = []
    for year, in_words, coded in _QUARTER.findall(text):
        number = in_words or coded
        quarters.append(ReportPeriod(int(year), "quarter", _NUMBER_OF.get(number) or int(number)))
    return frozenset(quarters)


def words_of_months(text: str) -> str:
    """The first word by which a plain text says that it is no weekly: 月报, 季度; empty where none does."""
    found = _WORD_OF_MONTHS.search(text)
    return found[0] if found else ""


def is_weekly(text: str) -> bool:
    """Whether a plain text says that it is a weekly: 周报, 第3周."""
    return _WEEKLY.search(text) is not None


def coded_month_in(name: str) -> ReportPeriod | None:
    """The month that digits in a file's name say: 综窗月报 2023-05, 202305."""
    coded = _CODED_MONTH.search(name)
    return ReportPeriod(int(coded[1]), "month", int(coded[2])) if coded else None
