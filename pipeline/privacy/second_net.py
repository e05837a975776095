"""Tells whether a text that was masked still names a person; `masking` takes persons out, this only looks.

It works in another way than the mask, so that what slips through one is caught by the other: no forms of writing are
known here. All digits that stand together, whatever signs are between them, are one number, and the day of birth in it
or the plan of mobile numbers says whose it is. And whoever stands in a personal column of a delivery is not to stand in
its texts.

    1.3.9/5000-0005 → 13950000005 → True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from pipeline.privacy.id_numbers import is_rounded_id_number
from pipeline.privacy.surnames import DOUBLE_SURNAMES, SURNAMES

# Plain classes: with Unicode's, and with counted gaps, RE2 takes a tenth of a second to compile and 60 times as long
# to run.
_DIGIT = "[0-9０-９٠-٩۰-۹]"
_NO_WORD = "[^0-9０-９٠-٩۰-۹A-Za-z一-鿿]*"
MAY_BE_LEFT: Final = f"{_DIGIT}({_NO_WORD}{_DIGIT}){{10}}"
"""What every text matches in which `is_number_left` may find something: an RE2 pattern (eleven digits, no words)."""

_CHINESE = re.compile("[一-鿿]+")  # 王小明
# 1.3.9/5000-0005 and 51010519870303002X: up to three signs between two digits, no word and no end of a line.
_DIGITS_TOGETHER = re.compile(r"\d(?:(?:[^\w\n]|_){0,3}\d)*[xX]?")
# 18.252847123: one point behind the first or second of eleven digits is a decimal point.
_DECIMAL = re.compile(r"\d{1,2}\.\d{9,10}")
_MOST_KNOWN = 200_000
# 王小明, 司马相如: names of two characters are words too often (高明, 方向), and longer ones are of organisations.
_NAME_LENGTHS = (3, 4)
SHORTEST_KNOWN: Final = min(_NAME_LENGTHS)
"""Characters of the shortest text in a personal column that `KnownPersons` keeps."""
_FEWEST_DIGITS = 7  # of a telephone number without its area code
_MOBILE_LENGTH, _ID_LENGTH = 11, 18
_COUNTRY_CODES = ("0086", "86")
# The plan of mobile numbers (工业和信息化部, 电信网编号计划): the first three digits that are given out.
_MOBILE_PREFIXES: Final = frozenset(
    [f"13{digit}" for digit in "0123456789"]
    + [f"14{digit}" for digit in "56789"]
    + [f"15{digit}" for digit in "012356789"]
    + [f"16{digit}" for digit in "2567"]
    + [f"17{digit}" for digit in "012345678"]
    + [f"18{digit}" for digit in "0123456789"]
    + [f"19{digit}" for digit in "012356789"]
)


def is_number_left(text: str) -> bool:
    """Whether a text holds an identity number or a mobile number in whatever form."""
    return any(map(_is_of_person, _numbers_in(text)))


def may_hold_known(text: str) -> bool:
    """Whether `KnownPersons` may find somebody in a text: it holds what may be a name, or a number of seven digits."""
    for length in _NAME_LENGTHS:
        for start in range(len(text) - length + 1):
            if _is_name(text[start : start + length]):
                return True
    return any(map(_is_known_number, _numbers_in(text)))


class KnownPersons:
    """The names and numbers in the personal columns of one delivery; the first 200,000 of them, and never stored."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._numbers: set[str] = set()

    def __len__(self) -> int:
        return len(self._names) + len(self._numbers)

    def add(self, text: str | None) -> None:
        """Remembers what a personal cell holds, if it is a name or a number: 王小明, 139 5000 0005, no company."""
        if not text or len(self) >= _MOST_KNOWN:
            return
        name = "".join(text.split())
        if _is_name(name):
            self._names.add(name)
        self._numbers.update(filter(_is_known_number, _numbers_in(text)))

    def is_any_in(self, text: str) -> bool:
        """Whether a text holds one of them: 请王小明补正 where 王小明 stands in a personal column."""
        for length in _NAME_LENGTHS:
            for start in range(len(text) - length + 1):
                if text[start : start + length] in self._names:
                    return True
        return not self._numbers.isdisjoint(_numbers_in(text))


def _is_known_number(number: str) -> bool:
    """Whether a number of a personal column is found again: one like a day, 19900101, is in many texts."""
    is_like_day = len(number) == 8 and number.startswith(("19", "20"))
    return len(number) >= _FEWEST_DIGITS and not is_like_day


def _is_name(text: str) -> bool:
    if len(text) not in _NAME_LENGTHS:
        return False
    if _CHINESE.fullmatch(text) is None:
        return False
    return text[:1] in SURNAMES or text[:2] in DOUBLE_SURNAMES


def _is_of_person(number: str) -> bool:
    if len(number) == _ID_LENGTH:
        return is_rounded_id_number(number)
    return len(number) == _MOBILE_LENGTH and number[:3] in _MOBILE_PREFIXES


def _ascii_digit(char: str) -> str:
    """Returns a digit of any script as 0 to 9."""
    return str(unicodedata.decimal(char))


def _numbers_in(text: str) -> Iterator[str]:
    """The digits that stand together, with the X at their end; a number with a country code comes without it."""
    for run in _DIGITS_TOGETHER.findall(unicodedata.normalize("NFKC", text)):
        if _DECIMAL.fullmatch(run):
            continue
        digits = "".join(map(_ascii_digit, filter(str.isdecimal, run)))
        if len(digits) == _ID_LENGTH - 1 and run[-1] in "xX":
            digits += "X"
        yield _without_country_code(digits)


def _without_country_code(digits: str) -> str:
    for code in _COUNTRY_CODES:
        if digits.startswith(code) and len(digits) == len(code) + _MOBILE_LENGTH:
            return digits.removeprefix(code)
    return digits
