"""Reads numbers in the notations of exports, exactly or not at all; what a field may hold, `read_cell` says.

A number is written in layers, read from the outside in: (accounting brackets), a unit 件, scales 万, a sign of per
cent, groups of thousands, digits. A new way to write one is a new layer here.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from math import log10

from pipeline.common.characters import visible
from pipeline.ingest.cells.units import MEASURES, PER_CENT

SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
"""What a scale written behind a number multiplies it by."""
_LARGEST_SCALE = 10**12  # 3万亿; whatever goes on behind that is no number
# ！ (U+FF01) … ～ (U+FF5E) stand 0xFEE0 above ! … ~ in ASCII; U+3000 is the full-width blank.
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""For `str.translate`: full-width digits, letters and signs become those of ASCII."""
# 1,234,567.8 and 1 234 567; not 0,611, of which the comma is a decimal one
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?|[+-]?[1-9]\d{0,2}( \d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")  # 12, -3.5, 12., .5
_UNIT_TAIL = re.compile(rf"个?({MEASURES})$")  # 5个工作日, 12户
# The digits of 1,234.50件 and of 85.25%: whole ones, and those behind the point
_WRITTEN_DIGITS = re.compile(r"(\d[\d, ]*)?(?:\.(\d*))?(?<=[\d.])")
OWN_MEASURE = frozenset({"小时", "分钟", "平方米", "元", "吨"})
"""Measures that stay with their number: 3小时 is no number of 工作日, while 12件 may be one of 人次."""
TOO_LARGE = Decimal(10) ** 21


def parse_number(text: str, unit: str | None = None) -> Decimal | None:
    """An exact decimal from the ways in which exports write numbers, or None; full-width digits are understood.

    3.5万件 is 35000. 98.5% is 0.985, or where the `unit` of the numbers is per cent 98.5. 3小时 is no number of days.
    Other look-alikes of digits (①, 5²) are not understood: a footnote mark must not become a digit of the number.
    """
    written = _unbracketed(visible(text).translate(FULL_WIDTH).strip())
    counted = _without_unit(written, unit)
    if counted is None:
        return None
    bare, scale = _without_scales(counted)
    is_share = bare.endswith("%")
    if is_share:
        if scale > 1:
            return None
        bare = bare[:-1].rstrip()
    number = _read_digits(bare)
    if number is None:
        return None
    if is_share and unit not in PER_CENT:
        return number / 100
    return number * scale


def printed_step(text: str, value: Decimal) -> Decimal:
    """One unit of the last place that a text of a number prints: 85.25% has 0.01, 2.31万 has 100, 4,879件 has 1.

    `value` is what `parse_number` reads of it: per cents that stand for fractions have 0.0001.
    """
    digits = _WRITTEN_DIGITS.search(text.translate(FULL_WIDTH))
    if digits is None:
        return Decimal(1)
    # Of .5 nothing stands before the point, of 5. nothing behind it.
    whole, decimals = (digits[1] or "").replace(",", "").replace(" ", ""), digits[2] or ""
    step = Decimal(1).scaleb(-len(decimals))
    number = Decimal(f"{whole or 0}.{decimals or 0}")
    if not number or not value:
        return step
    # The text may count in 万, or its per cents may stand for fractions: 23100 of 2.31 is a power of ten.
    return step * Decimal(1).scaleb(round(log10(abs(value) / number)))


def _unbracketed(text: str) -> str:
    """Accountants write a negative number in brackets: (5) → -5."""
    is_bracketed = text.startswith("(") and text.endswith(")")
    if not is_bracketed:
        return text
    return "-" + text[1:-1].strip()


def _without_unit(text: str, unit: str | None) -> str | None:
    """5个工作日 → 5; None where the text counts something else than `unit`: 3小时 in a column of 工作日."""
    tail = _UNIT_TAIL.search(text)
    if tail is None:
        return text
    measure = tail[1]
    is_own = unit is None or measure == unit
    if measure in OWN_MEASURE and not is_own:
        return None
    number = text[: tail.start()]
    return number.rstrip()


def _without_scales(text: str) -> tuple[str, int]:
    """3.5万 → 3.5 and 10000; 2十万 → 2 and 100000."""
    scale = 1
    while text[-1:] in SCALES and scale < _LARGEST_SCALE:
        scale *= SCALES[text[-1]]
        text = text[:-1].rstrip()
    return text, scale


def _read_digits(text: str) -> Decimal | None:
    """1,234.5 → 1234.5; None where groups are no thousands (12,34) or other characters stand among the digits."""
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
    if not _PLAIN.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # more digits than a Decimal can have
        return None
