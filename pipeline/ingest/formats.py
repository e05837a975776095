"""Says of a workbook's number formats what they show; which cell has which format belongs in oddities."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DIGIT = re.compile("[0#?]")
_BUILT_IN_SHARES = frozenset({9, 10})
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Styles:
    """The cell styles of a workbook, by their number, that show a value as per cent."""

    shares: frozenset[int] = frozenset()


NO_STYLES = Styles()


def styles_of(formats: Iterable[int], codes: Mapping[int, str]) -> Styles:
    """The styles of a workbook: `formats` is the number format of each style, `codes` what the file's own ones say."""
    shares = set()
    for style, one in enumerate(formats):
        if shows_share(codes[one]) if one in codes else one in _BUILT_IN_SHARES:
            shares.add(style)
    return Styles(frozenset(shares))


def shows_share(code: str) -> bool:
    """Whether a number format shows a hundred times the value and a percent sign, whatever the value's sign.

    A sign in quotes or behind a backslash is mere text: such a format shows the value itself.
    """
    numeric = [part for part in _LITERAL.sub("", code).split(";")[:3] if _DIGIT.search(part)]
    return bool(numeric) and all("%" in part for part in numeric)


def share_text(value: float) -> str | None:
    """A share as its cell shows it, 0.985 as 98.5%, with the fifteen digits that a spreadsheet keeps."""
    if not math.isfinite(value):
        return None
    return f"{(Decimal(f'{value:.{_EXACT_DIGITS}g}') * 100).normalize():f}%"
