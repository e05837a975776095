"""Says what a workbook's number formats show of a number; which cell has which format belongs in oddities."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DIGIT = re.compile("[0#?]")
_DAY = re.compile("[ymdhs]", re.IGNORECASE)
_BUILT_IN_SHARES = frozenset({9, 10})
_BUILT_IN_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Styles:
    """The cell styles of a workbook, by their number, that show a value as per cent, and those that show a day."""

    shares: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()


NO_STYLES = Styles()


def styles_of(formats: Iterable[int], codes: Mapping[int, str]) -> Styles:
    """The styles of a workbook: `formats` is the number format of each style, `codes` what the file's own ones say."""
    shares, days = set(), set()
    for style, one in enumerate(formats):
        if shows_share(codes[one]) if one in codes else one in _BUILT_IN_SHARES:
            shares.add(style)
        elif shows_day(codes[one]) if one in codes else one in _BUILT_IN_DAYS:
            days.add(style)
    return Styles(frozenset(shares), frozenset(days))


def shows_share(code: str) -> bool:
    """Whether a number format shows a hundred times the value and a percent sign, whatever the value's sign.

    A sign in quotes or behind a backslash is mere text: such a format shows the value itself.
    """
    numeric = [part for part in _LITERAL.sub("", code).split(";")[:3] if _DIGIT.search(part)]
    return bool(numeric) and all("%" in part for part in numeric)


def shows_day(code: str) -> bool:
    """Whether a number format shows a serial number as a day or a time."""
    bare = _LITERAL.sub("", code).split(";")[0]
    return _DAY.search(bare.replace("General", "")) is not None


def number_text(raw: str) -> str:
    """A number as a file writes it, 1E3 or 3.0000000000000001, with the digits that a spreadsheet keeps: 1000, 3."""
    if _PLAIN.fullmatch(raw) and sum(map(str.isdigit, raw)) <= _EXACT_DIGITS:
        return raw
    with suppress(ValueError):
        value = float(raw)
        if math.isfinite(value):
            return f"{Decimal(f'{value:.{_EXACT_DIGITS}g}'):f}"
    return raw


def share_text(value: float) -> str | None:
    """A share as its cell shows it, 0.985 as 98.5%, with the fifteen digits that a spreadsheet keeps."""
    if not math.isfinite(value):
        return None
    return f"{(Decimal(f'{value:.{_EXACT_DIGITS}g}') * 100).normalize():f}%"
