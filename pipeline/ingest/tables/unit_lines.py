"""Tells the lines of region, frequency and unit that databases of statistics write below a header.

    指标 | 受理量 | 办结量
    地区 | 江南   | 江南
    频度 | 周     | 周
    单位 | 件     | 件

A line of units alone right below the labels is part of the header: `headers.units` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.units import read_unit
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.headers.paths import Row, keys_of, text_at
from pipeline.ingest.tables.total_rows import is_numeric

_NAMES = frozenset(
    {"地区", "区域", "频度", "频率", "周期", "单位", "计量单位", "来源", "数据来源", "口径", "统计口径", "指标代码",
     "更新时间", "更新日期", "数据截止", "region", "frequency", "unit", "source", "updated"}
)  # fmt: skip
_BRACKET_MARKS = "()（）[]【】"


def is_unit_line(row: Row, header: Header) -> bool:
    """Whether a row begins with such a name and holds no number where the table has numbers."""
    keys = filter(None, keys_of(row))
    if next(keys, "") not in _NAMES:
        return False
    cells = list(_numeric_cells(row, header))
    if not cells:
        return False
    numbers = [parse_number(text) for _, text in cells]
    return numbers.count(None) == len(numbers)


def scaled_cells(row: Row, header: Header) -> Iterator[tuple[Column, str]]:
    """Yields the columns of which a unit line says that their numbers count in 万 or the like, and the unit."""
    for column, text in _numeric_cells(row, header):
        unit = read_unit(text.strip(_BRACKET_MARKS))
        if unit is not None and unit.scale:
            yield column, text


def _numeric_cells(row: Row, header: Header) -> Iterator[tuple[Column, str]]:
    """Yields the filled cells of a row under columns of numbers."""
    for column in filter(is_numeric, header.columns):
        text = text_at(row, column.index)
        if text:
            yield column, text
