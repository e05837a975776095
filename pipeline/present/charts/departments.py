"""Figures of departments: who has most cases, who had none, and one department by week for its own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.charts.panel import (
    AMBER,
    BLUE,
    TEAL,
    Panel,
    Series,
    bars,
    cells,
    lines,
    lying_bars,
    ticks,
    week_rows,
)
from pipeline.present.charts.timing import ageing_panel, overdue_items_panel, overdue_panel, timeliness_panel
from pipeline.present.shared.rows import Row, fetch, grouped

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOP_DEPARTMENTS: Final = 15
OF_DEPARTMENT: Final = "week_id <= ? AND left(week_id, 4) = left(?, 4) AND department_id = ?"


def department_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The departments with most cases, year to date; the table holds all. In: `charts.department_volume`."""
    rows = week_rows(con, "department_volume", week_id, order="rank, department_id")
    if not rows:
        return []
    top = rows[:TOP_DEPARTMENTS]
    parts = (("accepted_ytd", "受理", BLUE), ("completed_ytd", "办结", TEAL))
    series = [Series(label, [row[column] for row in top], colour) for column, label, colour in parts]
    figure = lying_bars(series, [row["department_name"] for row in top], "件", height=90 + 34 * len(top))
    description = f"今年累计受理量最多的是{top[0]['department_name']}，{grouped(top[0]['accepted_ytd'])} 件。"
    title = f"部门今年累计受理与办结（前 {len(top)} 位）"
    columns = ("rank", "department_name", "accepted_ytd", "completed_ytd", "completion_rate_ytd")
    header = ("位次", "部门（单位）", "受理", "办结", "办结率")
    return [Panel("departments", title, description, header, tuple(cells(row, columns) for row in rows), figure)]


def one_department_panels(con: DuckDBPyConnection, week_id: str, department_id: str) -> list[Panel]:
    """One department up to an issue: cases and open cases by week, in time, overdue, ages.

    In: `charts.department_volume|timeliness_weekly` (week_id, department_id), `charts.department_ageing|overdue`.
    """
    rows = _rows(con, "department_volume", OF_DEPARTMENT, [week_id, week_id, department_id], "week_id")
    panels = [_volume_panel(rows), _open_panel(rows)] if rows else []
    timely = _rows(con, "timeliness_weekly", OF_DEPARTMENT, [week_id, week_id, department_id], "week_id")
    if timely:
        panels += [timeliness_panel(timely), overdue_panel(timely)]
    of_week = "week_id = ? AND department_id = ?"
    ages = _rows(con, "department_ageing", of_week, [week_id, department_id], "sort_order")
    if ages:
        panels.append(ageing_panel(ages, "ageing", rows[-1]["department_name"] if rows else ""))
    items = _rows(con, "overdue", of_week, [week_id, department_id], "cases DESC, longest_working_days DESC, item_code")
    return [*panels, *([overdue_items_panel(items, is_one_department=True)] if items else [])]


def _rows(con: DuckDBPyConnection, table: str, where: str, values: list[str], order: str) -> list[Row]:
    if not has_table(con, "charts", table):
        return []
    return fetch(con, f"SELECT * FROM charts.{table} WHERE {where} ORDER BY {order}", values)


def _volume_panel(rows: list[Row]) -> Panel:
    parts = (("accepted", "受理", BLUE), ("completed", "办结", TEAL))
    figure = bars(
        [Series(label, [row[name] for row in rows], colour) for name, label, colour in parts], ticks(rows), "件"
    )
    last = cells(rows[-1], ("accepted", "completed", "accepted_ytd", "completed_ytd"))
    words = f"本期受理 {last[0]} 件、办结 {last[1]} 件，今年累计受理 {last[2]} 件、办结 {last[3]} 件。"
    columns = ("week_id", "accepted", "completed", "accepted_ytd", "completed_ytd", "completion_rate_ytd")
    header = ("期", "受理", "办结", "累计受理", "累计办结", "累计办结率")
    return Panel("volume", "受理与办结逐周", words, header, tuple(cells(row, columns) for row in rows), figure)


def _open_panel(rows: list[Row]) -> Panel:
    figure = lines([Series("期末在办", [row.get("closing") for row in rows], AMBER)], ticks(rows), "件")
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    table = tuple((row["week_id"], grouped(row.get("closing"))) for row in rows)
    return Panel(
        "open", "期末在办逐周", f"期末在办 {grouped(rows[-1].get('closing'))} 件。", ("期", "在办（件）"), table, figure
    )
