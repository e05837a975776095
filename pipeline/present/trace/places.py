"""The deliveries, sheets and spans of rows behind a metric or a source; which of them a figure rests on is in trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# `week`: the issue; `ytd`: its year up to it; `ever`: all weeks up to it; `before` and `before_year`: all weeks before
# the issue, or before its year. Stocks are what was accepted less what was closed in such a span.
Span = Literal["week", "ytd", "ever", "before", "before_year"]
SPANS: Final[dict[Span, str]] = {
    "week": "p.week_id = $week",
    "ytd": "p.week_id <= $week AND left(p.week_id, 4) = left($week, 4)",
    "ever": "p.week_id <= $week",
    "before": "p.week_id < $week",
    "before_year": "left(p.week_id, 4) < left($week, 4)",
}
EVERY: Final = frozenset({"ALL"})
DIMENSIONS: Final = ("department_id", "power_type", "channel")


def metric_places(con: DuckDBPyConnection, week_id: str, metric: str, span: Span, keys: Mapping[str, str]) -> list[Row]:
    """What each delivery and sheet contributes to a metric, restricted to these dimensions (`power_group` among them).

    Out, by export time and file: delivery_id, sheet, file_name, as_of, value, row_count, first_row_no, last_row_no;
    `value` sums to the metric. Empty where the published file has no provenance.
    """
    if not has_table(con, "marts", "provenance"):
        return []
    conditions, parameters = _dimensions(keys)
    where = " AND ".join([SPANS[span], "p.metric = $metric", *conditions])
    return fetch(
        con,
        "SELECT p.delivery_id, p.sheet, d.file_name, d.as_of, CAST(sum(p.value) AS BIGINT) AS value,"
        " CAST(sum(p.row_count) AS BIGINT) AS row_count, min(p.first_row_no) AS first_row_no,"
        " max(p.last_row_no) AS last_row_no FROM marts.provenance AS p LEFT JOIN docs.delivery AS d"
        f" ON d.delivery_id = p.delivery_id WHERE {where}"
        " GROUP BY ALL ORDER BY d.as_of, d.file_name, p.delivery_id, p.sheet",
        {**parameters, "week": week_id, "metric": metric},
    )


def _dimensions(keys: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    given = {key: value for key, value in keys.items() if value not in EVERY}
    conditions = [f"p.{key} = ${key}" for key in DIMENSIONS if key in given]
    if "power_group" in given:
        conditions.append("p.power_type IN (SELECT power_type FROM docs.power_type WHERE power_group = $power_group)")
    return conditions, {key: given[key] for key in (*DIMENSIONS, "power_group") if key in given}


def source_places(con: DuckDBPyConnection, week_id: str, sources: Sequence[str]) -> list[Row]:
    """The sheets that the sources delivered for a week, counted no further than rows: for figures without a metric.

    A weekly source counts with its delivery of the week, a restating one with all up to it, a snapshot with the last.
    Out as in `metric_places`, `value` null.
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
