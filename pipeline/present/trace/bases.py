"""What a chart's column rests on: metrics, or the sources of its words, as `docs.figure_basis` says.

That table is read from the SQL when a file is published (`pipeline.release.revisions.basis`). The tables on the way
are in `pipeline.present.trace.steps`, the rows of files in `pipeline.present.trace.file_rows`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Basis:
    """A metric with the part of it (`week`, `ytd`) that a column shows, or a source, which has no part.

    `name` is the metric's code (`case_accepted`) or the source (`activity_log`).
    """

    kind: Literal["metric", "source"]
    name: str
    part: str


@dataclass(frozen=True)
class Metric:
    """A metric as `docs.metric` describes it. `basis` is flow, cohort, stock or distinct."""

    code: str
    label: str
    unit: str
    basis: str
    source: str


def bases_of(con: DuckDBPyConnection, table: str, column: str, keys: Mapping[str, str]) -> list[Basis]:
    """Returns what a column of a chart (`table` without its schema) rests on in the row with these keys.

    Empty for what comes from the calendar or the code lists, and where the published file has no `docs.figure_basis`.
    """
    if not has_table(con, "docs", "figure_basis"):
        return []
    rows = fetch(
        con,
        "SELECT keys, kind, basis, part FROM docs.figure_basis WHERE table_name = ? AND column_name = ?",
        [table, column],
    )
    return [Basis(row["kind"], row["basis"], row["part"]) for row in fitting(rows, keys)]


def fitting(rows: Sequence[Row], keys: Mapping[str, str]) -> list[Row]:
    """Keeps those rows of `docs.figure_basis` or `docs.figure_step` whose deciding keys are these.

    A row with the keys `{"measure": "accepted"}` fits a chart's row with measure accepted; `{}` fits every row.
    """
    matching = []
    for row in rows:
        deciding_keys = json.loads(row["keys"])
        if deciding_keys.items() <= keys.items():
            matching.append(row)
    return matching


def metric_of(con: DuckDBPyConnection, code: str) -> Metric:
    """Returns a metric by its code; one that the published file does not know goes by its code and has no unit."""
    unknown = Metric(code, label=code, unit="", basis="", source="")
    if not has_table(con, "docs", "metric"):
        return unknown
    rows = fetch(con, "SELECT label_zh, unit, basis, source FROM docs.metric WHERE metric = ?", [code])
    if not rows:
        return unknown
    row = rows[0]
    return Metric(code, row["label_zh"], row["unit"], row["basis"], row["source"])
