"""Says when a model's week is up to date: a digest of its SQL and of what it read; `builder` builds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pipeline.common.digests import digest
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.models import Model, ModelError, ModelGraph

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Stands for the week of a table or view that is built as a whole.
WHOLE: Final = "*"
CELLS: Final = "quality.corrected_cell"
_CORRECTED: Final = "+corrected:"
_CATALOGUE: Final = """
SELECT schema_name || '.' || table_name, 'TABLE' FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal
UNION ALL
SELECT schema_name || '.' || view_name, 'VIEW' FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal
"""
_STATE: Final = frozenset({"ledger.model_build", "ledger.reference"})


def tables_and_views(con: DuckDBPyConnection) -> dict[str, str]:
    """Returns what the warehouse holds: `<schema>.<name>` → TABLE or VIEW."""
    return dict(con.execute(_CATALOGUE).fetchall())


def prepare_state(con: DuckDBPyConnection) -> dict[str, str]:
    """Makes `ledger.model_build` (model, week_id) and `ledger.reference` (name); returns what the warehouse held."""
    present = tables_and_views(con)
    if not present.keys() >= _STATE:
        create_tables(con, "models")
    return present


class Fingerprints:
    """What every model's weeks were built from, and what they would be built from now.

    Reads `ledger.delivery`, `ledger.reference` and `ledger.model_build` once; `present` is what `prepare_state` gave.
    A model counts as what it was *built* from, not as what it should be: so whoever reads a stale table is stale too.
    """

    def __init__(self, con: DuckDBPyConnection, graph: ModelGraph, present: Mapping[str, str]) -> None:
        self._graph = graph
        self._deliveries: dict[str, dict[str, list[str]]] = {}
        if "ledger.delivery" in present:
            self._deliveries = deliveries(con)
        # A correction makes its week another: it counts like a delivery.
        self._corrected = corrections(con, present)
        for (source, week), stamps in self._corrected.items():
            self._deliveries[source][week].extend(stamps)
        self._references: dict[str, str] = dict(
            con.execute("SELECT name, content_hash FROM ledger.reference").fetchall()
        )
        self._built = _built(con, present)
        # A hall of another code is another hall in every row.
        self._hall = _hall_of(con, present)

    def built(self, model: str) -> Mapping[str, str]:
        """Returns week (or `*` for a whole table or view) → fingerprint at the last build; empty before the first."""
        return self._built.get(model, {})

    def wanted(self, model: Model) -> dict[str, str]:
        """Returns week (or `*`) → fingerprint of a build now. A week that lost its deliveries stays, to be emptied.

        An incremental model without any week is still built, as an empty table under `*`.
        """
        if model.materialized == "view":
            return {WHOLE: digest([model.sql]) + self._corrected_mark(model)}
        if model.materialized == "table":
            return {WHOLE: self._of_inputs(model, self.weeks)}
        return self._wanted_by_week(model)

    def _wanted_by_week(self, model: Model) -> dict[str, str]:
        weeks = self._weeks_of(model) | self.built(model.name).keys()
        known = sorted(weeks - {WHOLE})
        if not known:
            return {WHOLE: digest([model.sql])}
        wanted = {}
        for position, week in enumerate(known):
            weeks_read = [week]
            if model.is_lookback:
                weeks_read = known[: position + 1]
            wanted[week] = self._of_inputs(model, weeks_read)
        return wanted

    @cached_property
    def weeks(self) -> list[str]:
        """All weeks with a delivery that counts, in order."""
        weeks: set[str] = set()
        for by_week in self._deliveries.values():
            weeks.update(by_week)
        return sorted(weeks)

    def _of_inputs(self, model: Model, weeks: list[str]) -> str:
        """Returns the fingerprint of a model for these weeks: its SQL and what each table that it reads holds."""
        inputs = [self._of(name, weeks, model) for name in model.depends_on]
        return digest([model.sql, *inputs])

    def _of(self, name: str, weeks: list[str], reader: Model) -> str:
        """Returns the fingerprint of what `reader` reads in a table of these weeks.

        Raises ModelError where the table is a model that has not been built.
        """
        if name not in self._graph.models:
            return self._of_source(name, weeks, reader)
        built = self.built(name)
        if not built:
            raise ModelError(f"{reader.name} 要读 {name}，但 {name} 还没有建立：请先构建它。")
        model = self._graph[name]
        if model.materialized == "table":
            return built[WHOLE]
        if model.materialized == "view":
            return self._of_view(model, built[WHOLE], weeks)
        built_weeks = filter(built.__contains__, weeks)
        return digest(f"{week}={built[week]}" for week in built_weeks)

    def _of_view(self, model: Model, built: str, weeks: list[str]) -> str:
        """Returns the fingerprint of what a view gives: its own text and, as it stores nothing, all that it reads."""
        own_text, _, _ = built.partition(_CORRECTED)
        inputs = [self._of(upstream, weeks, model) for upstream in model.depends_on]
        return digest([own_text, *inputs])

    def _of_source(self, name: str, weeks: list[str], reader: Model) -> str:
        """Returns the fingerprint of a table that no model makes: a code list, rows of exports, or the ledger."""
        schema, _, table = name.partition(".")
        if schema == "raw":
            return self._of_raw(table, weeks)
        # A model over rows of exports reads the ledger for their deliveries, which are in its fingerprint already.
        reads_exports = any(upstream.startswith("raw.") for upstream in reader.depends_on)
        if reads_exports:
            return ""
        return self._of_deliveries(sorted(self._deliveries), self.weeks)

    def _of_raw(self, table: str, weeks: list[str]) -> str:
        if table in self._references:
            return self._references[table]
        if table.startswith("ref_"):
            # A code list that is not loaded yet.
            return ""
        return self._of_deliveries([table], weeks)

    def _of_deliveries(self, sources: list[str], weeks: list[str]) -> str:
        parts = [self._hall]
        for source in sources:
            by_week = self._deliveries.get(source, {})
            for week in weeks:
                parts += [f"{source}:{week}:{stamp}" for stamp in by_week.get(week, ())]
        return digest(parts)

    def _corrected_mark(self, model: Model) -> str:
        """Returns a mark for a view over corrected sources: it is another text than without them.

        Its readers depend on the corrections, not on that text.
        """
        sources = corrected_sources_of(model, self._corrected)
        if not sources:
            return ""
        return _CORRECTED + digest(sources)

    def _weeks_of(self, model: Model) -> set[str]:
        """Returns the weeks of all exports that a model reads, directly or through other models."""
        weeks: set[str] = set()
        for name in model.depends_on:
            if name in self._graph.models:
                weeks |= self._weeks_of(self._graph[name])
            else:
                weeks |= set(self._deliveries.get(name.removeprefix("raw."), {}))
        return weeks


def _hall_of(con: DuckDBPyConnection, present: Mapping[str, str]) -> str:
    """Returns the code of the hall; of several, those of all."""
    if "raw.ref_hall" not in present:
        return ""
    halls = con.execute("SELECT hall_id FROM raw.ref_hall ORDER BY hall_id").fetchall()
    return ",".join(hall for (hall,) in halls)


def deliveries(con: DuckDBPyConnection) -> dict[str, dict[str, list[str]]]:
    """Returns source → week_id → stamps of the deliveries that count: id, export time, contract."""
    stamps: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = con.execute(
        "SELECT source, week_id, concat_ws('/', delivery_id, as_of, contract_fingerprint) FROM ledger.delivery "
        "WHERE status = 'current' ORDER BY ALL"
    ).fetchall()
    for source, week, stamp in rows:
        stamps[source][week].append(stamp)
    return stamps


def corrections(con: DuckDBPyConnection, present: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """Returns what the steward's corrections change, by source and week; empty where there are none."""
    if CELLS not in present:
        return {}
    rows = con.execute(
        "SELECT source, week_id, concat_ws('/', 'corrected', delivery_id, sheet, row_no, column_name, to_value) "
        f"FROM {CELLS} ORDER BY ALL"
    ).fetchall()
    stamps: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, week, stamp in rows:
        stamps[source, week].append(stamp)
    return stamps


def corrected_sources_of(model: Model, corrected: Iterable[tuple[str, str]]) -> list[str]:
    """Returns the sources that a model reads from `raw` and that hold corrected cells."""
    sources = set()
    for source, _ in corrected:
        if f"raw.{source}" in model.depends_on:
            sources.add(source)
    return sorted(sources)


def _built(con: DuckDBPyConnection, present: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Returns model → week → fingerprint at the last build.

    Only of what still stands in the warehouse: a table that somebody dropped is built again.
    """
    built: dict[str, dict[str, str]] = defaultdict(dict)
    rows = con.execute("SELECT model, week_id, fingerprint FROM ledger.model_build").fetchall()
    for model, week, fingerprint in rows:
        if model in present:
            built[model][week] = fingerprint
    return built
