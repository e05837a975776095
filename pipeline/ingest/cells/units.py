"""Understands units beside labels (件, 万件, 人次): their scale and their measure; reading values belongs in values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.common.characters import visible
from pipeline.ingest.errors import RefusedFileError

MEASURES = "件次|人次|户次|工作日|小时|分钟|平方米|件|个|名|次|人|家|户|条|项|宗|份|处|起|笔|天|日|元|吨"
PER_CENT = frozenset({"%", "％"})
_MEASURES = f"{MEASURES}|%|％"
_SCALE = "(?:[十百千]?万亿|[十百千]?[万亿]|[百千])"
_UNIT = re.compile(rf"(?:(?:计量)?单位[:：]?)?({_SCALE})?({_MEASURES})?")
_UNSCALED = PER_CENT | {"天", "日", "工作日", "小时", "分钟"}
LIST_OF_UNITS = rf"(?:{_SCALE}?[^\S\n]*(?:{_MEASURES})|{_SCALE})(?![\u4e00-\u9fff])"
# A scale at the end of words, or before what is counted: 万余件, 每百件, 以万计; not 百姓, 万州区, 千岛湖.
_MAY_SCALE = re.compile(
    rf"(?:[百千万亿][余多来个]?(?:{_MEASURES})?|十[余多来个]?(?:{_MEASURES}))(?=$|[^\u4e00-\u9fff]|[计为])"
)


@dataclass(frozen=True)
class Unit:
    """A unit's scale (万, or empty) and what it counts (件, or empty where only the scale is named).

    `unclear` is what is written where that names a scale in no way that is understood.
    """

    scale: str
    measure: str
    unclear: str = ""


def read_unit(text: str) -> Unit | None:
    """The unit that a whole text is, or None where it is something else."""
    bare = "".join(visible(text).split())
    found = _UNIT.fullmatch(bare) if bare else None
    return Unit(found[1] or "", found[2] or "") if found and (found[1] or found[2]) else None


def read_remark(text: str) -> Unit | None:
    """The unit among the remarks in a bracket beside a label (含网上，万件), or None where they name none."""
    parts = [part for part in re.split(r"[、,，;；/]", text) if part.strip()]
    units = [read_unit(part) for part in parts]
    named = [unit for unit in units if unit]
    if len({unit.scale for unit in named}) > 1 or any(
        may_scale(part) for part, unit in zip(parts, units, strict=True) if unit is None
    ):
        return Unit("", "", text)
    return named[0] if named else None


def may_scale(text: str) -> bool:
    """Whether words hold a scale as units do, though perhaps in no way that is understood."""
    return _MAY_SCALE.search("".join(visible(text).split())) is not None


def units_of_line(text: str) -> tuple[Unit, ...]:
    """The units in what follows 单位： above a table: 万件, or 件、人次.

    Raises RefusedFileError where it names a scale in a way that is not understood.
    """
    parts = re.split(r"[、,，/和及]", text)
    if any(read_unit(part) is None and may_scale(part) for part in parts):
        raise RefusedFileError(f"标题写的单位“{text}”看不出如何换算；请改写为“单位：件”或“单位：万件”这样的写法")
    return tuple(unit for part in parts if (unit := read_unit(part)))


def scale_for(units: tuple[Unit, ...], measure: str | None) -> str | None:
    """The scale that a title's units give to numbers of a measure; None where they scale, but not this measure.

    A unit without a measure (单位：万) counts whatever the column counts; shares and durations are never scaled.
    """
    if measure in _UNSCALED or not any(unit.scale for unit in units):
        return ""
    fitting = [unit for unit in units if not unit.measure or measure is None or unit.measure == measure]
    scales = {unit.scale for unit in fitting}
    return scales.pop() if len(scales) == 1 else None
