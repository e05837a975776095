"""Reads the units in a header: in brackets, or as a line below the labels; what a unit is, `cells.units` says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipeline.contracts.labels import BRACKETS, label_key
from pipeline.ingest.cells.units import Unit, read_remark, read_unit
from pipeline.ingest.tables.headers.paths import Row

_BRACKET_MARKS = "()（）[]【】"
# What stands in the first cell of a line of units: 单位 | | 人次 | 万件
_UNIT_LINE_LABELS = frozenset({"单位", "计量单位"})


@lru_cache(maxsize=4_096)
def unit_of_path(texts: tuple[str, ...]) -> Unit | None:
    """Returns the unit that the labels of one column name, the innermost one; None where they name none.

    Example: ("办件情况（万件）", "受理（件）") gives 件, and ("办件情况（万件）", "受理") gives 万件.
    """
    for level in reversed(range(len(texts))):
        units = _units_of_label(texts[level], is_below_another=level > 0)
        if not units:
            continue
        if _have_several_scales(units):
            return Unit("", "", unclear=texts[level])
        unclear = (unit for unit in units if unit.unclear)
        return next(unclear, units[0])
    return None


def _units_of_label(text: str, *, is_below_another: bool) -> list[Unit]:
    """Returns the units in the brackets of a label; below another label the whole text may be one too."""
    units = []
    for bracket in BRACKETS.findall(text):
        unit = read_remark(bracket.strip(_BRACKET_MARKS))
        if unit:
            units.append(unit)
    whole = read_unit(text) if is_below_another else None
    if whole:
        units.append(whole)
    return units


def _have_several_scales(units: Sequence[Unit]) -> bool:
    scales = {unit.scale for unit in units}
    return len(scales) > 1


def unit_line(row: Row) -> list[str | None] | None:
    """Returns the row without the words 单位 and 计量单位 if all its other cells are units, else None.

    Example: ["单位", None, "（人次）", "万件"] gives [None, None, "（人次）", "万件"].
    """
    units: list[str | None] = []
    has_units = False
    for cell in row:
        if not cell or label_key(cell) in _UNIT_LINE_LABELS:
            units.append(None)
            continue
        units.append(cell)
        text = cell.strip()
        if not text:
            continue
        if read_unit(text.strip(_BRACKET_MARKS)) is None:
            return None
        has_units = True
    return units if has_units else None
