"""Builds models, each in one transaction; what a model says is in its SQL file, read by `models`.

A model's week is built again when its fingerprint has changed: other SQL, other deliveries, another upstream table.
The state is kept in the warehouse. Where the tables stand there too, it is written in their transaction, so a killed
run leaves each table whole and the next run goes on; another engine (`engines`) writes first, the state comes after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pipeline.common.clock import utc_now
from pipeline.common.quoting import identifier
from pipeline.common.transaction import transaction
from pipeline.warehouse.engines import DuckDBEngine, Engine
from pipeline.warehouse.fingerprints import (
    WHOLE,
    Fingerprints,
    corrected_sources_of,
    corrections,
    prepare_state,
)
from pipeline.warehouse.models import FLOORS, Model, ModelGraph

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


def build_model(
    con: DuckDBPyConnection, graph: ModelGraph, name: str, weeks: Sequence[str], engine: Engine | None = None
) -> BuildResult:
    """Brings one model up to date; its upstream models must have been built.

    `weeks` are those asked for. Every other week whose inputs changed is built with them: a table that mixes old and
    new inputs would be wrong without saying so. `con` is the warehouse with the state of builds; without an `engine`
    the tables stand there too. Raises ModelError where upstream is missing or a type is unknown.
    """
    started = perf_counter()
    engine = engine or DuckDBEngine(con)
    model = graph[name]
    present = engine.standing(prepare_state(con))
    state = Fingerprints(con, graph, present)
    wanted = state.wanted(model)
    # (week, fingerprint) of a build now that the last build has not.
    stale = dict(sorted(wanted.items() - state.built(name).items()))
    if not stale:
        return BuildResult(
            rows_total=engine.row_count(name),
            rows_written=0,
            weeks_built=(),
            is_skipped=True,
            seconds=perf_counter() - started,
        )
    if model.is_incremental:
        engine.set_run_weeks(list(stale))
        weeks = [week for week in stale if week != WHOLE]
    if not engine.keeps_transactions:
        # What is half written must not pass for what was built before.
        _forget(con, model, stale)
    with transaction(con):
        over_corrections = _over_corrections(con, model, present)
        is_whole = len(stale) == len(wanted)
        written = _write(engine, over_corrections, present.get(name), [] if is_whole else list(stale))
        row_counts = _row_counts(engine, model)
        _record(con, model, stale, row_counts, perf_counter() - started)
    rows_total = sum(row_counts.values())
    if written is None:
        written = rows_total
    return BuildResult(
        rows_total=rows_total,
        rows_written=written,
        weeks_built=tuple(sorted(weeks)),
        is_skipped=False,
        seconds=perf_counter() - started,
    )


def build_models(
    con: DuckDBPyConnection,
    graph: ModelGraph,
    weeks: Sequence[str],
    names: Iterable[str] | None = None,
    engine: Engine | None = None,
) -> dict[str, BuildResult]:
    """Builds all models, or those named, in order; tables and views of models that are gone are dropped first."""
    engine = engine or DuckDBEngine(con)
    drop_removed_models(con, graph, engine)
    chosen = set(graph.order if names is None else names)
    results = {}
    for name in graph.order:
        if name in chosen:
            results[name] = build_model(con, graph, name, weeks, engine)
    return results


def drop_removed_models(con: DuckDBPyConnection, graph: ModelGraph, engine: Engine | None = None) -> tuple[str, ...]:
    """Drops what earlier builds made for SQL files that no longer exist; returns the names."""
    engine = engine or DuckDBEngine(con)
    present = engine.standing(prepare_state(con))
    built = con.execute("SELECT DISTINCT model FROM ledger.model_build ORDER BY 1").fetchall()
    removed = []
    for (name,) in built:
        schema, _, _ = name.partition(".")
        is_gone = name not in graph.models
        if is_gone and schema in FLOORS:
            _drop(con, engine, name, present.get(name))
            removed.append(name)
    return tuple(removed)


def _drop(con: DuckDBPyConnection, engine: Engine, name: str, kind: str | None) -> None:
    """Drops a table or view, where it still stands, together with its state."""
    with transaction(con):
        if kind is not None:
            engine.drop(name, kind)
        con.execute("DELETE FROM ledger.model_build WHERE model = ?", [name])


def preview(con: DuckDBPyConnection, name: str, limit: int) -> list[dict[str, Any]]:
    """Returns the first rows of a built model (`charts.overdue`) as dicts, for people to look at."""
    schema, _, table = name.partition(".")
    cursor = con.execute(f"SELECT * FROM {identifier(schema)}.{identifier(table)} LIMIT {int(limit)}")
    columns = [name for name, *_ in cursor.description]
    rows = cursor.fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _write(engine: Engine, model: Model, before: str | None, weeks: Sequence[str]) -> int | None:
    """Writes a model's view, its whole table, or `weeks` of it where there are any.

    Returns the rows written, None for all that the table has then.
    """
    if model.materialized == "view":
        engine.replace_view(model, before)
        return 0
    if model.materialized == "table" or not weeks:
        engine.replace_table(model, before)
        return None
    return engine.replace_weeks(model, weeks)


def _over_corrections(con: DuckDBPyConnection, model: Model, present: Mapping[str, str]) -> Model:
    """Returns the model with `corrected.<source>` in the place of `raw.<source>` where a steward corrected cells of it.

    Where nothing is corrected the text stays as it is, and so does its cost.
    """
    sql = model.sql
    for source in corrected_sources_of(model, corrections(con, present)):
        # FROM raw.case_detail → FROM corrected.case_detail, but not raw.case_detail_old
        sql = re.sub(rf"\braw\.{source}\b", f"corrected.{source}", sql)
    return replace(model, sql=sql)


def _forget(con: DuckDBPyConnection, model: Model, weeks: Iterable[str]) -> None:
    """Takes these weeks off the list of what was built."""
    con.execute(
        "DELETE FROM ledger.model_build WHERE model = ? AND list_contains(?, week_id)", [model.name, sorted(weeks)]
    )


def _record(
    con: DuckDBPyConnection,
    model: Model,
    fingerprints: Mapping[str, str],
    row_counts: Mapping[str, int],
    seconds: float,
) -> None:
    """Writes into `ledger.model_build` (model, week_id) what the weeks were built from.

    A model that changed from whole to by-week, or back, keeps no row of the other kind.
    """
    other_kind = "week_id = '*'" if model.is_incremental else "week_id <> '*'"
    con.execute(
        f"DELETE FROM ledger.model_build WHERE model = ? AND (list_contains(?, week_id) OR {other_kind})",
        [model.name, sorted(fingerprints)],
    )
    now = utc_now()
    for week, fingerprint in fingerprints.items():
        con.execute(
            "INSERT INTO ledger.model_build (model, week_id, fingerprint, row_count, seconds, built_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [model.name, week, fingerprint, row_counts.get(week, 0), seconds, now],
        )


def _row_counts(engine: Engine, model: Model) -> dict[str, int]:
    """Counts the rows of a model by week, or as a whole (`*`) where it has no weeks of its own."""
    if model.is_incremental:
        return engine.rows_by_week(model)
    return {WHOLE: engine.row_count(model.name)}
