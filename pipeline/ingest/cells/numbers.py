"""Reads numbers in the notations of exports, exactly or not at all; what a field may hold, read_cell says."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from pipeline.common.characters import visible
from pipeline.ingest.cells.units import MEASURES, PER_CENT

SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
"""What a scale written behind a number multiplies it by."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?|[+-]?\d{1,3}( \d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_UNIT_TAIL = re.compile(rf"个?({MEASURES})$")
# What these count is never what another unit counts; people and cases go by several names.
_OWN_MEASURE = frozenset({"小时", "分钟", "平方米", "元", "吨"})
TOO_LARGE = Decimal(10) ** 21


def parse_number(text: str, unit: str | None = None) -> Decimal | None:
    """An exact decimal from the ways in which exports write numbers, or None; full-width digits are understood.

    98.5% is 0.985, or where the `unit` of the numbers is per cent 98.5. 3小时 is no number of days. Other look-alikes
    of digits (①, 5²) are not understood: a footnote mark must not become a digit of the number.
    """
    normal = visible(text).translate(_FULL_WIDTH).strip()
    if normal.startswith("(") and normal.endswith(")"):
        normal = "-" + normal[1:-1].strip()
    tail = _UNIT_TAIL.search(normal)
    if tail:
        if unit is not None and tail[1] != unit and tail[1] in _OWN_MEASURE:
            return None
        normal = normal[: tail.start()].rstrip()
    factor = 1
    while normal[-1:] in SCALES and factor < 10**12:
        factor *= SCALES[normal[-1]]
        normal = normal[:-1].rstrip()
    if normal.endswith("%"):
        if factor > 1:
            return None
        normal, factor = normal[:-1].rstrip(), int(unit in PER_CENT)
    if _GROUPED.fullmatch(normal):
        normal = normal.replace(",", "").replace(" ", "")
    if not _PLAIN.fullmatch(normal):
        return None
    try:
        return Decimal(normal) * factor if factor else Decimal(normal) / 100
    except InvalidOperation:
        return None
