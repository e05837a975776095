"""Understands units beside labels (件, 万件, 人次): their scale and their measure; reading values belongs in values."""

from __future__ import annotations

import re
from dataclasses import dataclass

MEASURES = "件次|人次|户次|工作日|小时|分钟|平方米|件|个|名|次|人|家|户|条|项|宗|份|处|起|笔|天|日|元|吨"
PER_CENT = frozenset({"%", "％"})
_MEASURES = f"{MEASURES}|%|％"
_UNIT = re.compile(rf"(?:单位[:：]?)?(百万|千万|[百千万亿])?({_MEASURES})?")
_UNSCALED = PER_CENT | {"天", "日", "工作日", "小时", "分钟"}
LIST_OF_UNITS = rf"(?:(?:百万|千万|[百千万亿])?(?:{_MEASURES})|百万|千万|[百千万亿])(?![\u4e00-\u9fff])"


@dataclass(frozen=True)
class Unit:
    """A unit's scale (万, or empty) and what it counts (件, or empty where only the scale is named)."""

    scale: str
    measure: str


def read_unit(text: str) -> Unit | None:
    """The unit that a whole text is, or None where it is something else."""
    bare = "".join(text.split())
    found = _UNIT.fullmatch(bare) if bare else None
    return Unit(found[1] or "", found[2] or "") if found and (found[1] or found[2]) else None


def units_of_line(text: str) -> tuple[Unit, ...]:
    """The units in what follows 单位： above a table: 万件, or 件、人次."""
    return tuple(unit for part in re.split(r"[、,，/和及]", text) if (unit := read_unit(part)))


def scale_for(units: tuple[Unit, ...], measure: str | None) -> str | None:
    """The scale that a title's units give to numbers of a measure; None where they scale, but not this measure.

    A unit without a measure (单位：万) counts whatever the column counts; shares and durations are never scaled.
    """
    if measure in _UNSCALED or not any(unit.scale for unit in units):
        return ""
    fitting = [unit for unit in units if not unit.measure or measure is None or unit.measure == measure]
    scales = {unit.scale for unit in fitting}
    return scales.pop() if len(scales) == 1 else None
