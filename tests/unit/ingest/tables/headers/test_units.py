"""The units that a header names."""

from __future__ import annotations

import pytest

from pipeline.ingest.cells.units import Unit
from pipeline.ingest.tables.headers.units import unit_line, unit_of_path


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["办件情况（万件）", "受理（件）"], Unit("", "件")),
        (["办件情况（万件）", "受理"], Unit("万", "件")),
        (["受理", "万件"], Unit("万", "件")),
        (["受理【件】（含网上，万件）"], Unit("", "", unclear="受理【件】（含网上，万件）")),
        (["受理（件）（必填）"], Unit("", "件")),
        (["受理（万余件）"], Unit("", "", unclear="万余件")),
        (["受理（万余件）", "本周（件）"], Unit("", "件")),
        (["件"], None),
        (["受理", "本周"], None),
        ([], None),
    ],
)
def test_the_innermost_unit_of_a_column_counts(texts: list[str], unit: Unit | None) -> None:
    assert unit_of_path(tuple(texts)) == unit


@pytest.mark.parametrize(
    ("row", "units"),
    [
        (["单位", None, "（人次）", "万件"], [None, None, "（人次）", "万件"]),
        (["计量 单位：", "件"], [None, "件"]),
        ([None, "件", " "], [None, "件", " "]),
        ([None, "件", "甲"], None),
        (["单位", None], None),
        (["1", "件"], None),
        ([], None),
    ],
)
def test_a_line_of_units_holds_nothing_else(row: list[str | None], units: list[str | None] | None) -> None:
    assert unit_line(row) == units
