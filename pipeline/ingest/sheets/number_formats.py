"""Says what a workbook's number formats show of a number: a share, a day, a scale or the number itself.

Which cell has which format, the modules of `pipeline.ingest.sheets.hidden` find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pipeline.ingest.sheets.number_texts import share_text
from pipeline.ingest.sheets.shown_numbers import ShownNumber, shown_number

# What is no placeholder: "text", \x (one letter as it is), _x (a blank as wide as x), *x (filled up with x), [Red].
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
# 0.0%, #,##0, ??
_DIGIT = re.compile("[0#?]")
# yyyy-mm-dd, h:mm:ss
_DAY = re.compile("[ymdhs]", re.IGNORECASE)
# [ECMA-376] part 1, 18.8.30: 9 is 0%, 10 is 0.00%.
_BUILT_IN_SHARES = frozenset({9, 10})
# The same: 14-22 and 45-47 are days and times; 27-36 and 50-58 are those of Chinese, Japanese and Korean.
_BUILT_IN_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})


@dataclass(frozen=True)
class Styles:
    """What the cell styles of a workbook, by their number, show otherwise than a cell's value says by itself.

    `shares` show a value as per cent, `days` as a day, `shown` with a scale, a unit or leading zeros; `struck` strike
    it out.
    """

    shares: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    shown: Mapping[int, ShownNumber] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()

    @property
    def speaking(self) -> frozenset[int]:
        """The styles that say more of a cell than its value, days apart, which the reader shows."""
        return self.shares | self.struck | frozenset(self.shown)

    def text_of(self, number: float, style: int) -> str | None:
        """The text of a number as its cell shows it, in full; None where that is the number alone."""
        if style in self.shares:
            return share_text(number)
        shown = self.shown.get(style)
        return shown.text(number) if shown else None


NO_STYLES = Styles()


def styles_of(formats: Iterable[int], codes: Mapping[int, str], struck: frozenset[int] = frozenset()) -> Styles:
    """Returns the styles of a workbook: `formats` is the number format of each style in order, `codes` what formats
    of the file's own say. `styles_of([0, 164], {164: "0.0%"})` has the share 1.
    """
    shares: set[int] = set()
    days: set[int] = set()
    shown: dict[int, ShownNumber] = {}
    # A workbook may have tens of thousands of styles of a few formats.
    shown_by_format = {number: shown_number(code) for number, code in codes.items() if not _shows_day(code)}
    for style, number_format in enumerate(formats):
        code = codes.get(number_format)
        is_share = number_format in _BUILT_IN_SHARES if code is None else shows_share(code)
        is_day = number_format in _BUILT_IN_DAYS if code is None else _shows_day(code)
        says_more = shown_by_format.get(number_format)
        if is_share:
            shares.add(style)
        elif is_day:
            days.add(style)
        elif says_more:
            shown[style] = says_more
    return Styles(frozenset(shares), frozenset(days), shown, struck)


@cache
def shows_share(code: str) -> bool:
    """Whether a number format shows a hundred times the value and a percent sign, whatever the value's sign.

    `0.0%;-0.0%` does; in `0.0"%"` and `0.0\\%` the sign is mere text, and such a format shows the value itself.
    """
    # Sections for positive, negative and zero; the fourth is for texts.
    sections = _LITERAL.sub("", code).split(";")[:3]
    numeric = list(filter(_DIGIT.search, sections))
    if not numeric:
        return False
    return all("%" in section for section in numeric)


@cache
def _shows_day(code: str) -> bool:
    """Whether a number format shows a serial number as a day or a time: `yyyy-mm-dd` does, `General` does not."""
    positive = _LITERAL.sub("", code).split(";")[0]
    return _DAY.search(positive.replace("General", "")) is not None
