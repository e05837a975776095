"""Reads the labels of a wide table's columns as values: 2021年, 4月, 第15周, 4月17日, or the names of a code list.

Which columns of a header bear such a label, `wide_columns` says; what a contract makes of them, its `unpivot`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from pipeline.contracts.labels import label_key
from pipeline.ingest.cells.chinese_numerals import with_digits
from pipeline.ingest.cells.dates import Context, read_moment

_MOST_MONTHS = 12
_MOST_WEEKS = 53
# 4月29日 needs a year to be a day at all: of a leap year, all of them are.
_ANY_YEAR = Context(default_year=2000)

# All are written for a label key: no blanks, full-width digits made plain, small letters.
_YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0)?(?:年度|年末|年底|年)?")  # 2021, 2021年, 2021年度, 2021.0
_BARE_MONTH = re.compile(r"(\d{1,2})月份?")  # 4月, 04月份
_FULL_MONTH = re.compile(r"((?:19|20)\d{2})[年./-](\d{1,2})(?:月份?)?")  # 2023年4月, 2023-04, 2023.4
_COMPACT_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")  # 202304
_NAMED_MONTH = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?-?((?:19|20)\d{2})?")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BARE_WEEK = re.compile(r"第?(\d{1,2})[周期]?|(?:w|wk|week)\.?(\d{1,2})")  # 第15周, 15, W15, week 15
_FULL_WEEK = re.compile(r"((?:19|20)\d{2})年?-?(?:第|w)?(\d{1,2})[周期]?")  # 2023年第15周, 2023-W15, 2023-15


@dataclass(frozen=True)
class WideLabel:
    """The value that a label stands for: `written` as the header has it; year and number where it says any.

    `number` is that of a month or week.
    """

    written: str
    year: int | None = None
    number: int | None = None

    @property
    def identity(self) -> tuple[int | None, int | None, str]:
        """What two labels of one value have in common: 2021 and 2021年 are one, 甲 and 乙 are two."""
        is_period = self.year is not None or self.number is not None
        return self.year, self.number, "" if is_period else self.written


def read_label(text: str, kind: str) -> WideLabel | None:
    """Returns what a label of a year, month, week or date says; None for any other text, and for other kinds."""
    read = _READERS.get(kind)
    return read(text) if read is not None else None


def is_of_period(kind: str) -> bool:
    """Whether labels of a kind are known by how they are written; names of a code list are not."""
    return kind in _READERS


def year_in(text: str) -> int | None:
    """Returns the year that a label above months or weeks names, such as 2022年."""
    year = _year(text)
    return year.year if year is not None else None


def value_of(label: WideLabel, context: Context) -> str:
    """Returns the text that the field of the label reads: 2021, 2023-04, 2023-15, or the label as it is written.

    A month or week without a year is one of the year that the file reports.
    """
    if label.number is None:
        return label.written if label.year is None else str(label.year)
    year = label.year or context.default_year
    return f"{year}-{label.number:02d}"


def is_ahead(label: WideLabel, kind: str, context: Context) -> bool:
    """Whether a month, week or day begins after the period that the file reports; years may be planned ahead."""
    if context.period is None:
        return False
    begin = _begin_of(label, kind, context)
    return begin is not None and begin > context.period[1]


def _begin_of(label: WideLabel, kind: str, context: Context) -> date | None:
    """Returns a day on which the month, week or day has surely not begun before; None where nobody can tell."""
    year = label.year or context.default_year
    if kind == "date":
        moment = read_moment(label.written, context)
        return moment.day if moment is not None else None
    if year is None or label.number is None:
        return None
    if kind == "month":
        return date(year, label.number, 1)
    # Rules of counting differ by up to a week.
    return date(year, 1, 1) + timedelta(weeks=label.number - 2)


def _year(text: str) -> WideLabel | None:
    found = _YEAR.fullmatch(_key(text))
    return WideLabel(text, int(found[1])) if found else None


def _month(text: str) -> WideLabel | None:
    key = _key(text)
    bare = _BARE_MONTH.fullmatch(key)
    if bare:
        return _numbered(text, None, bare[1], _MOST_MONTHS)
    full = _FULL_MONTH.fullmatch(key) or _COMPACT_MONTH.fullmatch(key)
    if full:
        return _numbered(text, full[1], full[2], _MOST_MONTHS)
    named = _NAMED_MONTH.fullmatch(key)
    if named:
        return _numbered(text, named[2], str(_MONTH_NAMES.index(named[1]) + 1), _MOST_MONTHS)
    return None


def _week(text: str) -> WideLabel | None:
    key = _key(text)
    bare = _BARE_WEEK.fullmatch(key)
    if bare:
        return _numbered(text, None, bare[1] or bare[2], _MOST_WEEKS)
    full = _FULL_WEEK.fullmatch(key)
    return _numbered(text, full[1], full[2], _MOST_WEEKS) if full else None


def _date(text: str) -> WideLabel | None:
    return WideLabel(text) if read_moment(text, _ANY_YEAR) is not None else None


def _numbered(text: str, year: str | None, number: str, most: int) -> WideLabel | None:
    counted = int(number)
    is_one = 1 <= counted <= most
    return WideLabel(text, int(year) if year else None, counted) if is_one else None


def _key(text: str) -> str:
    """The label key with digits for Chinese numerals: 二〇二三年 → 2023年, 十二月 → 12月, 第十五周 → 第15期."""
    key = label_key(text)
    return with_digits(key.replace("周", "期"))


_READERS: MappingProxyType[str, Callable[[str], WideLabel | None]] = MappingProxyType(
    {"year": _year, "month": _month, "week": _week, "date": _date}
)
