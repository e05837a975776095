"""When a model's week is up to date: a digest of its SQL and of what it read; building it belongs in builder."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pipeline.warehouse.models import Model, ModelError, ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHOLE: Final = "*"
CELLS: Final = "quality.corrected_cell"
_CORRECTED: Final = "+corrected:"
_STATE_DDL: Final = """
CREATE TABLE IF NOT EXISTS ledger.model_build (
    model VARCHAR, week_id VARCHAR, fingerprint VARCHAR, row_count BIGINT, seconds DOUBLE, built_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS ledger.reference (name VARCHAR, content_hash VARCHAR, row_count BIGINT, loaded_at TIMESTAMP);
"""
_CATALOGUE: Final = """
SELECT schema_name || '.' || table_name, 'TABLE' FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal
UNION ALL
SELECT schema_name || '.' || view_name, 'VIEW' FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal
"""
_STATE_COMMENTS: Final = {
    "ledger.model_build": "各模型各周的指纹，相同则不必重算 | what the weeks of each model were built from",
    "ledger.reference": "代码表与日历的内容摘要 | digests of the code lists and the calendar",
}


def tables_and_views(con: DuckDBPyConnection) -> dict[str, str]:
    """What the warehouse holds: `<schema>.<name>` → TABLE or VIEW."""
    return dict(con.execute(_CATALOGUE).fetchall())


def prepare_state(con: DuckDBPyConnection) -> dict[str, str]:
    """Make `ledger.model_build` (model, week_id) and `ledger.reference` (name); returns what the warehouse held."""
    present = tables_and_views(con)
    if not _STATE_COMMENTS.keys() <= present.keys():
        con.execute("CREATE SCHEMA IF NOT EXISTS ledger")
        con.execute(_STATE_DDL)
        for table, comment in _STATE_COMMENTS.items():
            con.execute(f"COMMENT ON TABLE {table} IS '{comment}'")
    return present


def digest(parts: Iterable[object]) -> str:
    """Short digest of the parts in their order."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:24]


class Fingerprints:
    """What every model's weeks were built from, and what they would be built from now.

    Reads `ledger.delivery`, `ledger.reference` and `ledger.model_build` once; `present` is what `prepare_state` found.
    A model counts as what it was *built*
    from, not as what it should be: so whoever reads a stale table is stale with it.
    """

    def __init__(self, con: DuckDBPyConnection, graph: ModelGraph, present: Mapping[str, str]) -> None:
        self._graph = graph
        self._deliveries = _deliveries(con) if "ledger.delivery" in present else {}
        self._corrected = corrections(con, present)
        for (source, week), stamps in self._corrected.items():
            self._deliveries[source][week].extend(stamps)
        self._references: dict[str, str] = dict(
            con.execute("SELECT name, content_hash FROM ledger.reference").fetchall()
        )
        self._built = _built(con, present)

    def built(self, model: str) -> Mapping[str, str]:
        """Week (or `*` for a whole table or view) → fingerprint at the last build; empty before the first."""
        return self._built.get(model, {})

    def wanted(self, model: Model) -> dict[str, str]:
        """Week (or `*`) → fingerprint of a build now. A week that lost its deliveries stays, so that it is emptied.

        An incremental model without any week is still built, as an empty table under `*`.
        """
        if model.materialized == "view":
            return {WHOLE: digest([model.sql]) + self._corrected_mark(model)}
        if model.materialized == "table":
            return {WHOLE: self._of_inputs(model, self.weeks)}
        known = sorted({*self._weeks_of(model), *self.built(model.name)} - {WHOLE})
        if not known:
            return {WHOLE: digest([model.sql])}
        if not model.is_lookback:
            return {week: self._of_inputs(model, [week]) for week in known}
        return {week: self._of_inputs(model, known[: i + 1]) for i, week in enumerate(known)}

    @cached_property
    def weeks(self) -> list[str]:
        """All weeks with a delivery that counts, in order."""
        return sorted({week for by_week in self._deliveries.values() for week in by_week})

    def _of_inputs(self, model: Model, weeks: Iterable[str]) -> str:
        chosen = list(weeks)
        return digest([model.sql, *(self._of(name, chosen, model) for name in model.depends_on)])

    def _of(self, name: str, weeks: list[str], reader: Model) -> str:
        if name not in self._graph.models:
            return self._of_source(name, weeks, reader)
        built = self.built(name)
        if not built:
            raise ModelError(f"{reader.name} 要读 {name}，但 {name} 还没有建立：请先构建它。")
        model = self._graph[name]
        if model.materialized == "view":
            said = built[WHOLE].partition(_CORRECTED)[0]
            return digest([said, *(self._of(other, weeks, model) for other in model.depends_on)])
        if model.materialized == "table":
            return built[WHOLE]
        return digest(f"{week}={built[week]}" for week in weeks if week in built)

    def _of_source(self, name: str, weeks: list[str], reader: Model) -> str:
        schema, _, table = name.partition(".")
        if schema == "raw" and (table in self._references or table.startswith("ref_")):
            return self._references.get(table, "")
        if schema == "raw":
            return self._of_deliveries([table], weeks)
        if any(other.startswith("raw.") for other in reader.depends_on):
            return ""
        return self._of_deliveries(sorted(self._deliveries), self.weeks)

    def _of_deliveries(self, sources: list[str], weeks: list[str]) -> str:
        return digest(
            f"{source}:{week}:{stamp}"
            for source in sources
            for week in weeks
            for stamp in self._deliveries.get(source, {}).get(week, ())
        )

    def _corrected_mark(self, model: Model) -> str:
        """A view over corrected sources is another text; its readers depend on the corrections, not on that text."""
        sources = corrected_sources_of(model, self._corrected)
        return f"{_CORRECTED}{digest(sources)}" if sources else ""

    def _weeks_of(self, model: Model) -> set[str]:
        weeks: set[str] = set()
        for name in model.depends_on:
            if name in self._graph.models:
                weeks |= self._weeks_of(self._graph[name])
            else:
                weeks |= set(self._deliveries.get(name.removeprefix("raw."), {}))
        return weeks


def _deliveries(con: DuckDBPyConnection) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = con.execute(
        "SELECT source, week_id, concat_ws('/', delivery_id, as_of, contract_fingerprint) FROM ledger.delivery "
        "WHERE status = 'current' ORDER BY ALL"
    ).fetchall()
    for source, week, stamp in rows:
        found[source][week].append(stamp)
    return found


def corrections(con: DuckDBPyConnection, present: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """What the steward's corrections change, by source and week; empty where there are none."""
    if CELLS not in present:
        return {}
    rows = con.execute(
        "SELECT source, week_id, concat_ws('/', 'corrected', delivery_id, sheet, row_no, column_name, to_value) "
        f"FROM {CELLS} ORDER BY ALL"
    ).fetchall()
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, week, stamp in rows:
        found[source, week].append(stamp)
    return found


def corrected_sources_of(model: Model, corrected: Iterable[tuple[str, str]]) -> list[str]:
    """The sources that a model reads from `raw` and that hold corrected cells."""
    sources = {source for source, _ in corrected}
    return sorted(sources & {name.removeprefix("raw.") for name in model.depends_on if name.startswith("raw.")})


def _built(con: DuckDBPyConnection, present: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Only of what still stands in the warehouse: a table that somebody dropped is built again."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = con.execute("SELECT model, week_id, fingerprint FROM ledger.model_build").fetchall()
    for model, week, fingerprint in rows:
        if model in present:
            found[model][week] = fingerprint
    return found
