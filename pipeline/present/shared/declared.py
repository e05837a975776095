"""The figures that contracts declare, one for each measure, in the form of those that the weekly prints.

In: `charts.measure_weekly` (week_id, metric, split, member). The program's own figures are in
`pipeline.present.shared.metrics`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.metrics import WeeklyFigure, WeeklySection
from pipeline.present.shared.rows import InPlaces, Row, fetch
from pipeline.present.shared.withheld import chart_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE: Final = "measure_weekly"
"""The chart table, without its schema."""
WHOLE: Final = "ALL"
"""What split and member are called in the rows of all together."""
# The metric stands last: a section's figures go by the last column of its key.
KEY: Final = ("split", "member", "metric")
NUMBERS: Final = ("value", "value_ytd", "previous_value", "change")
_FLOWS: Final = frozenset({"flow", "cohort"})


def declared_rows(con: DuckDBPyConnection, week_id: str, condition: str = f"split = '{WHOLE}'") -> list[Row]:
    """Returns the rows of one week in the order of the contracts, numbers with the places that are printed.

    `condition` is SQL of ours. What is not reported every week and has nothing to say in this one is left out.
    """
    if not has_table(con, "charts", TABLE):
        return []
    query = f"SELECT * FROM charts.{TABLE} WHERE week_id = ? AND {condition} ORDER BY sort_order, split, member"
    rows = chart_rows(con, TABLE, query, [week_id], [week_id])
    return [in_places(row) for row in rows if row["value"] is not None or row["flag"] or row["comment"]]


def in_places(row: Row) -> Row:
    """Returns a row with its numbers in the places that are printed: 67.00 of a count is 67, of a rate 67.00."""
    return {**row, **{name: _in_places(row[name], row["decimals"]) for name in NUMBERS}}


def _in_places(value: Any, places: int) -> Any:
    if not isinstance(value, Decimal):
        return value
    if places == 0:
        return int(value)
    return InPlaces(value.quantize(Decimal(1).scaleb(-places)))


def source_titles(con: DuckDBPyConnection) -> dict[str, str]:
    """Returns what exports are called, in the published file or in the warehouse; by source."""
    for schema, table, column in (("docs", "source", "title"), ("core", "export", "source_label")):
        if has_table(con, schema, table):
            rows = fetch(con, f"SELECT source, {column} AS title FROM {schema}.{table}")
            return {str(row["source"]): str(row["title"]) for row in rows}
    return {}


def figure_of(row: Row, titles: dict[str, str]) -> WeeklyFigure:
    """Returns the figure of a row of `declared_rows`; its section is the export that it is counted from."""
    source = str(row["source"])
    section = WeeklySection(
        code=source,
        title=titles.get(source, source),
        table=TABLE,
        source=source,
        key=KEY,
        checked_with=("marts.measure_value", "marts.weekly_metric", "marts.volume_band"),
    )
    has_year = row["basis"] not in ("stock", "distinct")
    return WeeklyFigure(
        section,
        code=row["metric"],
        name=row["metric_label"],
        column_ytd="value_ytd" if has_year else None,
        label=row["metric_label"],
        unit=row["unit"],
        is_flow=row["basis"] in _FLOWS,
        is_headline=row["is_headline"],
    )
