"""Which metrics, or which sources, each column of a chart table rests on, read from the SQL; no figure is read here.

`marts.weekly_metric` is where a metric gets its name: the columns that it reads under that name are that metric
wherever else they are read. A chart over a table of metrics says which one by the word in its key or column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from sqlglot import exp

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.warehouse.lineage import column_lineage, lineage_to_sources

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.models import Model, ModelGraph

METRICS: Final = "marts.weekly_metric"
DIMENSIONS: Final = ("department_id", "power_type", "power_group", "channel")
SPLIT_SOURCE: Final = "case_detail"
NOT_DELIVERED: Final = ("ref_", "calendar_day", "report_week")
Part = Literal["week", "ytd"]
PARTS: Final[dict[str, Part]] = {"value": "week", "value_ytd": "ytd"}


@dataclass(frozen=True)
class Basis:
    """What a chart's column rests on in rows with these `keys` (JSON of the deciding key columns).

    `metrics` are (metric, week or ytd); where there are none, `sources` are the exports its text comes from. Both are
    empty for what comes from the calendar or the code lists. `steps` are (table, columns) from the chart to the files.
    """

    table: str
    column: str
    keys: str
    metrics: tuple[tuple[str, Part], ...]
    sources: tuple[str, ...]
    steps: tuple[tuple[str, tuple[str, ...]], ...]


def figure_bases(con: DuckDBPyConnection, graph: ModelGraph) -> list[Basis]:
    """The basis of every column of every chart table that stands in the warehouse, in building order.

    Reads `core.metric` and the keys of `charts.*`; everything else comes from the SQL.
    """
    reader = _Reader(graph, _metric_sources(con))
    charts = [model for model in graph if model.group == "charts" and has_table(con, "charts", model.table)]
    return [
        reader.basis(model, column.name, keys)
        for model in charts
        for keys in _deciding_keys(con, model, reader.words)
        for column in model.columns
        if column.name not in model.grain
    ]


def _metric_sources(con: DuckDBPyConnection) -> dict[str, str]:
    if not has_table(con, "core", "metric"):
        return {}
    return dict(con.execute("SELECT metric, source FROM core.metric ORDER BY metric").fetchall())


def _deciding_keys(con: DuckDBPyConnection, model: Model, words: set[str]) -> list[dict[str, str]]:
    """The values of the key columns that choose between metrics, as `measure` does; one empty set where none does."""
    literals = {literal.name for literal in _literals(model)} | words
    free = [key for key in model.grain if key != "week_id" and key not in DIMENSIONS]
    deciding = [key for key in free if _values(con, model.name, key) <= literals]
    if not deciding:
        return [{}]
    columns = ", ".join(identifier(key) for key in deciding)
    rows = con.execute(f"SELECT DISTINCT {columns} FROM {model.name} ORDER BY ALL").fetchall()
    return [dict(zip(deciding, row, strict=True)) for row in rows]


def _values(con: DuckDBPyConnection, table: str, column: str) -> set[object]:
    return {value for (value,) in con.execute(f"SELECT DISTINCT {identifier(column)} FROM {table}").fetchall()}


def _literals(model: Model) -> Iterator[exp.Literal]:
    return (literal for literal in model.tree.find_all(exp.Literal) if literal.is_string)


class _Reader:
    """Resolves columns to metrics; what the SQL says of the metrics themselves is worked out once."""

    def __init__(self, graph: ModelGraph, sources: Mapping[str, str]) -> None:
        self._graph = graph
        self._sources = sources
        self.words = {_word(metric) for metric in sources}

    def basis(self, model: Model, column: str, keys: Mapping[str, str]) -> Basis:
        """What one column of a chart rests on in the rows with these keys."""
        steps = lineage_to_sources(self._graph, model.name, [column], keys)
        metrics = self._metrics(model, column, keys, steps)
        if metrics:
            steps = self._narrowed(model, column, keys, metrics)
        return Basis(
            table=model.table,
            column=column,
            keys=json.dumps(dict(sorted(keys.items())), ensure_ascii=False),
            metrics=tuple(sorted(metrics)),
            sources=_delivered(steps),
            steps=tuple(steps.items()),
        )

    def _metrics(
        self, model: Model, column: str, keys: Mapping[str, str], steps: Mapping[str, tuple[str, ...]]
    ) -> set[tuple[str, Part]]:
        parts = {
            PARTS[one]
            for table, columns in steps.items()
            if table != model.name and self._holds_metrics(table)
            for one in columns
            if one in PARTS
        }
        if parts:
            return {(metric, part) for metric in self._named(model, column, keys) for part in parts}
        return _one_part_each(self._by_column.get((table, one), set()) for table in steps for one in steps[table])

    def _named(self, model: Model, column: str, keys: Mapping[str, str]) -> set[str]:
        """The metrics whose own word is the column's name or a key's value, of the sources that the chart may read."""
        allowed = self._allowed_sources(model)
        for words in ({column.removesuffix("_ytd")}, set(keys.values())):
            found = {metric for metric, source in self._sources.items() if _word(metric) in words and source in allowed}
            if found:
                return found
        return set()

    def _allowed_sources(self, model: Model) -> set[str]:
        if any(key in DIMENSIONS for key in model.grain):
            return {SPLIT_SOURCE}
        named = {literal.name for literal in _literals(model)} & set(self._sources.values())
        return named or set(self._sources.values())

    def _narrowed(
        self, model: Model, column: str, keys: Mapping[str, str], metrics: Iterable[tuple[str, Part]]
    ) -> dict[str, tuple[str, ...]]:
        names = {metric for metric, _ in metrics}
        given = {**keys, "metric": names.pop()} if len(names) == 1 else keys
        return lineage_to_sources(self._graph, model.name, [column], given)

    @cached_property
    def _by_column(self) -> dict[tuple[str, str], set[tuple[str, Part]]]:
        """(table, column) that marts.weekly_metric reads under a metric's name → that metric."""
        found: dict[tuple[str, str], set[tuple[str, Part]]] = {}
        if METRICS not in self._graph.models:
            return found
        for metric in self._sources:
            lineage = column_lineage(self._graph, METRICS, {"metric": metric})
            for column, part in PARTS.items():
                for table, origin in lineage[column]:
                    if not self._holds_metrics(table):
                        found.setdefault((table, origin), set()).add((metric, part))
        return found

    def _holds_metrics(self, table: str) -> bool:
        model = self._graph.models.get(table)
        return model is not None and "metric" in model.grain


def _one_part_each(found: Iterable[set[tuple[str, Part]]]) -> set[tuple[str, Part]]:
    """A stock at the end of a week is that of the year, too: one of the two is enough."""
    every = set().union(*found)
    return {(metric, part) for metric, part in every if part == "week" or (metric, "week") not in every}


def _delivered(steps: Iterable[str]) -> tuple[str, ...]:
    raw = [table.removeprefix("raw.") for table in steps if table.startswith("raw.")]
    return tuple(name for name in raw if not name.startswith(NOT_DELIVERED))


def _word(metric: str) -> str:
    """What a metric counts, without the prefix of its source: `consulted` of `window_consulted`."""
    return metric.partition("_")[2]
