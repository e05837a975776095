"""The outer edition of the sample hall: every column has a rule, and no reader gets a small number out of its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pipeline.present.site.outer.counts import counted_cells, sums
from pipeline.present.site.outer.edition import write_outer_edition
from pipeline.present.site.outer.rules import HIDDEN_CHARTS, RULES, SHOWN_OF_EVERY_CHART
from pipeline.present.site.published import open_published
from pipeline.settings import Settings

THRESHOLD = 3


@pytest.fixture(scope="module")
def published(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of what is published: the edition lies beside it."""
    home = tmp_path_factory.mktemp("outer")
    (home / "published").mkdir()
    source = small_home.published / "metrics.duckdb"
    (home / "published" / "metrics.duckdb").symlink_to(source)
    return small_home.model_copy(update={"home": home})


@pytest.fixture(scope="module")
def edition(published: Settings) -> dict[str, list[dict[str, Any]]]:
    with open_published(published) as opened:
        folder = write_outer_edition(opened, "program", THRESHOLD)
    return {chart: read(folder, chart) for chart in RULES}


def read(folder: Path, chart: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / f"{chart}.json").read_text("utf-8"))
    return rows


def test_every_column_of_every_chart_has_exactly_one_rule(published: Settings) -> None:
    with duckdb.connect(str(published.published / "metrics.duckdb"), read_only=True) as con:
        tables = con.execute(
            "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE schema_name = 'charts' GROUP BY 1"
        ).fetchall()
    assert {name for name, _ in tables} == RULES.keys() | HIDDEN_CHARTS
    for name, columns in tables:
        if name in RULES:
            rule = RULES[name]
            ruled = [*rule.counts, *rule.derived, *rule.shown, *rule.hidden]
            own = [column for column in columns if column not in SHOWN_OF_EVERY_CHART]
            assert sorted(ruled) == sorted(own), name


def test_no_count_below_the_threshold_is_shown_but_zeros(edition: dict[str, list[dict[str, Any]]]) -> None:
    shown = [row[column] for chart, rows in edition.items() for row in rows for column in RULES[chart].counts]
    numbers = [value for value in shown if value is not None]
    assert len(numbers) > 3000
    assert [value for value in numbers if 0 < value < THRESHOLD] == []
    assert 0 in numbers


@pytest.mark.slow
def test_no_left_out_count_can_be_worked_out_from_all_that_is_shown(
    published: Settings, edition: dict[str, list[dict[str, Any]]]
) -> None:
    """By linear algebra over all sums of all charts and weeks: a count that no solution can change is known."""
    with duckdb.connect(str(published.published / "metrics.duckdb"), read_only=True) as con:
        full = {}
        for chart, rule in RULES.items():
            if rule.counts:
                cursor = con.execute(f"SELECT * FROM charts.{chart}")
                names = [column[0] for column in cursor.description]
                full[chart] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    values, counts = counted_cells(full)
    left_out = set()
    for cell, counted in counts.items():
        row = full[cell.chart][cell.row_no]
        labels = [name for name in RULES[cell.chart].shown if name in row]
        (shown,) = [other for other in edition[cell.chart] if all(str(other[n]) == str(row[n]) for n in labels)]
        if shown[cell.column] is None:
            left_out.add(counted)
    assert len(left_out) > 500
    weeks = sorted({counted.week_id for counted in values})
    equations = []
    for week_before, week in zip([None, *weeks], weeks, strict=False):
        equations += sums(values, week, week_before)
    unknown = sorted(left_out)
    places = {counted: place for place, counted in enumerate(unknown)}
    rows = [[places[c] for c in equation if c in places] for equation in equations]
    matrix = np.zeros((len(rows), len(unknown)))
    for row_no, equation in enumerate(equations):
        for counted, factor in equation.items():
            if counted in places:
                matrix[row_no, places[counted]] = factor
    matrix = matrix[np.abs(matrix).any(axis=1)]
    # The eigenvectors of the zero eigenvalues span what the sums leave open.
    eigenvalues, vectors = np.linalg.eigh(matrix.T @ matrix)
    free = vectors[:, eigenvalues < 1e-8]
    reach = np.abs(free).max(axis=1)
    assert [unknown[place] for place in np.flatnonzero(reach < 1e-6)] == []
