"""The tables from a chart down to the files, with the SQL of each, as `docs.figure_step` and `docs.model` say.

The rows of the files are in `pipeline.present.trace.file_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.trace.bases import fitting
from pipeline.release.revisions.basis import is_export

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
    """Returns what is read on the way to these columns of a chart (`table` without its schema) in the row of `keys`.

    Empty where the published file has no `docs.figure_step`.
    """
    if not has_table(con, "docs", "figure_step"):
        return ()
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
    position = {name: row["position"] for name, row in models.items()}
    # What is built last stands first; what nobody builds comes last, code lists and calendar before the exports.
    names = sorted(read, key=lambda name: (-position.get(name, 0), is_export(name)))
    return tuple(_step(name, sorted(read[name]), models.get(name)) for name in names)


def _step(table: str, columns: Sequence[str], model: Row | None) -> Step:
    if model is None:
        return Step(table, ", ".join(columns), "", "", "")
    description = str(model["description"]).split("\n")[0]
    return Step(table, ", ".join(columns), description, model["file"], model["sql"])


def tables_carrying(con: DuckDBPyConnection, source: str) -> set[str]:
    """Returns the tables whose columns come, over any number of steps, from the rows of a source, by `docs.lineage`.

    `training_log` gives raw.training_log, staging.training_log, core.training and what is computed from them, but not
    the calendar, which figures of the source go through as well.
    """
    if not has_table(con, "docs", "lineage"):
        return set()
    rows = con.execute(
        "WITH RECURSIVE carrying AS (SELECT 'raw.' || $source AS name UNION"
        " SELECT l.table_name FROM docs.lineage AS l JOIN carrying AS c ON c.name = l.from_table)"
        " SELECT name FROM carrying",
        {"source": source},
    ).fetchall()
    return {name for (name,) in rows}
