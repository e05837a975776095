"""Builds models in the warehouse, each in one transaction; what a model says is in its SQL file, read by `models`.

A model's week is built again when its fingerprint has changed: other SQL, other deliveries, another upstream table.
The state is written in the transaction of the table, so a killed run leaves each table whole and the next run goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pipeline.common.clock import utc_now
from pipeline.common.quoting import identifier, quoted
from pipeline.common.tables import single_number
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
    """Brings one model up to date; its upstream models must have been built.

    `weeks` are those asked for. Every other week whose inputs changed is built with them: a table that mixes old and
    new inputs would be wrong without saying so. Raises ModelError where upstream is missing or a type is unknown.
    """
    started = perf_counter()
    model = graph[name]
    present = prepare_state(con)
    state = Fingerprints(con, graph, present)
    wanted = state.wanted(model)
    # (week, fingerprint) of a build now that the last build has not.
    stale = dict(sorted(wanted.items() - state.built(name).items()))
    if not stale:
        return BuildResult(
            rows_total=_row_count(con, model),
            rows_written=0,
            weeks_built=(),
            is_skipped=True,
            seconds=perf_counter() - started,
        )
    if model.is_incremental:
        _set_run_weeks(con, list(stale))
        weeks = [week for week in stale if week != WHOLE]
    with transaction(con):
        _make_way(con, model, present)
        over_corrections = _over_corrections(con, model, present)
        written = _write(con, over_corrections, is_whole=len(stale) == len(wanted))
        _record(con, model, stale, perf_counter() - started)
    return BuildResult(
        rows_total=_row_count(con, model),
        rows_written=written,
        weeks_built=tuple(sorted(weeks)),
        is_skipped=False,
        seconds=perf_counter() - started,
    )


def build_models(
    con: DuckDBPyConnection, graph: ModelGraph, weeks: Sequence[str], names: Iterable[str] | None = None
) -> dict[str, BuildResult]:
    """Builds all models, or those named, in order; tables and views of models that are gone are dropped first."""
    drop_removed_models(con, graph)
    chosen = set(graph.order if names is None else names)
    results = {}
    for name in graph.order:
        if name in chosen:
            results[name] = build_model(con, graph, name, weeks)
    return results


def drop_removed_models(con: DuckDBPyConnection, graph: ModelGraph) -> tuple[str, ...]:
    """Drops what earlier builds made for SQL files that no longer exist; returns the names."""
    present = prepare_state(con)
    built = con.execute("SELECT DISTINCT model FROM ledger.model_build ORDER BY 1").fetchall()
    removed = []
    for (name,) in built:
        schema, _, _ = name.partition(".")
        is_gone = name not in graph.models
        if is_gone and schema in FLOORS:
            _drop(con, name, present.get(name))
            removed.append(name)
    return tuple(removed)


def _drop(con: DuckDBPyConnection, name: str, kind: str | None) -> None:
    """Drops a table or view, where it still stands, together with its state."""
    with transaction(con):
        if kind is not None:
            con.execute(f"DROP {kind} {name}")
        con.execute("DELETE FROM ledger.model_build WHERE model = ?", [name])


def preview(con: DuckDBPyConnection, name: str, limit: int) -> list[dict[str, Any]]:
    """Returns the first rows of a built model (`charts.overdue`) as dicts, for people to look at."""
    schema, _, table = name.partition(".")
    cursor = con.execute(f"SELECT * FROM {identifier(schema)}.{identifier(table)} LIMIT {int(limit)}")
    columns = [name for name, *_ in cursor.description]
    rows = cursor.fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _write(con: DuckDBPyConnection, model: Model, is_whole: bool) -> int:
    """Writes a model's view, its whole table, or the weeks of `run.week`; returns the rows written."""
    if model.materialized == "view":
        _replace(con, model, "VIEW")
        return 0
    if model.materialized == "table" or is_whole:
        _replace(con, model, "TABLE")
        return _row_count(con, model)
    names = ", ".join(column.name for column in model.columns)
    con.execute(f"DELETE FROM {model.name} WHERE {model.week_column} IN (SELECT week_id FROM run.week)")
    return single_number(con, f"INSERT INTO {model.name} ({names}) {model.sql}")


def _over_corrections(con: DuckDBPyConnection, model: Model, present: Mapping[str, str]) -> Model:
    """Returns the model with `corrected.<source>` in the place of `raw.<source>` where a steward corrected cells of it.

    Where nothing is corrected the text stays as it is, and so does its cost.
    """
    sql = model.sql
    for source in corrected_sources_of(model, corrections(con, present)):
        # FROM raw.case_detail → FROM corrected.case_detail, but not raw.case_detail_old
        sql = re.sub(rf"\braw\.{source}\b", f"corrected.{source}", sql)
    return replace(model, sql=sql)


def _replace(con: DuckDBPyConnection, model: Model, kind: str) -> None:
    con.execute(f"CREATE OR REPLACE {kind} {model.name} AS {model.sql}")
    _refuse_unknown_types(con, model)
    con.execute(f"COMMENT ON {kind} {model.name} IS {quoted(model.description)}")
    for column in model.columns:
        con.execute(f"COMMENT ON COLUMN {model.name}.{column.name} IS {quoted(column.description)}")


def _refuse_unknown_types(con: DuckDBPyConnection, model: Model) -> None:
    """Raises ModelError for a column of type "NULL", as DuckDB makes of nothing but nulls: later rows would not fit."""
    description = con.execute(f"DESCRIBE {model.name}").fetchall()
    unknown = []
    for name, sql_type, *_ in description:
        if "NULL" in str(sql_type):
            unknown.append(str(name))
    if unknown:
        raise ModelError(f"{model.name} 的列 {'、'.join(unknown)} 没有类型（只有空值）：请在 SQL 里写明 CAST(… AS …)。")


def _make_way(con: DuckDBPyConnection, model: Model, present: Mapping[str, str]) -> None:
    """Drops what is of the other kind: a view cannot replace a table, nor a table a view."""
    kind_now = "VIEW" if model.materialized == "view" else "TABLE"
    kind_before = present.get(model.name, kind_now)
    if kind_before != kind_now:
        con.execute(f"DROP {kind_before} {model.name}")


def _record(con: DuckDBPyConnection, model: Model, fingerprints: dict[str, str], seconds: float) -> None:
    """Writes into `ledger.model_build` (model, week_id) what the weeks were built from.

    A model that changed from whole to by-week, or back, keeps no row of the other kind.
    """
    other_kind = "week_id = '*'" if model.is_incremental else "week_id <> '*'"
    con.execute(
        f"DELETE FROM ledger.model_build WHERE model = ? AND (list_contains(?, week_id) OR {other_kind})",
        [model.name, sorted(fingerprints)],
    )
    row_counts = _rows_by_week(con, model)
    now = utc_now()
    for week, fingerprint in fingerprints.items():
        con.execute(
            "INSERT INTO ledger.model_build (model, week_id, fingerprint, row_count, seconds, built_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [model.name, week, fingerprint, row_counts.get(week, 0), seconds, now],
        )


def _rows_by_week(con: DuckDBPyConnection, model: Model) -> dict[str, int]:
    if not model.is_incremental:
        return {WHOLE: _row_count(con, model)}
    week = model.week_column
    return dict(con.execute(f"SELECT {week}, count(*) FROM {model.name} GROUP BY {week}").fetchall())


def _row_count(con: DuckDBPyConnection, model: Model) -> int:
    return single_number(con, f"SELECT count(*) FROM {model.name}")


def _set_run_weeks(con: DuckDBPyConnection, weeks: Sequence[str]) -> None:
    """Puts the weeks of the build into `run.week`, a table in memory, so that nothing of it is kept."""
    con.execute("ATTACH IF NOT EXISTS ':memory:' AS run")
    con.execute("CREATE OR REPLACE TABLE run.week (week_id VARCHAR)")
    con.execute("INSERT INTO run.week (week_id) SELECT unnest(?::VARCHAR[])", [list(weeks)])
