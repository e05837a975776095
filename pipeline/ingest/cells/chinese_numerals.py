"""Turns the Chinese numerals of days, months, years and issues into digits; days are read in `dates`.

Amounts in Chinese numerals (三千二百) are no notation of exports: `numbers` reads digits only.
"""

from __future__ import annotations

import re

_ONE_TO_NINE = "一二三四五六七八九"
_VALUES = {numeral: str(value) for value, numeral in enumerate(_ONE_TO_NINE, start=1)}
# 〇 as it should be, 零, a geometric circle, and the Latin letter that keyboards offer first: 二O二三年.
_ZEROS = dict.fromkeys("〇零○O", "0")
_DIGITS = _VALUES | _ZEROS

_ANY_NUMERAL = re.compile(f"[{_ONE_TO_NINE}十]")
# 二〇二三年, 二零二三 年
_YEAR = re.compile(rf"[{_ONE_TO_NINE}][{''.join(_DIGITS)}]{{3}}(?=\s*年)")
# 四月, 十七日, 二十一 号, 三十一日, 第十五期
_NUMBER = re.compile(rf"(?:[{_ONE_TO_NINE}]?十[{_ONE_TO_NINE}]?|[{_ONE_TO_NINE}]{{1,2}})(?=\s*[月日号期])")


def with_digits(text: str) -> str:
    """The text with Chinese numerals made digits where they name a year, month, day or issue.

    二〇二三年四月十七日 → 2023年4月17日; a numeral before no 年, 月, 日, 号 or 期 is left alone: 周一, 三处.
    """
    if not _ANY_NUMERAL.search(text):
        return text
    with_years = _YEAR.sub(lambda year: "".join(map(_DIGITS.__getitem__, year[0])), text)
    return _NUMBER.sub(lambda number: _digits_of(number[0]), with_years)


def _digits_of(numeral: str) -> str:
    """十 → 10, 十五 → 15, 二十 → 20, 三十一 → 31; numerals without 十 one by one, 一五 → 15."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return "".join(map(_DIGITS.__getitem__, ones))
    # 十五 says no tens and means one, 二十 says no ones and means none.
    tens_digit = _DIGITS.get(tens, "1")
    ones_digit = _DIGITS.get(ones, "0")
    return tens_digit + ones_digit
