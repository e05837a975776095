"""Writes numbers as a spreadsheet shows them; which cell is shown as a share or a day, `number_formats` says."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from pipeline.common.cell_marks import NUMBER_MARK

# A spreadsheet keeps fifteen significant digits and fills up with zeros.
EXACT_DIGITS = 15
# A double ends at 1.8E+308. Written out, 1E+999999999 would take a gigabyte.
_LARGEST_EXPONENT = 308
# 12, -3, 0.50: no exponent, no sign +.
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def number_text(raw: str) -> str:
    """Writes a file's number with the digits that a spreadsheet keeps: `1E3` is 1000, `3.0000000000000001` is 3."""
    if _PLAIN.fullmatch(raw) and sum(map(str.isdigit, raw)) <= EXACT_DIGITS:
        return raw
    with suppress(ValueError):
        value = float(raw)
        if math.isfinite(value):
            return f"{rounded(value):f}"
    return raw


def share_text(value: float) -> str | None:
    """Writes a share as its cell shows it: 0.985 is `98.5%`; None for infinity and NaN."""
    if not math.isfinite(value):
        return None
    return f"{(rounded(value) * 100).normalize():f}%"


def whole_number(raw: str) -> str | None:
    """Returns a number of more than fifteen digits: exact where the file writes all of them, else marked as rounded.

    `510000202304170011` stays as it is, `5.1E+17` becomes NUMBER_MARK and `510000000000000000`, `12` is None,
    and so is what no spreadsheet can hold (`1E+400`, `INF`).
    More than fifteen significant digits come from a program that wrote them all.
    """
    digits = raw.lstrip("-")
    if digits.isdigit() and len(digits.rstrip("0")) > EXACT_DIGITS:
        return raw
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    is_of_spreadsheet = number.is_finite() and number.adjusted() <= _LARGEST_EXPONENT
    if not is_of_spreadsheet:
        return None
    is_whole = number == number.to_integral_value()
    has_more_digits = abs(number) >= 10**EXACT_DIGITS
    if is_whole and has_more_digits:
        integer, _, _ = f"{number:f}".partition(".")
        return NUMBER_MARK + integer
    return None


def rounded(value: float) -> Decimal:
    """Returns a number with the digits that a spreadsheet keeps: 0.30000000000000004 is 0.3."""
    return Decimal(f"{value:.{EXACT_DIGITS}g}")
