"""One drawn figure with its words and its table, and how a chart table is read for it.

The marks are drawn in `pipeline.present.charts.shapes`; which charts there are is in
`pipeline.present.charts.registry`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.shared.rows import NOT_REPORTED, Row, grouped, percent
from pipeline.present.shared.withheld import chart_rows, printed
from pipeline.reporting_calendar.week_ids import read_week_id, year_bounds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Table = tuple[tuple[str, ...], ...]
# The issue's year up to the issue; its parameters are `span_of`.
SPAN: Final = "week_id BETWEEN ? AND ?"
# Columns of chart tables that a week's own file fills: empty, the file has not arrived.
FIGURES_OF_WEEK: Final = frozenset(
    {"value", "accepted", "completed", "online_accepted", "trainees", "main_items", "sessions"}
)


@dataclass(frozen=True)
class Panel:
    """One drawn figure with what a reader who does not see it needs: a sentence, and the same numbers as a table.

    `origin` is its anchor on the provenance page, where that is not the chart's.
    """

    key: str
    title: str
    description: str
    header: tuple[str, ...]
    rows: Table
    figure: Any
    origin: str = ""

    @property
    def axis(self) -> str:
        """What the figure's axis counts and where it begins; empty where nothing is drawn."""
        return str(self.figure.layout.meta["axis"])


def year_rows(
    con: DuckDBPyConnection, table: str, week_id: str, where: str = "true", order: str = "week_id"
) -> list[Row]:
    """Reads the rows of `charts.<table>` in the issue's year up to the issue; `where` and `order` are SQL of ours."""
    query = f"SELECT * FROM charts.{table} WHERE {SPAN} AND {where} ORDER BY {order}"
    return chart_rows(con, table, query, span_of(week_id), span_of(week_id))


def span_of(week_id: str) -> list[str]:
    """Returns the parameters of SPAN: 2023-15 gives 2023-00 and 2023-15. A chart is drawn from its table alone."""
    first, _ = year_bounds(week_id)
    return [first, week_id]


def week_rows(con: DuckDBPyConnection, table: str, week_id: str, where: str = "true", order: str = "1") -> list[Row]:
    """Reads the rows of `charts.<table>` of the issue; `where` and `order` are SQL of ours."""
    query = f"SELECT * FROM charts.{table} WHERE week_id = ? AND {where} ORDER BY {order}"
    return chart_rows(con, table, query, [week_id], [week_id])


def column(rows: Iterable[Row], name: str) -> list[Any]:
    """Returns the values of one column."""
    return [row[name] for row in rows]


def weeks_of(rows: Iterable[Row]) -> list[str]:
    """Returns the weeks that the rows are of, in time."""
    return sorted({row["week_id"] for row in rows})


def issue_label(week_id: str) -> str:
    """Writes a week as a tick: 2023-07 gives 7期."""
    _, number = read_week_id(week_id)
    return f"{number}期"


def ticks(rows: Iterable[Row]) -> list[str]:
    """Returns the ticks of rows that are one a week."""
    return week_ticks(column(rows, "week_id"))


def week_ticks(weeks: Iterable[str]) -> list[str]:
    """Returns the ticks of weeks: 2023-06, 2023-07 give 6期, 7期."""
    return list(map(issue_label, weeks))


def table_of(rows: Iterable[Row], columns: Sequence[str]) -> Table:
    """Returns these columns of the rows as text, for the table beneath a figure."""
    return tuple(cells(row, columns) for row in rows)


def cells(row: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    """Returns these columns of a row as text: numbers grouped, rates with their sign, words as they are."""
    return tuple(_cell(name, printed(row, name)) for name in columns)


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None and name in FIGURES_OF_WEEK:
        return NOT_REPORTED
    # `on_time_rate_ytd`, `share_pct`
    is_rate = "_rate" in name or "_pct" in name
    return percent(value) if is_rate else grouped(value)
