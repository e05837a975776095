"""The grammar of days: every way in which exports write one, as pieces of regular expressions.

`dates` reads whole cells by it, `recognise.title_days` finds days and spans in titles by it. A new way to write a day
is one more function here and its name in `DAYS_WITH_YEAR` or `DAYS_WITHOUT_YEAR`. Times of day are in `clock`; the
serials of spreadsheets (45033) are numbers and no notation, `dates` reads them.

Every piece is written for a text that `plain` has prepared. Its groups are year, month and day, in this order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from pipeline.common.characters import visible
from pipeline.ingest.cells.chinese_numerals import with_digits

_BLANKS = re.compile(r"[^\S\n]+")  # all blanks but line feeds: a title's lines stay apart

YEAR = r"\d{4}"
YEAR_IN_TEXT = r"(?<!\d)(?:19|20)\d{2}"
"""In running text four digits are a year only where they begin a number and look like one: not 512000-2023…"""
END_IN_TEXT = r"(?:(?<=\d{8})\d{6})?(?!\d)"
"""In running text no digit follows a day, but for the time that may be written on behind 20230417: 20230417091233."""
_DAY_WORD = r"(?:\s*[日号])?"

WEEKDAYS = "一二三四五六日"
_DAY_NAME = "(?:星期|周|礼拜)[一二三四五六日天]"
# "（星期一）" after NFKC, " 周日", "礼拜天"
WEEKDAY = rf"\s*(?:\({_DAY_NAME}\)|{_DAY_NAME})"


def full_day(year: str = YEAR, end: str = "") -> str:
    """2023-04-17, 2023/4/17, 2023.4.17, 2023年4月17日, 2023 年 4 月 17 号."""
    return rf"({year})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}}){end}{_DAY_WORD}"


def compact_day(year: str = YEAR, end: str = "") -> str:
    """20230417."""
    return rf"({year})(\d{{2}})(\d{{2}}){end}"


def month_day(end: str = "") -> str:
    """4月17日, 4/17, 4.17日; without 日 a text such as 4.17 is a number, which `is_decimal` tells."""
    return rf"(\d{{1,2}})\s*[/.月]\s*(\d{{1,2}}){end}{_DAY_WORD}"


def hyphened_month_day(end: str = "") -> str:
    """4-17; apart from the others, because in a span a hyphen may also mean "to"."""
    return rf"(\d{{1,2}})-(\d{{1,2}}){end}{_DAY_WORD}"


DAYS_WITH_YEAR: tuple[Callable[[str, str], str], ...] = (full_day, compact_day)
DAYS_WITHOUT_YEAR: tuple[Callable[[str], str], ...] = (month_day, hyphened_month_day)

_DECIMAL = re.compile(r"\d{1,2}\s*\.\s*\d{1,2}")  # 4.2, 04.17


def plain(text: str) -> str:
    """The text as days are looked for in it: full-width characters made plain, Chinese numerals made digits.

    二〇二三年　４月十七日 → 2023年 4月17日. Runs of blanks become one; lines stay apart.
    """
    if text.isascii():
        return _BLANKS.sub(" ", text)
    normal = _BLANKS.sub(" ", unicodedata.normalize("NFKC", visible(text)))
    return with_digits(normal)


def is_decimal(text: str) -> bool:
    """Whether a text is a number with decimals before it is a day: 4.2 is not the second of April."""
    return _DECIMAL.fullmatch(text) is not None


def any_day_with_year(year: str = YEAR, end: str = "") -> str:
    """A pattern of any notation that names its year, with three groups a notation of which one notation's are set."""
    return "(?:" + "|".join(notation(year, end) for notation in DAYS_WITH_YEAR) + ")"
