"""A printed figure is defined once, and the summary, its origin and the fields of the weekly follow."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.present.shared import metrics
from pipeline.present.shared.metrics import (
    CASE_TOTALS,
    GROUP_NAMES,
    SECTIONS,
    TRAINING,
    WEEKLY_FIGURES,
    WINDOW,
    WeeklyFigure,
    figures_of,
)
from pipeline.present.shared.summary import week_summary
from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse import load_models


def test_every_figure_names_a_section_a_chart_and_columns_that_are_there():
    graph = load_models(PROJECT_ROOT / "sql")
    for figure in WEEKLY_FIGURES:
        columns = {column.name for column in graph[f"charts.{figure.section.table}"].columns}
        wanted = {figure.column, *figure.section.key, *figure.section.label_columns}
        assert wanted <= columns, figure
        assert figure.section in SECTIONS
    assert {total.column for total in CASE_TOTALS} <= {column.name for column in graph["charts.case_balance"].columns}


def test_tables_whose_checks_concern_a_figure_are_there():
    graph = load_models(PROJECT_ROOT / "sql")
    named = {table for section in SECTIONS for table in section.checked_with}
    assert named <= graph.models.keys()


def test_the_groups_that_the_weekly_prints_are_groups_of_power_types():
    text = (PROJECT_ROOT / "pipeline/reference/power_type.csv").read_text(encoding="utf-8")
    assert {line.split(",")[2] for line in text.splitlines()[1:]} == GROUP_NAMES.keys()


def test_figures_of_a_section_keep_their_order():
    assert [figure.code for figure in figures_of(TRAINING)] == ["trainees", "main_items", "sessions"]


def test_a_figure_that_is_defined_stands_in_the_summary(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
):
    con.execute(
        "INSERT INTO charts.window_weekly (week_id, measure, measure_label, unit, value, value_ytd)"
        " VALUES ('2023-03', 'returned', '退回', '件', 4, 9)"
    )
    returned = WeeklyFigure(WINDOW, "returned", "退回", column_ytd="value_ytd")
    monkeypatch.setattr(metrics, "WEEKLY_FIGURES", (*WEEKLY_FIGURES, returned))
    row = next(row for row in week_summary(con, "2023-03") if row.key == "returned")
    assert (row.section, row.label, row.value, row.value_ytd, row.anchor) == (
        "综窗办件",
        "退回",
        4,
        9,
        "window-returned",
    )


@pytest.mark.parametrize("room", ["charts", "shared", "site", "trace"])
def test_no_module_besides_the_definition_names_a_group_of_power_types(room: str):
    named = []
    for path in (PROJECT_ROOT / "pipeline" / "present" / room).rglob("*"):
        if path.suffix in {".py", ".j2"} and path != Path(metrics.__file__):
            text = path.read_text(encoding="utf-8")
            named += [(path.name, group) for group in ("public_service", "other_nine", "四川") if group in text]
    assert named == []
