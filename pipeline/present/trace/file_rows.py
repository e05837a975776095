"""The deliveries, sheets and spans of rows behind a metric or a source.

Which of them a figure rests on is in `pipeline.present.trace.bases`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.metrics import Span
from pipeline.present.shared.rows import Row, fetch
from pipeline.reporting_calendar.week_ids import year_bounds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SPANS: Final[dict[Span, str]] = {
    "week": "p.week_id = $week",
    "ytd": "p.week_id BETWEEN $year_begins AND $week",
    "ever": "p.week_id <= $week",
    "before": "p.week_id < $week",
    "before_year": "p.week_id < $year_begins",
}
# A key of a chart's row -> the condition that restricts marts.provenance to it.
DIMENSIONS: Final = {
    "department_id": "p.department_id = $department_id",
    "power_type": "p.power_type = $power_type",
    "channel": "p.channel = $channel",
    "power_group": "p.power_type IN (SELECT power_type FROM docs.power_type WHERE power_group = $power_group)",
}
# A chart's row that is not split by a dimension has this for its key.
WHOLE: Final = "ALL"


def metric_file_rows(
    con: DuckDBPyConnection, week_id: str, metric: str, span: Span, keys: Mapping[str, str]
) -> list[Row]:
    """Returns what each delivery and sheet contributes to a metric, restricted to the DIMENSIONS among these keys.

    Of a metric that a contract declares, restricted to the `split` and `member` among them.

    Out, by export time and file: delivery_id, sheet, file_name, as_of, value, row_count, first_row_no, last_row_no;
    `value` sums to the metric. Empty where the published file has no provenance.
    """
    if _is_declared(con, metric):
        return _declared_file_rows(con, week_id, metric, span, keys)
    if not has_table(con, "marts", "provenance"):
        return []
    dimensions = _dimensions(keys)
    conditions = [SPANS[span], "p.metric = $metric"]
    conditions += [DIMENSIONS[name] for name in dimensions]
    return fetch(
        con,
        "SELECT p.delivery_id, p.sheet, d.file_name, d.as_of, CAST(sum(p.value) AS BIGINT) AS value,"
        " CAST(sum(p.row_count) AS BIGINT) AS row_count, min(p.first_row_no) AS first_row_no,"
        " max(p.last_row_no) AS last_row_no FROM marts.provenance AS p LEFT JOIN docs.delivery AS d"
        f" ON d.delivery_id = p.delivery_id WHERE {' AND '.join(conditions)}"
        " GROUP BY ALL ORDER BY d.as_of, d.file_name, p.delivery_id, p.sheet",
        {**dimensions, **_weeks_named(SPANS[span], week_id), "metric": metric},
    )


def _is_declared(con: DuckDBPyConnection, metric: str) -> bool:
    if not has_table(con, "docs", "measure"):
        return False
    return con.execute("SELECT 1 FROM docs.measure WHERE metric = ? LIMIT 1", [metric]).fetchone() is not None


def _declared_file_rows(
    con: DuckDBPyConnection, week_id: str, metric: str, span: Span, keys: Mapping[str, str]
) -> list[Row]:
    return fetch(
        con,
        "SELECT p.delivery_id, p.sheet, d.file_name, d.as_of, sum(p.amount) AS value,"
        " CAST(sum(p.row_count) AS BIGINT) AS row_count, min(p.first_row_no) AS first_row_no,"
        " max(p.last_row_no) AS last_row_no FROM marts.measure_place AS p LEFT JOIN docs.delivery AS d"
        f" ON d.delivery_id = p.delivery_id WHERE {SPANS[span]} AND p.metric = $metric AND p.split = $split"
        " AND p.member = $member GROUP BY ALL ORDER BY d.as_of, d.file_name, p.delivery_id, p.sheet",
        {
            **_weeks_named(SPANS[span], week_id),
            "metric": metric,
            "split": keys.get("split", WHOLE),
            "member": keys.get("member", WHOLE),
        },
    )


def _weeks_named(condition: str, week_id: str) -> dict[str, str]:
    """The parameters among `week` and `year_begins` that a condition of SPANS names."""
    year_begins, _ = year_bounds(week_id)
    weeks = {"week": week_id, "year_begins": year_begins}
    return {name: week for name, week in weeks.items() if f"${name}" in condition}


def _dimensions(keys: Mapping[str, str]) -> dict[str, str]:
    """The keys that split provenance: `{"measure": "accepted", "power_group": "licensing"}` gives the second."""
    dimensions = {}
    for name in DIMENSIONS:
        value = keys.get(name, WHOLE)
        if value != WHOLE:
            dimensions[name] = value
    return dimensions


def source_file_rows(con: DuckDBPyConnection, week_id: str, sources: Sequence[str]) -> list[Row]:
    """Returns the sheets that the sources delivered for a week, down to their rows only: for figures without a metric.

    A weekly source counts with its delivery of the week, a restating one with all up to it, a snapshot with the last.
    Out as in `metric_file_rows`, `value` null.
    """
    return fetch(
        con,
        "WITH delivered AS (SELECT d.*, s.kind FROM docs.delivery AS d JOIN docs.source AS s ON s.source = d.source"
        " WHERE d.status = 'current' AND d.week_id <= $week AND list_contains($sources, d.source)"
        " QUALIFY s.kind = 'restating' OR d.week_id = max(CASE WHEN s.kind = 'snapshot' THEN d.week_id ELSE $week END)"
        " OVER (PARTITION BY d.source))"
        " SELECT d.delivery_id, s.sheet, d.file_name, d.as_of, NULL AS value, s.rows_loaded AS row_count,"
        " s.first_row_no, s.last_row_no FROM delivered AS d JOIN docs.sheet AS s ON s.delivery_id = d.delivery_id"
        " WHERE s.rows_loaded > 0 ORDER BY d.source, d.as_of, d.file_name, s.sheet",
        {"week": week_id, "sources": list(sources)},
    )
