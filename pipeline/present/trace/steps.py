"""The tables from a chart down to the files, with the SQL of each; the rows of the files are in places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Step:
    """A table on the way from the chart (first) to the files (last), with its SQL where it is computed."""

    table: str
    columns: str
    description: str
    file: str
    sql: str


def steps_of(con: DuckDBPyConnection, table: str, columns: Sequence[str], keys: Mapping[str, str]) -> tuple[Step, ...]:
    """What is read on the way to these columns of a chart (`table` without its schema) in the row with these keys."""
    rows = fetch(
        con,
        "SELECT keys, step_table, step_columns FROM docs.figure_step"
        " WHERE table_name = ? AND list_contains(?, column_name) ORDER BY step, step_table",
        [table, list(columns)],
    )
    read: dict[str, set[str]] = {}
    for row in fitting(rows, keys):
        read.setdefault(row["step_table"], set()).update(row["step_columns"].split(", "))
    models = {row["table_name"]: row for row in fetch(con, "SELECT * FROM docs.model")}
    order = {name: row["position"] for name, row in models.items()}
    return tuple(
        _step(name, sorted(read[name]), models.get(name)) for name in sorted(read, key=lambda one: -order.get(one, 0))
    )


def fitting(rows: Sequence[Row], keys: Mapping[str, str]) -> list[Row]:
    """Those of `docs.figure_basis` or `docs.figure_step` whose deciding keys are these."""
    return [row for row in rows if all(keys.get(key) == value for key, value in json.loads(row["keys"]).items())]


def _step(table: str, columns: Sequence[str], model: Row | None) -> Step:
    if model is None:
        return Step(table, ", ".join(columns), "", "", "")
    description = str(model["description"]).split("\n")[0]
    return Step(table, ", ".join(columns), description, model["file"], model["sql"])
