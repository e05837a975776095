"""Finds what points at a person in a text, however it is written: numbers and mail addresses; `masking` takes them out.

    电话+86-139 5000 0004 → the span of +86-139 5000 0004
    身份证 510105 1987 0412 777X → the span of 510105 1987 0412 777X

What makes 18 or 15 digits an identity number, `id_numbers` knows; the names beside a number, `masking` finds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.privacy.id_numbers import is_id_number, is_old_id_number_of_a_person, is_rounded_id_number

Span = tuple[int, int]

# Plain classes without counted gaps: with these RE2 takes a fifth of the time that it takes with Unicode's.
_DIGIT_AND_SIGNS = "[0-9０-９٠-٩۰-۹][^0-9０-９٠-٩۰-۹A-Za-z一-鿿]*"
MAY_HOLD_NUMBER: Final = f"(?:{_DIGIT_AND_SIGNS})" * 7 + "|[@＠]"
"""What every text with a personal number matches, and few others: an RE2 pattern for DuckDB (seven digits, an @)."""

_MAY_HOLD = re.compile(r"\d(?:[\W_]{0,3}\d){6}|[@＠]")
_TAKEN = "\ue000"  # stands in for what was found, so that nothing is found twice; private use, in no export

# One or two characters that people put between the digits of a number: 139 5000 0005, 139-5000-0006, 139.5000.0006,
# and those that nobody sees.
_GAP = r"[ \t\u00a0\u2000-\u200d\u2060\ufeff.·•・_‐‑‒–—―−-]{0,2}"
# A code such as A13900001111 or 510000-13900001111 goes on before the digits; 电话-13900001111 does not.
_NO_CODE_BEFORE = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][-_/.])"
_NO_CODE_BEHIND = r"(?![0-9A-Za-z])"
# 18.252847123, 1.3812345678: a latitude or a ratio. Nobody writes a mobile number with one point behind its first or
# second digit; 139.50000006 may be one.
_NO_DECIMAL = r"(?!\d{1,2}\.\d{9,10}(?!\.?[0-9]))"
# Latin words that are written without a blank before a number: ID510105…, tel13900001111, _13900001111
_WORD_BEFORE = r"(?:(?<![A-Za-z])(?:id|no|tel|phone|mobile|mob|sfz|sfzh|sj|dh|wechat|wx|qq)[_:.]?)?"


def _spaced(*groups: int) -> str:
    """The pattern of digits in groups with gaps between them: (3, 4) → three digits, a gap, four digits."""
    return _GAP.join(rf"\d{{{digits}}}" for digits in groups)


class _Form(NamedTuple):
    """A way to write something of a person: its pattern, whose group `number` is taken, and what its text must be."""

    pattern: re.Pattern[str]
    holds: Callable[[str], bool]


def _always(_bare: str) -> bool:
    return True


def _is_person(bare: str) -> bool:
    """18 characters with their check digit; or with another one, where a birthday of 1900 to 2015 stands in them."""
    return is_id_number(bare) or is_rounded_id_number(bare)


def _is_card(bare: str) -> bool:
    """Whether the digits of a bank card end with their check digit (ISO/IEC 7812, the formula of Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(bare)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _form(pattern: str, holds: Callable[[str], bool] = _always) -> _Form:
    return _Form(re.compile(pattern, re.IGNORECASE), holds)


_ID_DIGITS = rf"[1-8]\d{{5}}{_GAP}(?:{_spaced(4, 2, 2)}|{_spaced(2, 2, 2, 2)}){_GAP}\d{{3}}{_GAP}[\dx]"
# 3-4-4, 4-4-3, 4-3-4, 3-3-5, 5-6: the ways in which eleven digits are grouped; and every digit for itself.
_MOBILE_GROUPS = ((2, 4, 4), (3, 4, 3), (3, 3, 4), (2, 3, 5), (4, 6), (1,) * 10, (2, 2, 2, 2, 2), (2, 8), (6, 4))
_MOBILE_DIGITS = "|".join(_spaced(*groups) for groups in _MOBILE_GROUPS)
_COUNTRY = rf"(?:\((?:\+|00)?86\){_GAP}|(?:\+|00)?86{_GAP})?"
# 010, 02x with eight digits; 03xx to 09xx with seven or eight; no subscriber's number begins with 0, 1 or 9.
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_SUBSCRIBER = rf"[2-8]\d{{2,3}}{_GAP}\d{{4}}"
_AREA_IN_BRACKETS = rf"\(0{_AREA}\)\s{{0,2}}"
_AREA_AND_GAP = rf"0{_AREA}\s{{0,2}}[-‐‑‒–—―−.·\s]\s{{0,2}}"
_AREA_ABROAD = rf"(?:\+|00)86{_GAP}\(?0?\)?{_AREA}{_GAP}"

# The order counts: what is longer or surer comes first.
_FORMS: Final = (
    _form(r"(?P<number>[A-Z0-9._%+-]+\s?@\s?[A-Z0-9-]+(?:\s?\.\s?[A-Z0-9-]+)+)"),
    # 身份证号：510105198704121231, whatever its check digit says
    _form(
        rf"(?:身份证(?:件)?|证件)(?:号码?|编号)?{_GAP}[:是为]?\s{{0,2}}(?P<number>(?:\d{_GAP}){{14,17}}[\dx]){_NO_CODE_BEHIND}"
    ),
    _form(rf"(?:银行卡|卡|账)号?码?{_GAP}[:是为]?\s{{0,2}}(?P<number>(?:\d{_GAP}){{15,18}}\d){_NO_CODE_BEHIND}"),
    _form(rf"{_NO_CODE_BEFORE}{_WORD_BEFORE}(?P<number>{_ID_DIGITS}){_NO_CODE_BEHIND}", _is_person),
    _form(rf"{_NO_CODE_BEFORE}{_WORD_BEFORE}(?P<number>[1-8]\d{{14}}){_NO_CODE_BEHIND}", is_old_id_number_of_a_person),
    # 6222 0212 3456 7890 128
    _form(rf"{_NO_CODE_BEFORE}(?P<number>62{_spaced(2, 4, 4, 4)}(?:{_GAP}\d{{3}})?){_NO_CODE_BEHIND}", _is_card),
    _form(
        rf"{_NO_CODE_BEFORE}{_WORD_BEFORE}{_NO_DECIMAL}(?P<number>{_COUNTRY}1(?=[3-9]|{_GAP}[3-9])(?:{_GAP})(?:{_MOBILE_DIGITS})){_NO_CODE_BEHIND}"
    ),
    # （0817）5223344, 028-8660 1234, 028 86601234, 02886601234, +86 28 8660 1234
    _form(rf"(?P<number>{_AREA_IN_BRACKETS}{_SUBSCRIBER})(?!\d)"),
    _form(rf"{_NO_CODE_BEFORE}{_WORD_BEFORE}(?P<number>(?:{_AREA_AND_GAP}|{_AREA_ABROAD}){_SUBSCRIBER})(?!\d)"),
    _form(rf"{_NO_CODE_BEFORE}{_WORD_BEFORE}(?P<number>0{_AREA}[2-8]\d{{6,7}}){_NO_CODE_BEHIND}"),
    # 座机86601234: without an area code only behind a word that says so
    _form(rf"(?:电话|座机|固话|传真|手机)(?:号码?)?\s{{0,2}}[:是为]?\s{{0,2}}(?P<number>{_SUBSCRIBER})(?![\d年月日])"),
)


def personal_spans(text: str) -> list[Span]:
    """Where personal numbers and mail addresses stand in a text, from left to right; none in ordinary figures."""
    if _MAY_HOLD.search(text) is None:
        return []
    plain = _plain(text)
    spans: list[Span] = []
    for form in _FORMS:
        while True:
            found = list(_found(form, plain))
            if not found:
                break
            # 13900001111-13900001119: the second begins where the first is gone.
            for start, end in found:
                plain = plain[:start] + _TAKEN * (end - start) + plain[end:]
            spans += found
    return sorted(spans)


def _found(form: _Form, plain: str) -> Iterator[Span]:
    for match in form.pattern.finditer(plain):
        number = match.group("number")
        bare = "".join(filter(str.isalnum, number))
        if form.holds(bare):
            yield match.span("number")


def replaced_numbers(text: str, mark: str) -> str:
    """The text with a mark in place of every personal number."""
    pieces = []
    done = 0
    for start, end in personal_spans(text):
        pieces += [text[done:start], mark]
        done = end
    return "".join(pieces) + text[done:]


def _plain(text: str) -> str:
    """The text of the same length with ASCII digits and signs: １３９ → 139, （ → (, all others stay."""
    return text if text.isascii() else "".join(map(_plain_char, text))


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    # Full-width forms: ！ to ～ stand 0xFEE0 behind their ASCII signs; 　 is a blank.
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    return " " if char == "\u3000" else char
