"""Understands units beside labels (件, 万件, 人次): their scale and their measure; values are read in `numbers`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.common.characters import visible
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.cells import CellRefusal

MEASURES = "件次|人次|户次|工作日|小时|分钟|平方米|件|个|名|次|人|家|户|条|项|宗|份|处|起|笔|天|日|元|吨"
"""What numbers of this field count, longer words first, as alternatives of a regular expression."""
PER_CENT = frozenset({"%", "％"})
_MEASURES = f"{MEASURES}|%|％"
_SCALE = "(?:[十百千]?万亿|[十百千]?[万亿]|[百千])"
_UNIT = re.compile(rf"(?:(?:计量)?单位[:：]?)?({_SCALE})?({_MEASURES})?")  # 万件, 单位：件, 万
_UNSCALED = PER_CENT | {"天", "日", "工作日", "小时", "分钟"}
LIST_OF_UNITS = rf"(?:{_SCALE}?[^\S\n]*(?:{_MEASURES})|{_SCALE})(?![\u4e00-\u9fff])"
"""One unit of a list such as 件、人次 or 万 件, as a piece of a regular expression."""
# A scale at the end of words, or before what is counted: 万余件, 每百件, 以万计; not 百姓, 万州区, 千岛湖.
_MAY_SCALE = re.compile(
    rf"(?:[百千万亿][余多来个]?(?:{_MEASURES})?|十[余多来个]?(?:{_MEASURES}))(?=$|[^\u4e00-\u9fff]|[计为])"
)
_BETWEEN_REMARKS = re.compile(r"[、,，;；/]")  # 含网上，万件
_BETWEEN_UNITS = re.compile(r"[、,，/和及]")  # 件、人次


@dataclass(frozen=True)
class Unit:
    """A unit's scale (万, or empty) and what it counts (件, or empty where only the scale is named).

    `unclear` is what is written where that names a scale in no way that is understood.
    """

    scale: str
    measure: str
    unclear: str = ""

    def counts(self, measure: str | None) -> bool:
        """Whether it may count what has this measure; one that names no measure counts anything."""
        own = ("", measure)
        return measure is None or self.measure in own


def read_unit(text: str) -> Unit | None:
    """The unit that a whole text is, or None where it is something else: 单位：万件 → 万 and 件."""
    bare = "".join(visible(text).split())
    unit = _UNIT.fullmatch(bare)
    if unit is None:
        return None
    scale, measure = unit.groups(default="")
    # Both parts are optional, so that the pattern fits the word 单位 alone, too.
    names_something = bool(scale + measure)
    return Unit(scale, measure) if names_something else None


def read_remark(text: str) -> Unit | None:
    """The unit among the remarks in a bracket beside a label (含网上，万件), or None where they name none."""
    parts = _BETWEEN_REMARKS.split(text)
    unclear = Unit("", "", text)
    # 受理（万余件）: a scale that no unit has.
    if _has_unclear_scale(parts):
        return unclear
    named = _units_among(parts)
    # 受理（万件、件）: two scales for one column.
    scales = {unit.scale for unit in named}
    if len(scales) > 1:
        return unclear
    return named[0] if named else None


def _units_among(parts: Sequence[str]) -> list[Unit]:
    units = map(read_unit, parts)
    return list(filter(None, units))


def _has_unclear_scale(parts: Sequence[str]) -> bool:
    """Whether one of the parts is no unit, and yet holds a scale: 万余件."""
    others = (part for part in parts if read_unit(part) is None)
    return any(map(may_scale, others))


def may_scale(text: str) -> bool:
    """Whether words hold a scale as units do, though perhaps in no way that is understood: 万余件."""
    return _MAY_SCALE.search("".join(visible(text).split())) is not None


def units_of_line(text: str) -> tuple[Unit, ...]:
    """The units in what follows 单位： above a table: 万件, or 件、人次.

    Raises RefusedFileError (`CellRefusal.UNIT_UNCLEAR`) where it names a scale in a way that is not understood.
    """
    parts = _BETWEEN_UNITS.split(text)
    if _has_unclear_scale(parts):
        raise RefusedFileError(
            CellRefusal.UNIT_UNCLEAR,
            expected="单位：件、单位：万件",
            found=text,
            unit=text,
        )
    return tuple(_units_among(parts))


def scale_for(units: tuple[Unit, ...], measure: str | None) -> str | None:
    """The scale that a title's units give to numbers of a measure; None where they scale, but not this measure.

    A unit without a measure (单位：万) counts whatever the column counts; shares and durations are never scaled.
    """
    is_scaled = any(unit.scale for unit in units)
    if not is_scaled:
        return ""
    # 单位：万件 above a column of 工作日: the days are still single days.
    if measure in _UNSCALED:
        return ""
    # 单位：万件、人次: 万 for a column of 件, nothing for one of 人次, and nobody knows for one of 户.
    scales = {unit.scale for unit in units if unit.counts(measure)}
    is_clear = len(scales) == 1
    return scales.pop() if is_clear else None
