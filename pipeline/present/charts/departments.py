"""Figures of departments: who has most cases, and one department by week for its own page.

Time limits of all departments together are in `pipeline.present.charts.timing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.charts.panel import SPAN, Panel, cells, column, span_of, table_of, ticks, week_rows
from pipeline.present.charts.pending import pending_panel
from pipeline.present.charts.shapes import AMBER, BLUE, TEAL, Series, bars, lines, lying_bars
from pipeline.present.charts.timing import ageing_panel, overdue_items_panel, overdue_panel, timeliness_panel
from pipeline.present.shared.rows import Row, grouped
from pipeline.present.shared.withheld import chart_rows, pending_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOP_DEPARTMENTS: Final = 15


def department_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the departments with most cases, year to date; the table holds all.

    In: `charts.department_volume` (week_id, department_id). A hall without case detail has no such figures.
    """
    rows = week_rows(con, "department_volume", week_id, "accepted_ytd IS NOT NULL", order="rank, department_id")
    if not rows:
        return []
    top = rows[:TOP_DEPARTMENTS]
    busiest = top[0]
    series = (
        Series("受理", column(top, "accepted_ytd"), BLUE),
        Series("办结", column(top, "completed_ytd"), TEAL),
    )
    return [
        Panel(
            key="departments",
            title=f"部门今年累计受理与办结（前 {len(top)} 位）",
            description=(
                f"今年累计受理量最多的是{busiest['department_name']}，{grouped(busiest['accepted_ytd'])} 件。"
            ),
            header=("位次", "部门（单位）", "受理", "办结", "办结率"),
            rows=table_of(rows, ("rank", "department_name", "accepted_ytd", "completed_ytd", "completion_rate_ytd")),
            figure=lying_bars(series, column(top, "department_name"), "件", height=90 + 34 * len(top)),
        )
    ]


def one_department_panels(con: DuckDBPyConnection, week_id: str, department_id: str) -> list[Panel]:
    """Draws one department up to an issue: cases and open cases by week, in time, overdue, ages.

    In: `charts.department_volume|timeliness_weekly` (week_id, department_id), `charts.department_ageing|overdue`.
    """
    pending = []
    for table in ("department_volume", "timeliness_weekly", "department_ageing", "overdue"):
        pending += pending_of(con, table, span_of(week_id))
    if pending:
        return [pending_panel("pending-department", "本部门的办件", pending)]
    panels = []
    volume = _year_rows(con, "department_volume", week_id, department_id)
    # A hall without case detail knows nothing of cases: a figure of zeros would say that there were none.
    if any(row["accepted_ytd"] is not None for row in volume):
        panels += [_volume_panel(volume), _open_panel(volume)]
    timely = _year_rows(con, "timeliness_weekly", week_id, department_id)
    if timely:
        panels += [timeliness_panel(timely), overdue_panel(timely)]
    ages = _week_rows(con, "department_ageing", week_id, department_id, "sort_order")
    if ages:
        name = volume[-1]["department_name"] if volume else ""
        panels.append(ageing_panel(ages, "ageing", name))
    order = "cases DESC, longest_working_days DESC, item_code"
    items = _week_rows(con, "overdue", week_id, department_id, order)
    if items:
        panels.append(overdue_items_panel(items, is_one_department=True))
    return panels


def _year_rows(con: DuckDBPyConnection, table: str, week_id: str, department_id: str) -> list[Row]:
    """The department's rows of a chart in the issue's year up to the issue."""
    if not has_table(con, "charts", table):
        return []
    query = f"SELECT * FROM charts.{table} WHERE {SPAN} AND department_id = ? ORDER BY week_id"
    return chart_rows(con, table, query, [*span_of(week_id), department_id], span_of(week_id))


def _week_rows(con: DuckDBPyConnection, table: str, week_id: str, department_id: str, order: str) -> list[Row]:
    """The department's rows of a chart in the issue's week; `order` is SQL of ours."""
    if not has_table(con, "charts", table):
        return []
    query = f"SELECT * FROM charts.{table} WHERE week_id = ? AND department_id = ? ORDER BY {order}"
    return chart_rows(con, table, query, [week_id, department_id], [week_id])


def _volume_panel(rows: list[Row]) -> Panel:
    series = (
        Series("受理", column(rows, "accepted"), BLUE),
        Series("办结", column(rows, "completed"), TEAL),
    )
    columns = ("accepted", "completed", "accepted_ytd", "completed_ytd")
    accepted, completed, accepted_ytd, completed_ytd = cells(rows[-1], columns)
    return Panel(
        key="volume",
        title="受理与办结逐周",
        description=(
            f"本期受理 {accepted} 件、办结 {completed} 件，今年累计受理 {accepted_ytd} 件、办结 {completed_ytd} 件。"
        ),
        header=("期", "受理", "办结", "累计受理", "累计办结", "累计办结率"),
        rows=table_of(rows, ("week_id", *columns, "completion_rate_ytd")),
        figure=bars(series, ticks(rows), "件"),
    )


def _open_panel(rows: list[Row]) -> Panel:
    # A release of an earlier version of the program has no closing stock.
    closing = [row.get("closing") for row in rows]
    figure = lines([Series("期末在办", closing, AMBER)], ticks(rows), "件", from_zero=True)
    figure.update_yaxes(tickformat=",d")
    return Panel(
        key="open",
        title="期末在办逐周",
        description=f"期末在办 {grouped(closing[-1])} 件。",
        header=("期", "在办（件）"),
        rows=tuple((row["week_id"], grouped(row.get("closing"))) for row in rows),
        figure=figure,
    )
