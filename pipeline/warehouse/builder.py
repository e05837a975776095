"""Building models in the warehouse, each in one transaction; what a model says belongs in its SQL file.

A model's week is built again when its fingerprint has changed: other SQL, other deliveries, another upstream table.
The state is written in the transaction of the table, so a killed run leaves each table whole and the next run goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pipeline.common.quoting import quoted
from pipeline.common.transaction import transaction
from pipeline.warehouse.fingerprints import (
    WHOLE,
    Fingerprints,
    corrected_sources_of,
    corrections,
    prepare_state,
)
from pipeline.warehouse.models import FLOORS, Model, ModelError, ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class BuildResult:
    """What a build did: rows in the table, rows written now, the weeks written (none for a skipped model)."""

    rows_total: int
    rows_written: int
    weeks_built: tuple[str, ...]
    is_skipped: bool
    seconds: float


def build_model(con: DuckDBPyConnection, graph: ModelGraph, name: str, weeks: Sequence[str]) -> BuildResult:
    """Bring one model up to date; its upstream models must have been built.

    `weeks` are those asked for. Every other week whose inputs changed is built with them: a table that mixes old and
    new inputs would be wrong without saying so. Raises ModelError where upstream is missing or a type is unknown.
    """
    started = perf_counter()
    model = graph[name]
    present = prepare_state(con)
    state = Fingerprints(con, graph, present)
    wanted, known = state.wanted(model), state.built(name)
    stale = sorted(week for week, fingerprint in wanted.items() if known.get(week) != fingerprint)
    if not stale:
        return BuildResult(_row_count(con, model), 0, (), True, perf_counter() - started)
    if model.materialized == "incremental":
        _set_run_weeks(con, stale)
    with transaction(con):
        _make_way(con, model, present)
        written = _write(con, _over_corrections(con, model, present), is_whole=len(stale) == len(wanted))
        _record(con, model, {week: wanted[week] for week in stale}, perf_counter() - started)
    built = tuple(w for w in stale if w != WHOLE) if model.materialized == "incremental" else tuple(sorted(weeks))
    return BuildResult(_row_count(con, model), written, built, False, perf_counter() - started)


def build_models(
    con: DuckDBPyConnection, graph: ModelGraph, weeks: Sequence[str], names: Iterable[str] | None = None
) -> dict[str, BuildResult]:
    """Build all models, or those named, in order; tables and views of models that are gone are dropped first."""
    drop_removed_models(con, graph)
    chosen = set(graph.order if names is None else names)
    return {name: build_model(con, graph, name, weeks) for name in graph.order if name in chosen}


def drop_removed_models(con: DuckDBPyConnection, graph: ModelGraph) -> tuple[str, ...]:
    """Drop what earlier builds made for SQL files that no longer exist; returns the names."""
    present = prepare_state(con)
    known = [row[0] for row in con.execute("SELECT DISTINCT model FROM ledger.model_build ORDER BY 1").fetchall()]
    removed = tuple(name for name in known if name not in graph.models and name.partition(".")[0] in FLOORS)
    for name in removed:
        with transaction(con):
            if name in present:
                con.execute(f"DROP {present[name]} {name}")
            con.execute("DELETE FROM ledger.model_build WHERE model = ?", [name])
    return removed


def preview(con: DuckDBPyConnection, name: str, limit: int) -> list[dict[str, Any]]:
    """The first rows of a built model as dicts, for people to look at."""
    schema, _, table = name.partition(".")
    cursor = con.execute(f'SELECT * FROM "{schema}"."{table}" LIMIT {int(limit)}')
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _write(con: DuckDBPyConnection, model: Model, is_whole: bool) -> int:
    if model.materialized == "view":
        _replace(con, model, "VIEW")
        return 0
    if model.materialized == "table" or is_whole:
        _replace(con, model, "TABLE")
        return _row_count(con, model)
    con.execute(f"DELETE FROM {model.name} WHERE {model.week_column} IN (SELECT week_id FROM run.week)")
    row = con.execute(f"INSERT INTO {model.name} {model.sql}").fetchone()
    return int(row[0]) if row else 0


def _over_corrections(con: DuckDBPyConnection, model: Model, present: Mapping[str, str]) -> Model:
    """The model with `corrected.<source>` in the place of `raw.<source>` where a steward corrected cells of it.

    Where nothing is corrected the text stays as it is, and so does its cost.
    """
    sql = model.sql
    for source in corrected_sources_of(model, corrections(con, present)):
        sql = re.sub(rf"\braw\.{source}\b", f"corrected.{source}", sql)
    return model if sql == model.sql else replace(model, sql=sql)


def _replace(con: DuckDBPyConnection, model: Model, kind: str) -> None:
    con.execute(f"CREATE OR REPLACE {kind} {model.name} AS {model.sql}")
    _refuse_unknown_types(con, model)
    con.execute(f"COMMENT ON {kind} {model.name} IS {quoted(model.description)}")
    for column in model.columns:
        con.execute(f"COMMENT ON COLUMN {model.name}.{column.name} IS {quoted(column.description)}")


def _refuse_unknown_types(con: DuckDBPyConnection, model: Model) -> None:
    types = con.execute(f"DESCRIBE {model.name}").fetchall()
    unknown = [str(row[0]) for row in types if "NULL" in str(row[1])]
    if unknown:
        raise ModelError(f"{model.name} 的列 {'、'.join(unknown)} 没有类型（只有空值）：请在 SQL 里写明 CAST(… AS …)。")


def _make_way(con: DuckDBPyConnection, model: Model, present: Mapping[str, str]) -> None:
    """A view cannot replace a table, nor a table a view: drop what is of the other kind."""
    kind = present.get(model.name)
    if kind is not None and (kind == "VIEW") != (model.materialized == "view"):
        con.execute(f"DROP {kind} {model.name}")


def _record(con: DuckDBPyConnection, model: Model, fingerprints: dict[str, str], seconds: float) -> None:
    known = [WHOLE] if model.materialized != "incremental" else sorted(fingerprints)
    stale = "week_id = '*'" if model.materialized == "incremental" else "week_id <> '*'"
    con.execute(
        f"DELETE FROM ledger.model_build WHERE model = ? AND (list_contains(?, week_id) OR {stale})",
        [model.name, known],
    )
    rows = _rows_by_week(con, model)
    now = datetime.now(UTC).replace(tzinfo=None)
    for week, fingerprint in fingerprints.items():
        con.execute(
            "INSERT INTO ledger.model_build VALUES (?, ?, ?, ?, ?, ?)",
            [model.name, week, fingerprint, rows.get(week, 0), seconds, now],
        )


def _rows_by_week(con: DuckDBPyConnection, model: Model) -> dict[str, int]:
    if model.materialized != "incremental":
        return {WHOLE: _row_count(con, model)}
    return dict(
        con.execute(f"SELECT {model.week_column}, count(*) FROM {model.name} GROUP BY {model.week_column}").fetchall()
    )


def _row_count(con: DuckDBPyConnection, model: Model) -> int:
    row = con.execute(f"SELECT count(*) FROM {model.name}").fetchone()
    return int(row[0]) if row else 0


def _set_run_weeks(con: DuckDBPyConnection, weeks: Sequence[str]) -> None:
    """The weeks of this build as `run.week`, in a database of its own in memory, so that nothing of it is kept."""
    con.execute("ATTACH IF NOT EXISTS ':memory:' AS run")
    con.execute("CREATE OR REPLACE TABLE run.week (week_id VARCHAR)")
    con.execute("INSERT INTO run.week SELECT unnest(?::VARCHAR[])", [list(weeks)])
