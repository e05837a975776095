"""Finds days, spans of days and issue numbers in the words of a title line; which week they mean belongs in period."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date

from pipeline.common.characters import visible

_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
_BLANKS = re.compile(r"[^\S\n]+")
_CHINESE_YEAR = re.compile(rf"[{''.join(_DIGITS)}]{{4}}(?=\s*年)")
_CHINESE_NUMBER = re.compile(r"[一二三四五六七八九]?十?[一二三四五六七八九]?(?=\s*[月日号期])")

_YEAR = r"(?<!\d)((?:19|20)\d{2})"
_CLOCK = r"(?:[ T]*\d{1,2}[:时]\d{2}(?:[:分]\d{2}秒?|分)?)?"
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_DAY = rf"{_YEAR}\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})(?!\d)\s*[日号]?"
_COMPACT = rf"{_YEAR}(\d{{2}})(\d{{2}})(?:\d{{6}})?(?!\d)"
_TO = r"\s*(?:至|到|[-‐‑‒–—―─━~∼〜]+)\s*"
_TO_AND_NO_HYPHEN = r"\s*(?:至|到|[–—―─━~∼〜]+)\s*"
_MONTH_DAY = r"(\d{1,2})\s*[月/.]\s*(\d{1,2})(?!\d)\s*[日号]?"
_FULL_SPAN = re.compile(rf"(?:{_DAY}|{_COMPACT}){_CLOCK}{_WEEKDAY}{_TO}(?:{_DAY}|{_COMPACT})")
_SHORT_SPAN = re.compile(
    rf"{_DAY}{_CLOCK}{_WEEKDAY}"
    rf"(?:{_TO}(?:{_MONTH_DAY}|(\d{{1,2}})\s*[日号])|{_TO_AND_NO_HYPHEN}(\d{{1,2}})-(\d{{1,2}})(?![\d-]))"
)
_DOTTED_SPAN = re.compile(rf"{_YEAR}\.(\d{{1,2}})\.(\d{{1,2}}){_TO}(\d{{1,2}})(?![\d.])")
_YEARLESS_SPAN = re.compile(
    rf"(?<![\d年/.-])(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?{_WEEKDAY}{_TO}(?:(\d{{1,2}})\s*月\s*)?(\d{{1,2}})\s*[日号]"
)
_UNTIL = re.compile(rf"截[至止]到?\s*(?:日期|时间)?\s*[:至到]?\s*(?:{_DAY}|{_COMPACT})")
_ISSUE = re.compile(rf"{_YEAR}\s*年?度?\s*\(?\s*(?:第\s*(\d{{1,2}})\s*期|(?<=年)\s*(\d{{1,2}})\s*期)")
_BARE_ISSUE = re.compile(r"(?<!总)第\s*(\d{1,2})\s*期")
_YEARS = re.compile(rf"{_YEAR}\s*年")


def plain(text: str) -> str:
    """The text as days are looked for in it: full-width characters made plain, Chinese numerals made digits.

    二〇二三年四月十七日 → 2023年4月17日; a numeral that stands before no 年, 月, 日, 号 or 期 is left alone.
    """
    normal = _BLANKS.sub(" ", unicodedata.normalize("NFKC", visible(text)))
    normal = _CHINESE_YEAR.sub(lambda year: "".join(_DIGITS[digit] for digit in year[0]), normal)
    return _CHINESE_NUMBER.sub(lambda number: _number(number[0]) if number[0] else "", normal)


def _number(text: str) -> str:
    """十 → 10, 十五 → 15, 二十 → 20, 三十一 → 31; digits without 十 one by one."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return "".join(_DIGITS[digit] for digit in ones)
    return f"{int(_DIGITS[tens]) if tens else 1}{_DIGITS[ones] if ones else 0}"


def issue_in(text: str) -> tuple[int, int] | None:
    """Year and number of the issue that a plain text names: 2023年第15期, or 第15期 where it names a single year."""
    found = _ISSUE.search(text)
    if found:
        return int(found[1]), int(found[2] or found[3])
    bare, year = _BARE_ISSUE.search(text), _single_year(text)
    return (year, int(bare[1])) if bare and year else None


def span_in(text: str) -> tuple[date, date] | None:
    """The first span of days in a plain text, first and last day; None where there is none, or more than one reading.

    The last day may leave out what it shares with the first: 2023年4月17日—21日. Where both leave out the year, it is
    the only year that the text names.
    """
    for find in (_full_span, _short_span, _dotted_span, _yearless_span):
        found = find(text)
        if found and found[0] <= found[1]:
            return found
    return None


def last_day_in(text: str) -> date | None:
    """The day up to which a plain text says it counts: 截至2023年4月21日."""
    found = _UNTIL.search(text)
    return _day(*_given(found.groups())) if found else None


def _full_span(text: str) -> tuple[date, date] | None:
    found = _FULL_SPAN.search(text)
    if not found:
        return None
    numbers = _given(found.groups())
    return _ordered(_day(*numbers[:3]), _day(*numbers[3:]))


def _short_span(text: str) -> tuple[date, date] | None:
    found = _SHORT_SPAN.search(text)
    if not found:
        return None
    year, month, first, *last = _given(found.groups())
    end_month, end = last if len(last) == 2 else (month, last[0])
    # A span from December into January names only the year in which it begins.
    end_year = year + 1 if (month, end_month) == (12, 1) else year
    return _ordered(_day(year, month, first), _day(end_year, end_month, end))


def _dotted_span(text: str) -> tuple[date, date] | None:
    found = _DOTTED_SPAN.search(text)
    if not found:
        return None
    year, month, first, end = _given(found.groups())
    return _ordered(_day(year, month, first), _day(year, month, end))


def _yearless_span(text: str) -> tuple[date, date] | None:
    found, year = _YEARLESS_SPAN.search(text), _single_year(text)
    if not found or not year:
        return None
    month, first, *last = _given(found.groups())
    end_month, end = last if len(last) == 2 else (month, last[0])
    return _ordered(_day(year, month, first), _day(year, end_month, end))


def _single_year(text: str) -> int | None:
    years = {int(found[1]) for found in _YEARS.finditer(text)}
    return years.pop() if len(years) == 1 else None


def _given(groups: tuple[str | None, ...]) -> list[int]:
    return [int(group) for group in groups if group is not None]


def _ordered(first: date | None, last: date | None) -> tuple[date, date] | None:
    return (first, last) if first and last and first <= last else None


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None
