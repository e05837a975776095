"""Which cells of charts and marts are not printed, since a steward let their week go without them.

In: findings whose state is `withheld`. Out: for each the columns, rows and weeks that rest on the same figure, read
from the SQL: a finding on the window's count of certificates takes that count, its year to date and its change along,
and the year to date of the later weeks. How a table looks without them is in `masks`; whether a week may go at all is
`pipeline.quality.desk.gate`'s question.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from pipeline.common.tables import has_column, has_table
from pipeline.privacy.case_numbers import without_cases
from pipeline.quality.checks.model import each_check
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.findings.places import read_places
from pipeline.release.revisions.basis import Basis, Steps, figure_bases, is_export
from pipeline.release.revisions.figures import YTD, figure_columns
from pipeline.release.revisions.masks import WHOLE_ROW, Masks, WithheldCell
from pipeline.warehouse.lineage import lineage_to_sources

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import ModelGraph

# The rule stands in the note: the finding's own title names the figure that is withheld.
_FINDINGS: Final = f"""
SELECT w.finding_id, w.week_id, w.table_name, w.check_name, w.unexpected_count, w.keys, w.places, f.cell,
    coalesce(r.title, '有数字待核实') AS rule, {without_cases("d.reason")} AS reason
FROM quality.finding_week AS w
JOIN quality.finding AS f ON f.finding_id = w.finding_id AND f.status = 'withheld'
LEFT JOIN quality.check_rule AS r ON r.table_name = w.table_name AND r.check_name = w.check_name
LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
ORDER BY w.finding_id, w.week_id
"""
# Columns that repeat figures of the week before: previous_value, change, change_pct.
_OF_WEEK_BEFORE: Final = ("previous_", "change")
# A mean of the year's weeks up to the issue.
_OF_YEAR: Final = ("mean_",)
# Stocks, and models that count what earlier weeks left behind: a wrong week stays in them.
_STOCKS: Final = frozenset({"case_opening", "case_closing"})
_ACCUMULATED: Final = frozenset({"marts.open_case_age", "marts.case_stock", "core.case_age_flow", "core.overdue_flow"})

# How far a wrong week reaches: to the end of time, of its year, into the next week, or not beyond itself.
Reach = Literal["ever", "year", "next", "none"]
_LATER: Final = "SELECT DISTINCT week_id FROM {table} WHERE week_id > $week"
_LATER_WEEKS: Final[Mapping[Reach, str]] = {
    "ever": f"{_LATER} ORDER BY week_id",
    "year": f"{_LATER} AND week_id IN (SELECT o.week_id FROM core.report_week AS w"
    " JOIN core.report_week AS o ON o.year = w.year WHERE w.week_id = $week) ORDER BY week_id",
    "next": f"{_LATER} ORDER BY week_id LIMIT 1",
    "none": f"{_LATER} AND false",
}


@dataclass(frozen=True)
class _Concern:
    """What a withheld finding says of a week.

    `keys` hold of every failing row. Of `metrics`, `sources` and `columns` an empty one says nothing: a finding of
    which nothing is known concerns all figures of its week.
    """

    finding_id: str
    week_id: str
    note: str
    keys: Mapping[str, str]
    metrics: frozenset[str]
    sources: frozenset[str]
    columns: frozenset[str]

    def concerns(self, metrics: frozenset[str], steps: Steps) -> bool:
        """Whether a column with these metrics and steps down to the files rests on what the finding is about."""
        if self.metrics:
            return bool(self.metrics & metrics)
        if not self.sources:
            # What comes from the calendar or the code lists alone is no figure.
            return bool(metrics or _sources_in(steps))
        return any(self._is_read(source, steps) for source in self.sources)

    def _is_read(self, source: str, steps: Steps) -> bool:
        read = {*steps.get(f"raw.{source}", ()), *steps.get(f"staging.{source}", ())}
        return bool(read & self.columns) if self.columns else bool(read)


def read_masks(con: DuckDBPyConnection, settings: Settings) -> Masks:
    """Returns what is not printed now. Reads no SQL file and no suite where nothing is withheld.

    In: `quality.finding|finding_week|decision`, `core.metric`, `ledger.delivery`, the SQL models and the suites.
    """
    if not has_table(con, "quality", "finding_week"):
        return Masks(())
    rows = con.execute(_FINDINGS).fetchall()
    if not rows:
        return Masks(())
    from pipeline.warehouse.measures import hall_models

    reader = _Reader(con, hall_models(settings), _causes(settings))
    cells: dict[WithheldCell, None] = {}
    for row in rows:
        cells |= dict.fromkeys(reader.cells(row))
    return Masks(tuple(cells))


def _causes(settings: Settings) -> dict[tuple[str, str], tuple[str, ...]]:
    """Returns (table, check) → the columns whose values all failing rows of a finding share."""
    suites = hall_suites(settings)
    return {(suite.table, check.name): check.meta.cause for suite, check in each_check(suites)}


class _Reader:
    """Finds the cells that rest on what a finding is about."""

    def __init__(
        self, con: DuckDBPyConnection, graph: ModelGraph, causes: Mapping[tuple[str, str], tuple[str, ...]]
    ) -> None:
        self._con = con
        self._graph = graph
        self._causes = causes
        self._types = cache(self._types_of)
        self._later = cache(self._later_weeks)

    def cells(self, row: Sequence[Any]) -> Iterator[WithheldCell]:
        """Yields the cells of charts and marts that one row of _FINDINGS concerns."""
        concern = self._concern(row)
        read_by_charts: dict[str, set[str]] = {}
        for basis in self._bases:
            if self._concerns(concern, basis):
                for table, columns in basis.steps:
                    read_by_charts.setdefault(table, set()).update(columns)
                yield from self._chart_cells(concern, basis)
        for table in self._marts:
            if "metric" in self._types(table):
                yield from self._metric_cells(concern, table)
            else:
                yield from self._mart_cells(concern, table, read_by_charts.get(table, set()))

    def _concern(self, row: Sequence[Any]) -> _Concern:
        identity, week_id, table, check, count, keys_text, places, cell, rule, reason = row
        keys = _shared_keys(json.loads(keys_text or "[]"), count, self._causes.get((table, check), ()))
        columns = {name for name in (keys.get("column_name"), cell) if name}
        return _Concern(
            finding_id=identity,
            week_id=week_id,
            note=f"{week_id} 期：{rule}（{reason or '未写理由'}）",
            keys=keys,
            metrics=self._metrics_meant(table, keys),
            sources=self._sources_meant(table, keys, places),
            columns=frozenset(columns),
        )

    def _metrics_meant(self, table: str, keys: Mapping[str, str]) -> frozenset[str]:
        """Returns the metrics that a finding names, or that its chart shows in the rows with these keys."""
        if "metric" in keys:
            return frozenset({keys["metric"]})
        metrics: set[str] = set()
        for basis in self._bases:
            if table == f"charts.{basis.table}" and _agree(json.loads(basis.keys), keys):
                metrics |= {name for name, _ in basis.metrics}
        return frozenset(metrics)

    def _sources_meant(self, table: str, keys: Mapping[str, str], places: str | None) -> frozenset[str]:
        """Returns the exports that a finding names, that its table is read from, or that its rows stand in."""
        schema, _, name = table.partition(".")
        if "source" in keys:
            return frozenset({keys["source"]})
        if schema in ("raw", "staging"):
            return frozenset({name})
        if table in self._graph.models:
            columns = [column.name for column in self._graph[table].columns]
            return _sources_in(lineage_to_sources(self._graph, table, columns, keys))
        deliveries = [place.delivery_id for place in read_places(places)]
        rows = self._con.execute(
            "SELECT DISTINCT source FROM ledger.delivery WHERE list_contains(?, delivery_id)", [deliveries]
        ).fetchall()
        return frozenset(source for (source,) in rows)

    def _concerns(self, concern: _Concern, basis: Basis) -> bool:
        if not _agree(json.loads(basis.keys), concern.keys):
            return False
        return concern.concerns(frozenset(name for name, _ in basis.metrics), dict(basis.steps))

    def _chart_cells(self, concern: _Concern, basis: Basis) -> Iterator[WithheldCell]:
        table = f"charts.{basis.table}"
        if basis.column not in self._printed(table):
            return
        keys = json.loads(basis.keys)
        for key in self._graph[table].key_in_hall:
            if key != "week_id" and key in concern.keys:
                keys[key] = concern.keys[key]
        for week_id in self._weeks_concerned(concern, table, basis.column, basis):
            yield _cell(concern, week_id, table, basis.column, keys)

    def _metric_cells(self, concern: _Concern, table: str) -> Iterator[WithheldCell]:
        """Takes whole rows of the week from a table with a row a metric, and what later weeks repeat of them."""
        for metric in self._metrics_of(concern):
            yield _cell(concern, concern.week_id, table, WHOLE_ROW, {"metric": metric})
            for column in self._printed(table):
                _, *later = self._weeks_concerned(concern, table, column)
                for week_id in later:
                    yield _cell(concern, week_id, table, column, {"metric": metric})

    def _mart_cells(self, concern: _Concern, table: str, read_by_charts: set[str]) -> Iterator[WithheldCell]:
        for column in self._printed(table):
            steps = lineage_to_sources(self._graph, table, [column])
            is_concerned = column in read_by_charts if concern.metrics else concern.concerns(frozenset(), steps)
            if is_concerned:
                for week_id in self._weeks_concerned(concern, table, column):
                    yield _cell(concern, week_id, table, column, {})

    def _metrics_of(self, concern: _Concern) -> list[str]:
        """Returns the metrics that a finding names; else all of the exports that it is about."""
        if concern.metrics or not has_table(self._con, "core", "metric"):
            return sorted(concern.metrics)
        sources = sorted(concern.sources)
        rows = self._con.execute(
            "SELECT metric FROM core.metric WHERE len($sources) = 0 OR list_contains($sources, source) ORDER BY metric",
            {"sources": sources},
        ).fetchall()
        return [metric for (metric,) in rows]

    def _weeks_concerned(self, concern: _Concern, table: str, column: str, basis: Basis | None = None) -> list[str]:
        """Returns the finding's week, then the later weeks of the table in which the column still rests on it."""
        return [concern.week_id, *self._later(table, _reach(table, column, basis), concern.week_id)]

    def _later_weeks(self, table: str, reach: Reach, week_id: str) -> list[str]:
        later = self._con.execute(_LATER_WEEKS[reach].format(table=table), {"week": week_id}).fetchall()
        return [week for (week,) in later]

    def _printed(self, table: str) -> list[str]:
        """Returns the columns of a table that hold figures and texts, in order; keys and labels only describe."""
        columns: dict[str, None] = {}
        name = table.partition(".")[2]
        for figure in figure_columns(name, self._graph[table].grain, self._types(table)):
            for column in (figure.value, figure.value_ytd, figure.text):
                if column is not None:
                    columns[column] = None
        return list(columns)

    @cached_property
    def _bases(self) -> list[Basis]:
        return figure_bases(self._con, self._graph)

    @cached_property
    def _marts(self) -> list[str]:
        """The tables of marts that have a row a week."""
        tables = []
        for model in self._graph:
            if model.group == "marts" and has_column(self._con, "marts", model.table, "week_id"):
                tables.append(model.name)
        return tables

    def _types_of(self, table: str) -> dict[str, str]:
        schema, _, name = table.partition(".")
        rows = self._con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
            " AND schema_name = ? AND table_name = ? ORDER BY column_index",
            [schema, name],
        ).fetchall()
        return dict(rows)


def _cell(concern: _Concern, week_id: str, table: str, column: str, keys: Mapping[str, str]) -> WithheldCell:
    text = json.dumps(dict(sorted(keys.items())), ensure_ascii=False)
    return WithheldCell(week_id, table, column, text, concern.finding_id, concern.note)


def _shared_keys(rows: Any, count: int, cause: Sequence[str]) -> dict[str, str]:
    """Returns what every failing row has in common: the keys of a single row, else those that make the cause.

    Findings keep the keys of one row of their cause; the other rows may have other keys.
    """
    if not isinstance(rows, list) or len(rows) != 1:
        return {}
    (row,) = rows
    is_only_row = count == 1
    shared = {}
    for name, value in row.items():
        if value is not None and (is_only_row or name in cause):
            shared[name] = str(value)
    return shared


def _agree(left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    """Whether no key that both name differs."""
    return all(right.get(name, value) == value for name, value in left.items())


def _sources_in(steps: Steps) -> frozenset[str]:
    """Returns the exports on the way: `case_detail` of `raw.case_detail`; code lists and the calendar are none."""
    return frozenset(table.partition(".")[2] for table in steps if is_export(table))


def _reach(table: str, column: str, basis: Basis | None) -> Reach:
    """Returns how far a wrong week reaches in a column: to later years in stocks, to the end of the year in sums."""
    metrics = basis.metrics if basis else ()
    steps = basis.steps if basis else ()
    read = {table, *(step for step, _ in steps)}
    if read & _ACCUMULATED or _STOCKS & {name for name, _ in metrics}:
        return "ever"
    if column.endswith(YTD) or column.startswith(_OF_YEAR) or "ytd" in {part for _, part in metrics}:
        return "year"
    return "next" if column.startswith(_OF_WEEK_BEFORE) else "none"
