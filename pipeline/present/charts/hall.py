"""Figures of the hall itself: counters, authorisation, training, inspection, activities; cases are elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.present.charts.panel import (
    AMBER,
    BLUE,
    FLAGGED,
    GREY,
    PALE,
    PARTS,
    TEAL,
    Panel,
    Series,
    bars,
    cells,
    frame,
    issue_label,
    lying_bars,
    ticks,
    year_rows,
)
from pipeline.present.shared.rows import Row, grouped
from pipeline.present.shared.summary import MEASURES, STATUSES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STACKS: Final = (("authorized", "已授权", BLUE), ("not_authorized", "未授权", AMBER))


def window_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """A bar a week for each of the four counters, each on its own scale: they are independent, never compared.

    In: `charts.window_weekly` (week_id, measure) of the issue's year up to the issue.
    """
    rows = year_rows(con, "window_weekly", week_id)
    by_measure = {measure: [row for row in rows if row["measure"] == measure] for measure in MEASURES}
    return [_window_panel(measure, found) for measure, found in by_measure.items() if found]


def _window_panel(measure: str, rows: list[Row]) -> Panel:
    import plotly.graph_objects as go

    last = rows[-1]
    label, unit, mean = last["measure_label"], last["unit"], last["mean_to_date"]
    colours = [FLAGGED if row["flag"] else PALE for row in rows]
    colours[-1] = FLAGGED if last["flag"] else BLUE
    marks = go.Bar(
        x=[issue_label(row["week_id"]) for row in rows],
        y=[row["value"] for row in rows],
        marker={"color": colours},
        hovertemplate=f"%{{x}}：%{{y:,}} {unit}<extra></extra>",
    )
    figure = frame([marks], height=180)
    if mean is not None:
        figure.add_hline(y=float(mean), line={"color": GREY, "width": 1.5, "dash": "dot"})
    figure.update_yaxes(nticks=4, tickformat=",d")
    figure.update_xaxes(nticks=6, tickangle=0)
    return Panel(
        f"window-{measure}",
        f"{label}逐周",
        f"{label}逐周柱图：本期 {grouped(last['value'])} {unit}，今年以来周均 {grouped(mean)} {unit}（虚线）。",
        ("期", f"{label}（{unit}）", "今年累计"),
        tuple((row["week_id"], grouped(row["value"]), grouped(row["value_ytd"])) for row in rows),
        figure,
    )


def authorization_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Departments with and without authorisation by week. In: `charts.authorization_status` (week_id, status)."""
    rows = year_rows(con, "authorization_status", week_id)
    return [_standing_panel(rows)] if rows else []


def authorization_change_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The share authorised by week, and who came or went. In: `charts.authorization_weekly` (week_id, status)."""
    rows = year_rows(con, "authorization_weekly", week_id, "status = 'authorized'")
    if not rows:
        return []
    share = Series("已授权占进驻", [row["share_pct"] for row in rows], BLUE)
    figure = bars([share], ticks(rows), "%", height=200)
    header = ("期", "已授权", "较上期", "占进驻", "新增", "减少")
    names = ("week_id", "departments", "change", "share_pct", "joined_names", "left_names")
    last = cells(rows[-1], names)
    description = f"本期已授权 {last[1]} 个，占进驻部门的 {last[3]}；较上期 {last[2]} 个。"
    table = tuple(cells(row, names) for row in rows)
    return [Panel("authorization-share", "已授权部门占比逐周", description, header, table, figure)]


def _standing_panel(rows: list[Row]) -> Panel:
    counts = {(row["week_id"], row["status"]): row["departments"] for row in rows}
    weeks = sorted({row["week_id"] for row in rows})
    series = [Series(label, [counts.get((week, status)) for week in weeks], colour) for status, label, colour in STACKS]
    figure = bars(series, [issue_label(week) for week in weeks], "个", stacked=True)
    now = [grouped(counts.get((weeks[-1], status))) for status in STATUSES]
    description = f"本期进驻 {now[0]} 个部门（单位），已授权 {now[1]} 个，未授权 {now[2]} 个。"
    table = tuple((week, *(grouped(counts.get((week, status))) for status in STATUSES)) for week in weeks)
    return Panel("authorization", "授权情况逐周", description, ("期", "进驻", "已授权", "未授权"), table, figure)


def training_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Trainees and main items of each week. In: `charts.training_weekly` (week_id)."""
    rows = year_rows(con, "training_weekly", week_id)
    if not rows:
        return []
    parts = (
        ("trainees", "综窗人员（名）", BLUE),
        ("main_items", "主项（个）", TEAL),
        ("sessions", "培训（次）", AMBER),
    )
    series = [Series(label, [row[column] for row in rows], colour) for column, label, colour in parts]
    figure = bars(series, ticks(rows), "")
    names = ("week_id", "trainees", "main_items", "sessions")
    last = cells(rows[-1], names)
    description = f"本期培训综窗人员 {last[1]} 名、主项 {last[2]} 个、{last[3]} 次。"
    header = ("期", *(label for _, label, _ in parts))
    return [Panel("training", "业务培训逐周", description, header, tuple(cells(row, names) for row in rows), figure)]


def inspection_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Issues found at inspections, year to date, by item. In: `charts.inspection_weekly` (week_id, inspection_item)."""
    rows = year_rows(con, "inspection_weekly", week_id, order="week_id DESC, sort_order, inspection_item")
    if not rows:
        return []
    found: dict[str, int] = {}
    for row in rows:
        found[row["inspection_item"]] = found.get(row["inspection_item"], 0) + (row["issues"] or 0)
    figure = lying_bars(
        [Series("发现问题", list(found.values()), AMBER)], list(found), "个", height=60 + 30 * len(found)
    )
    total = sum(found.values())
    description = f"今年以来巡查 {len(found)} 个项目，发现问题 {grouped(total)} 个。"
    table = tuple(
        (row["week_id"], row["inspection_item"], row["conclusion"] or "", grouped(row["issues"])) for row in rows
    )
    return [Panel("inspection", "大厅巡查：今年发现的问题", description, ("期", "项目", "结论", "问题"), table, figure)]


def activity_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Activities adopted by week and category. In: `charts.activity` (week_id, seq)."""
    rows = year_rows(con, "activity", week_id, order="week_id, seq")
    if not rows:
        return []
    weeks = sorted({row["week_id"] for row in rows})
    categories = list(dict.fromkeys(row["category"] for row in rows))
    counts = {
        name: [sum(row["week_id"] == week and row["category"] == name for row in rows) for week in weeks]
        for name in categories
    }
    series = [Series(name, counts[name], PARTS[number % len(PARTS)]) for number, name in enumerate(categories)]
    figure = bars(series, [issue_label(week) for week in weeks], "条", stacked=True)
    table = tuple((week, *(grouped(counts[name][at]) for name in categories)) for at, week in enumerate(weeks))
    description = f"今年以来采用窗口动态 {grouped(len(rows))} 条，分 {len(categories)} 类。"
    return [Panel("activity", "窗口动态采用条数逐周", description, ("期", *categories), table, figure)]
