"""Figures of time: completed in time, overdue, how old open cases are.

How many cases there are is in `pipeline.present.charts.cases`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.present.charts.panel import Panel, column, table_of, ticks, week_rows, year_rows
from pipeline.present.charts.shapes import (
    AMBER,
    BLUE,
    FLAGGED,
    TEAL,
    Series,
    bars,
    lines,
    lying_bars,
    part_series,
)
from pipeline.present.shared.rows import Row, grouped, percent, rows_by

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOP_ITEMS: Final = 12
TOP_DEPARTMENTS: Final = 12
# Characters of an item's name that fit beside its bar.
NAME_LENGTH: Final = 16
# The band of the oldest cases, `age_band` of charts.ageing.
OLDEST: Final = "61+"


def timeliness_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the rate in time and the overdue cases by week for the whole hall.

    In: `charts.timeliness_weekly` (week_id, department_id).
    """
    rows = year_rows(con, "timeliness_weekly", week_id, "department_id = 'ALL'")
    if not rows:
        return []
    return [timeliness_panel(rows), overdue_panel(rows)]


def timeliness_panel(rows: list[Row], key: str = "timeliness") -> Panel:
    """Draws the rate of cases completed in time by week, from rows of one department or of all."""
    last = rows[-1]
    series = (
        Series("本期", column(rows, "on_time_rate"), BLUE),
        Series("今年累计", column(rows, "on_time_rate_ytd"), TEAL),
    )
    columns = ("week_id", "on_time_cases", "deadline_cases", "on_time_rate", "on_time_rate_ytd")
    return Panel(
        key=key,
        title="按时办结率逐周",
        description=(f"本期按时办结率 {percent(last['on_time_rate'])}，今年累计 {percent(last['on_time_rate_ytd'])}。"),
        header=("期", "按时办结", "有期限的办结", "本期", "累计"),
        rows=table_of(rows, columns),
        figure=lines(series, ticks(rows), "%"),
    )


def overdue_panel(rows: list[Row], key: str = "overdue-weekly") -> Panel:
    """Draws cases that are open past their promised day by week, from rows of one department or of all."""
    now, before = rows[-1]["overdue_open"], rows[-1]["previous_overdue_open"]
    overdue = Series("超期在办", column(rows, "overdue_open"), AMBER)
    return Panel(
        key=key,
        title="超期在办逐周",
        description=f"期末超期在办 {grouped(now)} 件，上期末 {grouped(before)} 件。",
        header=("期", "期末超期在办（件）"),
        rows=table_of(rows, ("week_id", "overdue_open")),
        figure=bars([overdue], ticks(rows), "件"),
    )


def late_department_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the departments that were late most often, year to date.

    In: `charts.timeliness_weekly` (week_id, department_id).
    """
    rows = week_rows(
        con,
        "timeliness_weekly",
        week_id,
        "department_id <> 'ALL' AND deadline_cases_ytd > on_time_cases_ytd",
        "deadline_cases_ytd - on_time_cases_ytd DESC, department_id",
    )
    if not rows:
        return []
    top = rows[:TOP_DEPARTMENTS]
    late = [row["deadline_cases_ytd"] - row["on_time_cases_ytd"] for row in top]
    columns = ("department_name", "on_time_cases_ytd", "deadline_cases_ytd", "on_time_rate_ytd", "overdue_open")
    return [
        Panel(
            key="late-departments",
            title=f"今年逾期办结的部门（前 {len(top)} 位）",
            description=f"今年逾期办结最多的是{top[0]['department_name']}，{grouped(late[0])} 件。",
            header=("部门（单位）", "累计按时办结", "累计有期限的办结", "累计按时办结率", "期末超期在办"),
            rows=table_of(rows, columns),
            figure=lying_bars(
                [Series("逾期办结", late, AMBER)],
                column(top, "department_name"),
                "件",
                height=60 + 28 * len(top),
            ),
        )
    ]


def group_timeliness_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the rate in time, year to date, by group. In: `charts.group_timeliness` (week_id, power_group)."""
    rows = week_rows(con, "group_timeliness", week_id, order="sort_order, power_group")
    if not rows:
        return []
    groups = column(rows, "power_group_label")
    rates = column(rows, "on_time_rate_ytd")
    words = "；".join(f"{group} {percent(rate)}" for group, rate in zip(groups, rates, strict=True))
    columns = ("power_group_label", "on_time_cases_ytd", "deadline_cases_ytd", "on_time_rate_ytd", "overdue_open")
    return [
        Panel(
            key="group-timeliness",
            title="各组的累计按时办结率",
            description=f"累计按时办结率：{words}。",
            header=("组", "累计按时办结", "累计有期限的办结", "累计按时办结率", "期末超期在办"),
            rows=table_of(rows, columns),
            figure=bars([Series("累计按时办结率", rates, TEAL)], groups, "%", height=220),
        )
    ]


def overdue_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the items with most overdue cases; the table holds all.

    In: `charts.overdue` (week_id, department_id, item_code).
    """
    rows = week_rows(con, "overdue", week_id, order="cases DESC, longest_working_days DESC, department_id, item_code")
    if not rows:
        return []
    return [overdue_items_panel(rows)]


def overdue_items_panel(rows: list[Row], *, is_one_department: bool = False) -> Panel:
    """Draws overdue cases by item, most first; without the department's name where all are of one."""
    top = rows[:TOP_ITEMS]
    names = [_shortened(row["item_name"]) for row in top]
    if not is_one_department:
        names = [f"{row['department_name']}\n{name}" for row, name in zip(top, names, strict=True)]
    total = sum(column(rows, "cases"))
    return Panel(
        key="overdue",
        title=f"超期清单（前 {len(top)} 项）",
        description=(
            f"期末超期在办 {grouped(total)} 件，涉及 {grouped(len(rows))} 个事项；最多的是{top[0]['item_name']}。"
        ),
        header=("部门（单位）", "事项", "超期在办（件）", "最长超期（工作日）"),
        rows=table_of(rows, ("department_name", "item_name", "cases", "longest_working_days")),
        figure=lying_bars(
            [Series("超期在办", column(top, "cases"), AMBER)],
            names,
            "件",
            height=60 + 40 * len(top),
        ),
    )


def _shortened(name: str) -> str:
    if len(name) <= NAME_LENGTH:
        return name
    return name[: NAME_LENGTH - 1] + "…"


def ageing_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws all open cases by age. In: `charts.ageing` (week_id, power_group, age_band)."""
    return _ageing_panels(con, week_id, "power_group = 'ALL'")


def group_ageing_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws open cases by age, one panel a group. In: `charts.ageing` (week_id, power_group, age_band)."""
    return _ageing_panels(con, week_id, "power_group <> 'ALL'")


def _ageing_panels(con: DuckDBPyConnection, week_id: str, where: str) -> list[Panel]:
    rows = week_rows(con, "ageing", week_id, where, "sort_order")
    panels = []
    for group, bands in rows_by(rows, "power_group").items():
        panels.append(ageing_panel(bands, f"ageing-{group}", bands[0]["power_group_label"]))
    return panels


def ageing_panel(rows: list[Row], key: str, name: str) -> Panel:
    """Draws open cases by band of age in working days; the oldest band stands out."""
    cases = Series("在办", column(rows, "cases"), BLUE)
    figure = lying_bars([cases], column(rows, "age_band_label"), "件", height=60 + 28 * len(rows))
    figure.data[0].marker.color = [FLAGGED if row["age_band"] == OLDEST else BLUE for row in rows]
    table = table_of(rows, ("age_band_label", "cases"))
    words = "，".join(f"{band} {count} 件" for band, count in table)
    return Panel(
        key=key,
        title=f"{name}：在办件的时长",
        description=f"{name}在办件：{words}。",
        header=("时长", "在办（件）"),
        rows=table,
        figure=figure,
    )


def department_ageing_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the departments with most cases open for over 60 working days, by band.

    In: `charts.department_ageing` (week_id, department_id, age_band).
    """
    rows = week_rows(con, "department_ageing", week_id, order="sort_order, department_id")
    if not rows:
        return []
    # An issue that is shown as an earlier version of the program released it has no names in this table.
    names = {row["department_id"]: row["department_name"] or row["department_id"] for row in rows}
    bands = {row["age_band"]: row["age_band_label"] for row in rows}
    cases = {(row["department_id"], row["age_band"]): row["cases"] for row in rows}
    ranked = sorted(names, key=lambda department: (-cases.get((department, OLDEST), 0), department))
    top = ranked[:TOP_DEPARTMENTS]
    by_band = {}
    for band, label in bands.items():
        by_band[label] = [cases.get((department, band), 0) for department in top]
    figure = lying_bars(
        part_series(by_band),
        [names[department] for department in top],
        "件",
        height=100 + 30 * len(top),
    )
    figure.update_layout(barmode="stack")
    table = []
    for department in ranked:
        table.append((names[department], *(grouped(cases.get((department, band), 0)) for band in bands)))
    worst = top[0]
    return [
        Panel(
            key="department-ageing",
            title=f"各部门在办件的时长（前 {len(top)} 位）",
            description=(f"在办超过 60 个工作日最多的是{names[worst]}，{grouped(cases.get((worst, OLDEST), 0))} 件。"),
            header=("部门（单位）", *bands.values()),
            rows=tuple(table),
            figure=figure,
        )
    ]
