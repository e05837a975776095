"""Which cells of the chart tables are figures, and how they are read and hashed."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from pipeline.release.revisions.figures import (
    FigureColumn,
    chart_grains,
    figure_columns,
    figures_hash,
    grains_of,
    read_figures,
)
from pipeline.settings import Settings
from pipeline.warehouse import load_models
from tests.unit.release.tiny_hall import GRAINS


def test_labels_units_and_how_a_row_is_shown_are_no_figures():
    columns = {
        "week_id": "VARCHAR",
        "kind": "VARCHAR",
        "kind_label": "VARCHAR",
        "unit": "VARCHAR",
        "sort_order": "INTEGER",
        "decimals": "BIGINT",
        "is_headline": "BOOLEAN",
    }
    assert figure_columns("t", ("week_id", "kind"), columns) == []


def test_a_value_and_its_year_to_date_are_one_metric_and_texts_come_last():
    columns = {
        "week_id": "VARCHAR",
        "flag": "VARCHAR",
        "value": "BIGINT",
        "value_ytd": "DECIMAL(38,6)",
        "rate_ytd": "DOUBLE",
        "places": "VARCHAR[]",
    }
    assert figure_columns("t", ("week_id",), columns) == [
        FigureColumn("t.value", value="value", value_ytd="value_ytd"),
        FigureColumn("t.rate_ytd", value_ytd="rate_ytd"),
        FigureColumn("t.flag", text="flag"),
        FigureColumn("t.places", text="places"),
    ]


def test_the_grain_of_a_chart_table_is_what_its_sql_says(settings: Settings):
    grains = chart_grains(settings)
    assert {table: set(grains[table]) for table in GRAINS} == {table: set(keys) for table, keys in GRAINS.items()}


def test_only_charts_have_grains(settings: Settings):
    graph = load_models(settings.models)
    grains = grains_of(graph)
    assert grains == chart_grains(settings)
    assert grains["report_week"] == ("week_id",)
    assert "weekly_metric" not in grains


def test_figures_are_read_by_week_and_ordered_by_metric_and_keys(con: duckdb.DuckDBPyConnection):
    figures = read_figures(con, ["2023-02", "2023-50"], GRAINS)
    assert figures["2023-50"] == []
    metrics = [(metric, keys) for metric, keys, *_ in figures["2023-02"]]
    assert metrics == sorted(metrics)
    assert ("window_weekly.value", '{"measure":"accepted"}', Decimal(180), Decimal(270), None) in figures["2023-02"]


def test_a_chart_without_grain_is_refused_or_left_out(con: duckdb.DuckDBPyConnection):
    grains = {name: grain for name, grain in GRAINS.items() if name != "activity"}
    with pytest.raises(ValueError, match=r"charts\.activity has no grain"):
        read_figures(con, ["2023-03"], grains)
    figures = read_figures(con, ["2023-03"], grains, skip_unknown=True)
    assert not [metric for metric, *_ in figures["2023-03"] if metric.startswith("activity")]


def test_the_hash_depends_on_values_not_on_how_many_zeros_they_are_written_with():
    figures = [("t.value", "{}", Decimal("1.50"), None, None)]
    assert figures_hash(figures) == figures_hash([("t.value", "{}", Decimal("1.5"), None, None)])
    assert figures_hash(figures) != figures_hash([("t.value", "{}", None, Decimal("1.5"), None)])
