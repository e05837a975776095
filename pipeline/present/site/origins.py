"""Where a figure comes from: its metric, the files and rows behind it, its checks and findings, its revisions.

Which figures there are is defined in `pipeline.present.shared.metrics`; what each rests on is read from `docs` by
`pipeline.present.trace`. The page that shows it is `pipeline.present.site.pages.provenance`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.ingest.load.printed_lines import view_of
from pipeline.present.shared.findings import read_keys
from pipeline.present.shared.metrics import CASE_TOTALS, CaseTotal, Span
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.summary import SummaryRow
from pipeline.present.trace.bases import Metric, bases_of, metric_of
from pipeline.present.trace.file_rows import metric_file_rows
from pipeline.present.trace.steps import Step, steps_of, tables_carrying

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Checks on what was read know the source by name; their tables hold the rows of all sources.
READING_TABLES: Final = frozenset({"quarantine.cell", "ledger.control_total", "ledger.delivery"})
NO_METRIC: Final = Metric(code="", label="", unit="", basis="", source="")


@dataclass(frozen=True)
class Derivation:
    """What `docs` says of a chart's column: its metric, the tables that carry its rows, the steps down to the files."""

    metric: Metric
    tables: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Origin:
    """One figure of an issue and how to find what it was made from.

    `anchor` names it on the provenance page; `released` (`item_ytd.value`) and `keys` find it in `release.figure`,
    None where no chart has the figure as one number. `tables` are those whose checks concern it.
    """

    anchor: str
    label: str
    unit: str
    value: int | Decimal | None
    value_ytd: int | Decimal | None
    keys: dict[str, str]
    released: str | None
    tables: tuple[str, ...]
    derivation: Derivation

    @property
    def metric(self) -> str:
        """The metric's code in `marts.weekly_metric` and `marts.provenance`."""
        return self.derivation.metric.code

    @property
    def source(self) -> str:
        """The kind of export that the figure is counted from."""
        return self.derivation.metric.source

    @property
    def is_flow(self) -> bool:
        """Whether its weeks add up to the year; people, who are counted once a week, and stocks do not."""
        return self.derivation.metric.basis in ("flow", "cohort")

    @property
    def steps(self) -> list[Step]:
        """The tables from its chart to the files, those that have SQL; empty for a figure of no chart."""
        if self.released is None:
            return []
        return [step for step in self.derivation.steps if step.sql]


class Origins:
    """The origins of the weekly's figures in one published file; what `docs` says of a column is read once."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con
        self._derivations: dict[tuple[object, ...], Derivation] = {}
        self._carrying: dict[str, set[str]] = {}

    def origin_of(self, row: SummaryRow) -> Origin:
        """Returns the origin of a figure of the weekly's summary."""
        figure = row.figure
        section = figure.section
        keys = dict(row.keys)
        # The flag rests on more than the number does: on the band of past weeks.
        printed = (figure.column, figure.column_ytd or figure.column, "flag")
        derivation = self._derivation(section.table, figure.column, printed, keys)
        return Origin(
            anchor=row.anchor,
            label=row.label,
            unit=row.unit,
            value=row.printed("value"),
            value_ytd=row.printed("value_ytd"),
            keys=keys,
            released=f"{section.table}.{figure.column}",
            tables=(*derivation.tables, *section.checked_with),
            derivation=derivation,
        )

    def case_totals(self, week_id: str) -> list[Origin]:
        """Returns all cases together: what charts of channels, time limits and departments rest on.

        In: `marts.weekly_metric` (week_id, metric, department_id, power_type, channel). A metric that it does not have
        in this week is left out.
        """
        rows = fetch(
            self._con,
            "SELECT metric, value, value_ytd FROM marts.weekly_metric WHERE week_id = ? AND department_id = 'ALL'"
            " AND power_type = 'ALL' AND channel = 'ALL'",
            [week_id],
        )
        values = {row["metric"]: row for row in rows}
        origins = []
        for total in CASE_TOTALS:
            derivation = self._derivation(total.table, total.column, (total.column,), {})
            value = values.get(derivation.metric.code)
            if value is not None:
                origins.append(_case_total(total, value, derivation))
        return origins

    def _derivation(self, table: str, column: str, printed: tuple[str, ...], keys: Mapping[str, str]) -> Derivation:
        """What `docs` says of `column`; its tables are those of all `printed` columns."""
        known = (table, printed, *keys.items())
        if known not in self._derivations:
            metric = self._metric(table, column, keys)
            carrying = self._tables_carrying(metric.source)
            steps = steps_of(self._con, table, printed, keys)
            carried = [step.table for step in steps if step.table in carrying]
            # Checks that come of the words of a contract look at the lines of the export.
            tables = (*carried, view_of(metric.source)) if metric.source else tuple(carried)
            self._derivations[known] = Derivation(metric, tables, steps_of(self._con, table, [column], keys))
        return self._derivations[known]

    def _metric(self, table: str, column: str, keys: Mapping[str, str]) -> Metric:
        for basis in bases_of(self._con, table, column, keys):
            if basis.kind == "metric":
                return metric_of(self._con, basis.name)
        return NO_METRIC

    def _tables_carrying(self, source: str) -> set[str]:
        if source not in self._carrying:
            self._carrying[source] = tables_carrying(self._con, source)
        return self._carrying[source]


def _case_total(total: CaseTotal, value: Row, derivation: Derivation) -> Origin:
    return Origin(
        anchor=total.anchor,
        label=total.label,
        unit=total.unit,
        value=value["value"],
        value_ytd=value["value_ytd"],
        keys={},
        released=None,
        tables=(*derivation.tables, *total.checked_with),
        derivation=derivation,
    )


def file_rows(con: DuckDBPyConnection, week_id: str, origin: Origin, *, is_ytd: bool = False) -> list[Row]:
    """Returns the deliveries and sheets behind a figure, as `metric_file_rows`: of the week or the year to date."""
    span: Span = "ytd" if is_ytd else "week"
    return metric_file_rows(con, week_id, origin.metric, span, origin.keys)


def revisions(con: DuckDBPyConnection, week_id: str, origin: Origin) -> list[Row]:
    """Returns the figure in each release of the issue: revision, released_at, value, value_ytd."""
    if origin.released is None:
        return []
    keys = json.dumps(dict(sorted(origin.keys.items())), ensure_ascii=False, separators=(",", ":"))
    return fetch(
        con,
        "SELECT f.revision, i.released_at, f.value, f.value_ytd FROM release.figure AS f"
        " JOIN release.issue AS i ON i.week_id = f.week_id AND i.revision = f.revision"
        " WHERE f.week_id = ? AND f.metric = ? AND f.keys = ? ORDER BY f.revision",
        [week_id, origin.released, keys],
    )


def findings_of(findings: Iterable[Row], origin: Origin) -> list[Row]:
    """Keeps those of a week's findings (as `week_findings` gives them) that concern this figure."""
    return [row for row in findings if _concerns(row, origin)]


def _concerns(finding: Row, origin: Origin) -> bool:
    table = finding["table_name"]
    rows = key_rows(finding)
    if table in READING_TABLES:
        sources = [row.get("source") for row in rows]
        return origin.source in sources
    if table not in origin.tables:
        return False
    # A finding without keys is of the whole table.
    wanted = {**origin.keys, "metric": origin.metric, "source": origin.source}
    return not rows or any(_agree(row, wanted) for row in rows)


def _agree(row: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Whether no key that both name differs."""
    common = row.keys() & wanted.keys()
    return all(row[name] == wanted[name] for name in common)


def key_rows(finding: Row) -> list[dict[str, Any]]:
    """Returns the failing keys of a finding (as `week_findings` gives it)."""
    return read_keys(finding["key_rows"])


def checks_of(con: DuckDBPyConnection, week_id: str, origin: Origin) -> list[Row]:
    """Counts the checks that ran on each table that concerns the figure, and those that failed, in the issue's week.

    Out, by table: table_name, checks, failed. Empty where the file has no checks.
    """
    if not has_table(con, "quality", "check_result"):
        return []
    return fetch(
        con,
        "SELECT table_name, count(*) AS checks, count(*) FILTER (status <> 'passed') AS failed"
        " FROM quality.check_result WHERE week_id = ? AND list_contains(?, table_name)"
        " GROUP BY ALL ORDER BY table_name",
        [week_id, list(origin.tables)],
    )
