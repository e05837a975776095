"""A figure of the tiny hall with its way home; that all figures add up is law 4."""

from __future__ import annotations

import pytest

from pipeline.present.trace import TraceError, trace_published
from pipeline.settings import Settings


def test_a_figure_is_the_sum_of_rows_of_its_file(released: Settings):
    found = trace_published(released, "charts.window_weekly", "2023-03", ["咨询"])
    week, year = found.figures
    assert [(part.label, part.total) for part in week.contributions] == [("本期咨询", 2100)]
    assert [(part.label, part.total) for part in year.contributions] == [("今年累计咨询", 4200)]
    assert week.is_sum and year.is_sum and week.unit == "人次"
    assert [row["value"] for row in week.released] == [2100]
    assert found.steps[0].table == "charts.window_weekly" and found.steps[-1].table.startswith("raw.")
    assert [row["title"] for row in found.findings] == ["数量在常值之内"]
    assert found.revision and found.revision["revision"] == 1


def test_before_anything_is_published_there_is_a_sentence(settings: Settings):
    with pytest.raises(TraceError, match="还没有发布过任何一期"):
        trace_published(settings, "charts.window_weekly", "2023-03", ["咨询"])
