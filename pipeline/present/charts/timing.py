"""Figures of time: completed in time, overdue, how old open cases are; how many there are is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.present.charts.panel import (
    AMBER,
    BLUE,
    FLAGGED,
    PARTS,
    TEAL,
    Panel,
    Series,
    bars,
    cells,
    lines,
    lying_bars,
    ticks,
    week_rows,
    year_rows,
)
from pipeline.present.shared.rows import Row, grouped, percent
from pipeline.present.shared.summary import GROUPS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOP_ITEMS: Final = 12
TOP_DEPARTMENTS: Final = 12
OLDEST: Final = "61+"


def timeliness_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """In time by week for the whole hall, and the departments that were late most often.

    In: `charts.timeliness_weekly` (week_id, department_id).
    """
    rows = year_rows(con, "timeliness_weekly", week_id, "department_id = 'ALL'")
    if not rows:
        return []
    late = week_rows(
        con,
        "timeliness_weekly",
        week_id,
        "department_id <> 'ALL' AND deadline_cases_ytd > on_time_cases_ytd",
        "deadline_cases_ytd - on_time_cases_ytd DESC, department_id",
    )
    return [timeliness_panel(rows), overdue_panel(rows), *([_late_panel(late)] if late else [])]


def timeliness_panel(rows: list[Row], key: str = "timeliness") -> Panel:
    """The rate of cases completed in time by week, from rows of one department or of all."""
    series = (
        Series("本期", [row["on_time_rate"] for row in rows], BLUE),
        Series("今年累计", [row["on_time_rate_ytd"] for row in rows], TEAL),
    )
    names = ("week_id", "on_time_cases", "deadline_cases", "on_time_rate", "on_time_rate_ytd")
    last = rows[-1]
    words = f"本期按时办结率 {percent(last['on_time_rate'])}，今年累计 {percent(last['on_time_rate_ytd'])}。"
    header = ("期", "按时办结", "有期限的办结", "本期", "累计")
    table = tuple(cells(row, names) for row in rows)
    return Panel(key, "按时办结率逐周", words, header, table, lines(series, ticks(rows), "%"))


def overdue_panel(rows: list[Row], key: str = "overdue-weekly") -> Panel:
    """Cases that are open past their promised day by week, from rows of one department or of all."""
    figure = bars([Series("超期在办", [row["overdue_open"] for row in rows], AMBER)], ticks(rows), "件")
    last = rows[-1]
    words = f"期末超期在办 {grouped(last['overdue_open'])} 件，上期末 {grouped(last['previous_overdue_open'])} 件。"
    table = tuple(cells(row, ("week_id", "overdue_open")) for row in rows)
    return Panel(key, "超期在办逐周", words, ("期", "期末超期在办（件）"), table, figure)


def _late_panel(rows: list[Row]) -> Panel:
    top = rows[:TOP_DEPARTMENTS]
    late = [row["deadline_cases_ytd"] - row["on_time_cases_ytd"] for row in top]
    figure = lying_bars(
        [Series("逾期办结", late, AMBER)], [row["department_name"] for row in top], "件", height=60 + 28 * len(top)
    )
    words = f"今年逾期办结最多的是{top[0]['department_name']}，{grouped(late[0])} 件。"
    names = ("department_name", "on_time_cases_ytd", "deadline_cases_ytd", "on_time_rate_ytd", "overdue_open")
    header = ("部门（单位）", "累计按时办结", "累计有期限的办结", "累计按时办结率", "期末超期在办")
    table = tuple(cells(row, names) for row in rows)
    return Panel("late-departments", f"今年逾期办结的部门（前 {len(top)} 位）", words, header, table, figure)


def group_timeliness_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Completed in time and late, year to date, by group. In: `charts.group_timeliness` (week_id, power_group)."""
    rows = week_rows(con, "group_timeliness", week_id, order="sort_order, power_group")
    if not rows:
        return []
    names = [row["power_group_label"] for row in rows]
    figure = bars([Series("累计按时办结率", [row["on_time_rate_ytd"] for row in rows], TEAL)], names, "%", height=220)
    words = "；".join(f"{row['power_group_label']} {percent(row['on_time_rate_ytd'])}" for row in rows)
    columns = ("power_group_label", "on_time_cases_ytd", "deadline_cases_ytd", "on_time_rate_ytd", "overdue_open")
    header = ("组", "累计按时办结", "累计有期限的办结", "累计按时办结率", "期末超期在办")
    table = tuple(cells(row, columns) for row in rows)
    return [Panel("group-timeliness", "三组的累计按时办结率", f"累计按时办结率：{words}。", header, table, figure)]


def overdue_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The items with most overdue cases; the table holds all.

    In: `charts.overdue` (week_id, department_id, item_code).
    """
    rows = week_rows(con, "overdue", week_id, order="cases DESC, longest_working_days DESC, department_id, item_code")
    return [overdue_items_panel(rows)] if rows else []


def overdue_items_panel(rows: list[Row], *, is_one_department: bool = False) -> Panel:
    """Overdue cases by item, most first; without the department's name where all are of one."""
    top = rows[:TOP_ITEMS]
    items = [_short(row["item_name"]) for row in top]
    names = (
        items
        if is_one_department
        else [f"{row['department_name']}\n{name}" for row, name in zip(top, items, strict=True)]
    )
    figure = lying_bars(
        [Series("超期在办", [row["cases"] for row in top], AMBER)], names, "件", height=60 + 40 * len(top)
    )
    columns = ("department_name", "item_name", "cases", "longest_working_days")
    total = sum(row["cases"] for row in rows)
    words = f"期末超期在办 {grouped(total)} 件，涉及 {grouped(len(rows))} 个事项；最多的是{top[0]['item_name']}。"
    header = ("部门（单位）", "事项", "超期在办（件）", "最长超期（工作日）")
    table = tuple(cells(row, columns) for row in rows)
    return Panel("overdue", f"超期清单（前 {len(top)} 项）", words, header, table, figure)


def _short(name: str, most: int = 16) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def ageing_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Open cases by age, all and one panel a group. In: `charts.ageing` (week_id, power_group, age_band)."""
    rows = week_rows(con, "ageing", week_id, order="sort_order")
    by_group = {group: [row for row in rows if row["power_group"] == group] for group in ("ALL", *GROUPS)}
    return [
        ageing_panel(found, f"ageing-{group}", found[0]["power_group_label"])
        for group, found in by_group.items()
        if found
    ]


def ageing_panel(rows: list[Row], key: str, name: str) -> Panel:
    """Open cases by band of age in working days; the oldest band stands out."""
    labels = [row["age_band_label"] for row in rows]
    figure = lying_bars(
        [Series("在办", [row["cases"] for row in rows], BLUE)], labels, "件", height=60 + 28 * len(rows)
    )
    figure.data[0].marker.color = [FLAGGED if row["age_band"] == OLDEST else BLUE for row in rows]
    words = "，".join(f"{row['age_band_label']} {grouped(row['cases'])} 件" for row in rows)
    table = tuple(cells(row, ("age_band_label", "cases")) for row in rows)
    return Panel(key, f"{name}：在办件的时长", f"{name}在办件：{words}。", ("时长", "在办（件）"), table, figure)


def department_ageing_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The departments with most cases open for over 60 working days, by band.

    In: `charts.department_ageing` (week_id, department_id, age_band).
    """
    rows = week_rows(con, "department_ageing", week_id, order="sort_order, department_id")
    if not rows:
        return []
    # An issue that is shown as an earlier version of the program released it has no names in this table.
    names = {row["department_id"]: row["department_name"] or row["department_id"] for row in rows}
    bands = list(dict.fromkeys((row["age_band"], row["age_band_label"]) for row in rows))
    cases = {(row["department_id"], row["age_band"]): row["cases"] for row in rows}
    ranked = sorted({row["department_id"] for row in rows}, key=lambda one: (-cases.get((one, OLDEST), 0), one))
    top = ranked[:TOP_DEPARTMENTS]
    series = [
        Series(label, [cases.get((one, band), 0) for one in top], PARTS[at % len(PARTS)])
        for at, (band, label) in enumerate(bands)
    ]
    figure = lying_bars(series, [names[one] for one in top], "件", height=100 + 30 * len(top))
    figure.update_layout(barmode="stack")
    words = f"在办超过 60 个工作日最多的是{names[top[0]]}，{grouped(cases.get((top[0], OLDEST), 0))} 件。"
    table = tuple((names[one], *(grouped(cases.get((one, band), 0)) for band, _ in bands)) for one in ranked)
    header = ("部门（单位）", *(label for _, label in bands))
    return [Panel("department-ageing", f"各部门在办件的时长（前 {len(top)} 位）", words, header, table, figure)]
