"""Finds days, spans of days and issue numbers in the words of a title line; which week they mean, `period` says.

The notations of a single day are those of `pipeline.ingest.cells.day_notations`, the ones that cells are read by; only
what joins two days to a span, and what an issue is called, stands here. All functions take a text that `plain` of that
module has prepared, in which 二〇二三年四月十七日 is 2023年4月17日 already.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from pipeline.ingest.cells.clock import CLOCK_IN_TEXT
from pipeline.ingest.cells.day_notations import (
    END_IN_TEXT,
    WEEKDAY,
    YEAR_IN_TEXT,
    any_day_with_year,
    full_day,
    hyphened_month_day,
    month_day,
)

Span = tuple[date, date]
"""First and last day, both belonging to it."""

_FULL_DAY = full_day(YEAR_IN_TEXT, END_IN_TEXT)
_ANY_DAY = any_day_with_year(YEAR_IN_TEXT, END_IN_TEXT)
# What may stand between a day and the word that joins it to the next: " 00:00:00", "（星期一）".
_AFTER_DAY = rf"(?:{WEEKDAY})?(?:[ T]*{CLOCK_IN_TEXT})?(?:{WEEKDAY})?"
_DASHES = r"[–—―─━~∼〜]+"
_TO = r"\s*(?:至|到|[-‐‑‒–—―─━~∼〜]+)\s*"  # 至, " - ", ——, ～ (after NFKC ~)
_TO_WITHOUT_HYPHEN = rf"\s*(?:至|到|{_DASHES})\s*"
_DAY_OF_MONTH = r"(\d{1,2})\s*[日号]"
_MONTH_DAY = month_day(r"(?!\d)")
_HYPHENED_MONTH_DAY = hyphened_month_day(r"(?![\d-])")  # 04-21, not the beginning of 04-21-2023

# 2023年4月17日至2023年4月21日, 20230417000000-20230421235959
_FULL_SPAN = re.compile(rf"{_ANY_DAY}{_AFTER_DAY}{_TO}{_ANY_DAY}")
# 2023年4月17日—4月21日, 2023.4.17-4.21, 2023年4月17-21日, 2023-04-17至04-21
_SHORT_SPAN = re.compile(
    rf"{_FULL_DAY}{_AFTER_DAY}"
    rf"(?:{_TO}(?:{_MONTH_DAY}|{_DAY_OF_MONTH})|{_TO_WITHOUT_HYPHEN}{_HYPHENED_MONTH_DAY})"
)
# 2023.4.17-21: no 日 behind it, so that only the same dots tell the last number to be a day
_DOTTED_SPAN = re.compile(rf"({YEAR_IN_TEXT})\.(\d{{1,2}})\.(\d{{1,2}}){_TO}(\d{{1,2}})(?![\d.])")
# 4月17日—4月21日, 4月17日（星期一）至21日
_YEARLESS_SPAN = re.compile(
    rf"(?<![\d年/.-])(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?{_AFTER_DAY}{_TO}(?:(\d{{1,2}})\s*月\s*)?{_DAY_OF_MONTH}"
)
# 截至2023年4月21日, 截止日期：2023-04-21
_UNTIL = re.compile(rf"截[至止]到?\s*(?:日期|时间)?\s*[:至到]?\s*{_ANY_DAY}")

# 2023年第15期, 2023年度第15期, 2023年(第15期), 2023年15期
_ISSUE = re.compile(rf"({YEAR_IN_TEXT})\s*年?度?\s*\(?\s*(?:第\s*(\d{{1,2}})\s*期|(?<=年)\s*(\d{{1,2}})\s*期)")
_BARE_ISSUE = re.compile(r"(?<!总)第\s*(\d{1,2})\s*期")  # 第15期, not 总第435期
_TOTAL_ISSUE = re.compile(r"总第\s*(\d{1,5})\s*期")  # 总第435期
_YEARS = re.compile(rf"({YEAR_IN_TEXT})\s*年")  # 2023年


# 统计时间：2023-04-15 至 2023-04-21, 本期（2023年4月17日—21日）
_OWN_PERIOD = re.compile(r"(?:统计(?:时间|日期|区间|周期|期间?|范围)|报告期|报送期|本期|本周|当期)[^\S\n]*[:(]?")


def issues_in(text: str) -> frozenset[tuple[int, int]]:
    """Year and number of each issue that a plain text names with its year."""
    named = map(_numbers, _ISSUE.finditer(text))
    return frozenset((year, numbers[0]) for year, *numbers in named)


def total_issue_in(text: str) -> int | None:
    """The number in total that a plain text gives its issue: 总第435期 → 435."""
    total = _TOTAL_ISSUE.search(text)
    return int(total[1]) if total else None


def spans_in(text: str) -> tuple[Span, ...]:
    """The spans of days that a plain text names with their year; where it says which are its own, only those."""
    own = [text[mark.end() :].partition("\n")[0] for mark in _OWN_PERIOD.finditer(text)]
    own_spans = tuple(filter(None, map(span_in, own)))
    if own_spans:
        return own_spans
    lines = text.split("\n")
    return tuple(filter(None, (*map(_full_span, lines), *map(_short_span, lines))))


def span_of_report(text: str) -> Span | None:
    """The first span that a plain text calls its own (统计时间：…), else the first that it names."""
    spans = spans_in(text)
    return spans[0] if spans else span_in(text)


def issue_in(text: str) -> tuple[int, int] | None:
    """Year and number of the issue that a plain text names: 2023年第15期, or 第15期 where it names a single year."""
    with_year = _ISSUE.search(text)
    if with_year:
        year, *numbers = _numbers(with_year)
        return year, numbers[0]
    bare = _BARE_ISSUE.search(text)
    year_of_text = _single_year(text)
    if bare is None or year_of_text is None:
        return None
    return year_of_text, int(bare[1])


def span_in(text: str) -> Span | None:
    """The first span of days in a plain text, first and last day; None where there is none, or more than one reading.

    The last day may leave out what it shares with the first: 2023年4月17日—21日. Where both leave out the year, it is
    the only year that the text names.
    """
    for find in (_full_span, _short_span, _dotted_span, _yearless_span):
        span = find(text)
        if span:
            return span
    return None


def last_day_in(text: str) -> date | None:
    """The day up to which a plain text says it counts: 截至2023年4月21日."""
    until = _UNTIL.search(text)
    return _day(*_numbers(until)) if until else None


def _full_span(text: str) -> Span | None:
    """2023-04-17 至 2023-04-21."""
    span = _FULL_SPAN.search(text)
    if span is None:
        return None
    numbers = _numbers(span)
    return _ordered(_day(*numbers[:3]), _day(*numbers[3:]))


def _short_span(text: str) -> Span | None:
    """2023年4月17日—4月21日, 2023年4月17日—21日."""
    span = _SHORT_SPAN.search(text)
    if span is None:
        return None
    year, month, first_day, *last = _numbers(span)
    last_month, last_day = _month_and_day(last, month)
    # A span from December into January names only the year in which it begins.
    is_over_new_year = (month, last_month) == (12, 1)
    last_year = year + 1 if is_over_new_year else year
    return _ordered(_day(year, month, first_day), _day(last_year, last_month, last_day))


def _dotted_span(text: str) -> Span | None:
    """2023.4.17-21."""
    span = _DOTTED_SPAN.search(text)
    if span is None:
        return None
    year, month, first_day, last_day = _numbers(span)
    return _ordered(_day(year, month, first_day), _day(year, month, last_day))


def _yearless_span(text: str) -> Span | None:
    """2023年第15期　4月17日—4月21日."""
    span = _YEARLESS_SPAN.search(text)
    year = _single_year(text)
    if span is None or year is None:
        return None
    month, first_day, *last = _numbers(span)
    last_month, last_day = _month_and_day(last, month)
    return _ordered(_day(year, month, first_day), _day(year, last_month, last_day))


def _month_and_day(last: list[int], first_month: int) -> tuple[int, int]:
    """The month and day in which a span ends: [4, 21], or [21] in the month in which it began."""
    if len(last) == 1:
        return first_month, last[0]
    return last[0], last[1]


def _single_year(text: str) -> int | None:
    """The year of a text that names only one; None where it names several, 2022年、2023年对比, or none."""
    years = set(map(int, _YEARS.findall(text)))
    return years.pop() if len(years) == 1 else None


def _numbers(match: re.Match[str]) -> list[int]:
    """The numbers of those notations that matched; the groups of all others are None."""
    return [int(group) for group in match.groups() if group is not None]


def _ordered(first: date | None, last: date | None) -> Span | None:
    """The span, or None where one of its days is none or it runs backwards."""
    if first is None or last is None:
        return None
    is_forwards = first <= last
    return (first, last) if is_forwards else None


def _day(year: int, month: int, day: int) -> date | None:
    """The day, or None where there is no such day: 2023年4月31日."""
    with suppress(ValueError):
        return date(year, month, day)
    return None
