"""Reads from the SQL which metrics, or which sources, each column of a chart table rests on.

`marts.weekly_metric` is where a metric gets its name: the columns that it reads under that name are that metric
wherever else they are read. A chart over a table of metrics says which one by the word in its key or column.
The figures themselves are read in `figures`; lineage of columns is `pipeline.warehouse.lineage`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from sqlglot import exp

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.warehouse.lineage import column_lineage, lineage_to_sources

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.models import Model, ModelGraph

METRICS: Final = "marts.weekly_metric"
# Says whether a week's files have come, which every metric asks, and never how many there were of anything.
WEEKS: Final = "core.week_in_use"
DIMENSIONS: Final = ("department_id", "power_type", "power_group", "channel")
SPLIT_SOURCE: Final = "case_detail"
# Tables of `raw` that no export brings: code lists and the calendar.
NOT_DELIVERED: Final = ("ref_", "calendar_day", "report_period", "report_week")
Part = Literal["week", "ytd"]
PARTS: Final[dict[str, Part]] = {"value": "week", "value_ytd": "ytd"}
MetricPart = tuple[str, Part]
# table → columns read there, from the chart down to the files: what `lineage_to_sources` gives.
Steps = Mapping[str, tuple[str, ...]]


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
    """Returns the basis of every column of every chart table that stands in the warehouse, in building order.

    Reads `core.metric` and the keys of `charts.*`; everything else comes from the SQL.
    """
    reader = _Reader(graph, _metrics(con), _parts_of_rates(con))
    bases = []
    for model in graph:
        if model.group != "charts" or not has_table(con, "charts", model.table):
            continue
        for keys in _deciding_keys(con, model, reader.words):
            bases += reader.bases(model, keys)
    return bases


@dataclass(frozen=True)
class _Metric:
    """A metric as `core.metric` has it: its source, and the words by which charts name it."""

    source: str
    words: frozenset[str]


def _metrics(con: DuckDBPyConnection) -> dict[str, _Metric]:
    """Returns the metrics by code.

    Charts call the program's own by what they count, `accepted`, and those that a contract declares by their code.
    """
    if not has_table(con, "core", "metric"):
        return {}
    declared: set[str] = set()
    if has_table(con, "core", "measure"):
        declared.update(metric for (metric,) in con.execute("SELECT DISTINCT metric FROM core.measure").fetchall())
    rows = con.execute("SELECT metric, source FROM core.metric ORDER BY metric").fetchall()
    return {
        metric: _Metric(source, frozenset({metric if metric in declared else _word(metric)})) for metric, source in rows
    }


def _parts_of_rates(con: DuckDBPyConnection) -> dict[str, set[str]]:
    """Returns rate → numerator and denominator: a declared rate rests on the rows that these count."""
    if not has_table(con, "core", "measure"):
        return {}
    rows = con.execute("SELECT metric, numerator, denominator FROM core.measure WHERE way = 'rate'").fetchall()
    parts: dict[str, set[str]] = {}
    for metric, numerator, denominator in rows:
        parts.setdefault(metric, set()).update((numerator, denominator))
    return parts


def _deciding_keys(con: DuckDBPyConnection, model: Model, words: set[str]) -> list[dict[str, str]]:
    """Returns the values of the key columns that choose between metrics, as `measure` does; {} where none does.

    Such a column has only values that the SQL itself writes down, or words of metrics.
    """
    known_values = _literals(model) | words
    deciding = []
    for key in model.key_in_hall:
        is_dimension = key == "week_id" or key in DIMENSIONS
        if not is_dimension and _values(con, model.name, key) <= known_values:
            deciding.append(key)
    if not deciding:
        return [{}]
    columns = ", ".join(map(identifier, deciding))
    rows = con.execute(f"SELECT DISTINCT {columns} FROM {model.name} ORDER BY ALL").fetchall()
    return [dict(zip(deciding, row, strict=True)) for row in rows]


def _values(con: DuckDBPyConnection, table: str, column: str) -> set[object]:
    rows = con.execute(f"SELECT DISTINCT {identifier(column)} FROM {table}").fetchall()
    return {row[0] for row in rows}


def _literals(model: Model) -> set[object]:
    """Returns the texts between quotes in the SQL: `CASE m.metric WHEN 'window_accepted'` has `window_accepted`."""
    texts: set[object] = set()
    for literal in model.tree.find_all(exp.Literal):
        if literal.is_string:
            texts.add(literal.name)
    return texts


class _Reader:
    """Resolves columns to metrics; what the SQL says of the metrics themselves is worked out once."""

    def __init__(
        self, graph: ModelGraph, metrics: Mapping[str, _Metric], parts_of_rates: Mapping[str, set[str]]
    ) -> None:
        self._graph = graph
        self._known = metrics
        self._parts_of_rates = parts_of_rates
        self.words: set[str] = set().union(*(metric.words for metric in metrics.values()))

    def bases(self, model: Model, keys: Mapping[str, str]) -> list[Basis]:
        """Returns what each column of a chart rests on in the rows with these keys; key columns rest on nothing."""
        bases = []
        for column in model.columns:
            if column.name not in model.grain:
                bases.append(self._basis(model, column.name, keys))
        return bases

    def _basis(self, model: Model, column: str, keys: Mapping[str, str]) -> Basis:
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

    def _metrics(self, model: Model, column: str, keys: Mapping[str, str], steps: Steps) -> set[MetricPart]:
        """Returns the metrics of a column: by name where it reads a table of metrics, else by the columns it reads."""
        parts = self._parts_read(model, steps)
        if parts:
            named = self._named(model, column, keys)
            counted = set().union(*(self._parts_of_rates.get(metric, {metric}) for metric in named))
            return set(product(counted, parts))
        metrics: set[MetricPart] = set()
        for table, columns in steps.items():
            for name in columns:
                metrics |= self._by_column.get((table, name), set())
        return _one_part_each(metrics)

    def _parts_read(self, model: Model, steps: Steps) -> set[Part]:
        """Returns which of value and value_ytd are read from tables that have a row a metric."""
        names: set[str] = set()
        for table, columns in steps.items():
            if table != model.name and self._holds_metrics(table):
                names.update(columns)
        return {PARTS[name] for name in names & PARTS.keys()}

    def _named(self, model: Model, column: str, keys: Mapping[str, str]) -> set[str]:
        """Returns the metrics whose own word is the column's name or a key's value, of sources the chart may read."""
        of_column = self._with_word(model, {column.removesuffix("_ytd")})
        return of_column or self._with_word(model, set(keys.values()))

    def _with_word(self, model: Model, words: set[str]) -> set[str]:
        allowed = self._allowed_sources(model)
        metrics = set()
        for code, metric in self._known.items():
            if metric.source in allowed and metric.words & words:
                metrics.add(code)
        return metrics

    def _allowed_sources(self, model: Model) -> set[str]:
        """Returns the sources that a chart may read: case_detail where it is split, those it names, or all."""
        sources = {metric.source for metric in self._known.values()}
        if not set(DIMENSIONS).isdisjoint(model.grain):
            return {SPLIT_SOURCE}
        named = sources & _literals(model)
        return named or sources

    def _narrowed(
        self, model: Model, column: str, keys: Mapping[str, str], metrics: Iterable[MetricPart]
    ) -> dict[str, tuple[str, ...]]:
        """Returns the steps of a column again, without what the SQL reads for other metrics."""
        names = {metric for metric, _ in metrics}
        given = dict(keys)
        if len(names) == 1:
            given["metric"] = names.pop()
        return lineage_to_sources(self._graph, model.name, [column], given)

    @cached_property
    def _by_column(self) -> dict[tuple[str, str], set[MetricPart]]:
        """(table, column) that marts.weekly_metric reads under a metric's name → that metric."""
        metrics_by_column: dict[tuple[str, str], set[MetricPart]] = {}
        if METRICS not in self._graph.models:
            return metrics_by_column
        for metric in self._known:
            lineage = column_lineage(self._graph, METRICS, {"metric": metric})
            for column, part in PARTS.items():
                for origin in lineage[column]:
                    metrics_by_column.setdefault(origin, set()).add((metric, part))
        # A table of metrics itself names none: there the word decides.
        nameless = [origin for origin in metrics_by_column if origin[0] == WEEKS or self._holds_metrics(origin[0])]
        for origin in nameless:
            del metrics_by_column[origin]
        return metrics_by_column

    def _holds_metrics(self, table: str) -> bool:
        model = self._graph.models.get(table)
        if model is None:
            return False
        return "metric" in model.grain


def _one_part_each(metrics: set[MetricPart]) -> set[MetricPart]:
    """Leaves out the year to date of a metric whose week is there: a stock at the end of a week is the year's, too."""
    kept: set[MetricPart] = set()
    for metric, part in metrics:
        has_week = (metric, "week") in metrics
        if part == "week" or not has_week:
            kept.add((metric, part))
    return kept


def _delivered(steps: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of the exports among the tables."""
    return tuple(table.partition(".")[2] for table in steps if is_export(table))


def is_export(table: str) -> bool:
    """Whether a table holds the rows of an export: `raw.case_detail` does; code lists and the calendar do not."""
    schema, _, name = table.partition(".")
    return schema == "raw" and not name.startswith(NOT_DELIVERED)


def _word(metric: str) -> str:
    """Returns what a metric counts, without the prefix of its source: `consulted` of `window_consulted`."""
    return metric.partition("_")[2]
