"""The files under sql/ as texts: portable, described, resolved to their sources, and free of published figures."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from sqlglot import exp

from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse import Model, column_lineage, load_models
from tests.unit.sql.loose_orders import loose_orders
from tests.unit.sql.portability import unportable

GRAPH = load_models(PROJECT_ROOT / "sql")
MODELS = tuple(GRAPH)
TYPES = {model.name: {column.name: column.type for column in model.columns} for model in GRAPH}
READERS_COUNT_ON = {
    "core.report_week": "week_id year issue_no total_issue_no period_start period_end coverage_start coverage_end "
    "working_days calendar_status",
    "marts.weekly_metric": "week_id metric department_id power_type channel value value_ytd unit as_of basis",
    "charts.window_weekly": "week_id measure measure_label unit value value_ytd previous_value change_pct "
    "mean_to_date flag",
    "charts.item_ytd": "week_id power_group measure power_group_label measure_label value_ytd excess_over_accepted "
    "carried_over flag",
    "charts.authorization_status": "week_id status status_label departments department_names",
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_model_uses_an_idiom_that_changes_elsewhere(model: Model) -> None:
    assert unportable(model.tree, TYPES) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_order_that_decides_a_value_leaves_ties(model: Model) -> None:
    assert loose_orders(model, GRAPH) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_columns_are_described_in_chinese_and_english(model: Model) -> None:
    for column in model.columns:
        chinese, bar, english = column.description.partition(" | ")
        assert bar and re.search(r"[\u4e00-\u9fff]", chinese) and english.isascii(), f"{model.name}.{column.name}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_key_and_figure_comes_from_a_column_upstream(model: Model) -> None:
    lineage = column_lineage(GRAPH, model.name)
    known = {other.name: {column.name for column in other.columns} for other in GRAPH}
    assert set(lineage) == {column.name for column in model.columns}
    for origins in lineage.values():
        for table, column in origins:
            assert table in model.depends_on
            assert column in known.get(table, {column}), f"{model.name} reads {table}.{column}"
    constants = {
        "age_band", "age_band_label", "min_days", "event", "unit", "measure", "measure_label", "status", "status_label",
        "sort_order",
    }  # fmt: skip
    # Without contracts that declare measures the table has columns and no rows.
    without_rows = set(lineage) if model.name == "marts.measure_place" else set()
    assert {name for name, origins in lineage.items() if not origins} <= constants | without_rows


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_fits_one_screen(model: Model) -> None:
    assert len(model.sql.splitlines()) <= 84


@pytest.mark.parametrize(("name", "columns"), READERS_COUNT_ON.items())
def test_columns_that_readers_count_on_are_there(name: str, columns: str) -> None:
    assert set(columns.split()) <= {column.name for column in GRAPH[name].columns}


def test_no_published_figure_stands_in_the_sql_or_in_the_code() -> None:
    figures = {"2380", "11209", "2841", "4475", "34446", "5250", "80237", "141039", "139562", "2147603", "2032567"}
    files = [*(PROJECT_ROOT / "sql").rglob("*.sql"), *(PROJECT_ROOT / "pipeline" / "warehouse").glob("*.py")]
    for path in files:
        assert not figures & set(re.findall(r"\d+", path.read_text(encoding="utf-8"))), path


def test_a_metric_of_cases_is_one_column_of_its_own() -> None:
    # The way of a figure home leads over the column that a metric names: an expression would have none.
    tree = GRAPH["marts.weekly_metric"].tree
    cases = [
        case for case in tree.find_all(exp.Case) if isinstance(case.this, exp.Column) and case.this.name == "metric"
    ]
    assert len(cases) == 2
    for case in cases:
        columns = [branch.args["true"] for branch in case.args["ifs"]]
        assert all(isinstance(column, exp.Column) for column in columns)
        assert len({column.name for column in columns}) == len(columns)


def test_metrics_of_the_dictionary_are_those_that_are_computed() -> None:
    path = Path(PROJECT_ROOT / "pipeline" / "reference" / "metric.csv")
    with path.open(encoding="utf-8", newline="") as file:
        listed = {row["metric"] for row in csv.DictReader(file)}
    texts = GRAPH["marts.weekly_metric"].sql + GRAPH["marts.hall_position"].sql
    assert set(re.findall(r"WHEN '(\w+)'", texts)) == listed
