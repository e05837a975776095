"""Figures of accepted, completed and open cases by group: year to date, stock and flow, by week; no department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.present.charts.panel import (
    AMBER,
    BLUE,
    FLAGGED,
    GREY,
    TEAL,
    Panel,
    Series,
    frame,
    issue_label,
    lines,
    week_rows,
    year_rows,
)
from pipeline.present.shared.rows import Row, grouped
from pipeline.present.shared.summary import GROUPS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def item_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Accepted beside completed, year to date, one panel a group.

    In: `charts.item_ytd` (week_id, power_group, measure).
    """
    rows = week_rows(con, "item_ytd", week_id, order="measure")
    by_group = {group: [row for row in rows if row["power_group"] == group] for group in GROUPS}
    return [_item_panel(group, found) for group, found in by_group.items() if found]


def _item_panel(group: str, rows: list[Row]) -> Panel:
    import plotly.graph_objects as go

    name = rows[0]["power_group_label"]
    marks = go.Bar(
        orientation="h",
        y=[row["measure_label"] for row in rows],
        x=[row["value_ytd"] for row in rows],
        marker={
            "color": [FLAGGED if row["flag"] else (BLUE if row["measure"] == "accepted" else TEAL) for row in rows]
        },
        hovertemplate="%{y} %{x:,} 件<extra></extra>",
    )
    figure = frame([marks], height=130)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(nticks=4, tickformat=",d", rangemode="tozero")
    words = "，".join(f"{row['measure_label']} {grouped(row['value_ytd'])} 件" for row in rows)
    return Panel(
        f"items-{group}",
        f"{name}：今年累计受理与办结",
        f"{name}今年累计{words}。",
        ("口径", "今年累计（件）"),
        tuple((row["measure_label"], grouped(row["value_ytd"])) for row in rows),
        figure,
    )


def balance_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Stock and flow of cases, one waterfall a group. In: `charts.case_balance` (week_id, power_group)."""
    rows = week_rows(con, "case_balance", week_id)
    by_group = {row["power_group"]: row for row in rows}
    return [_balance_panel(group, by_group[group]) for group in GROUPS if group in by_group]


def _balance_panel(group: str, row: Row) -> Panel:
    import plotly.graph_objects as go

    name = row["power_group_label"]
    others = row["closed_ytd"] - row["completed_ytd"]
    steps = (
        ("上年结转", row["opening"], row["opening"], "absolute"),
        ("受理", row["accepted_ytd"], row["accepted_ytd"], "relative"),
        ("办结", row["completed_ytd"], -row["completed_ytd"], "relative"),
        ("作废等", others, -others, "relative"),
        ("结转下期", row["closing"], row["closing"], "total"),
    )
    waterfall = go.Waterfall(
        orientation="h",
        y=[label for label, *_ in steps],
        x=[move for _, _, move, _ in steps],
        measure=[kind for *_, kind in steps],
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": TEAL}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GREY, "width": 1}},
        hovertemplate="%{y} %{x:,} 件<extra></extra>",
    )
    figure = frame([waterfall], height=230)
    ends = _bar_ends(row)
    # Plotly writes the number of a falling bar at its lower end, on top of others; at the upper end all can be read.
    for (label, shown, _, _), end in zip(steps, ends, strict=True):
        figure.add_annotation(y=label, x=end, text=f" {grouped(shown)}", showarrow=False, xanchor="left")
    figure.update_xaxes(range=[0, max(*ends, 1) * 1.32], nticks=3, tickformat=",d")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    words = "，".join(f"{label} {grouped(shown)} 件" for label, shown, _, _ in steps)
    table = tuple((label, grouped(shown)) for label, shown, _, _ in steps)
    return Panel(f"balance-{group}", f"{name}：结转与流量", f"{name}：{words}。", ("环节", "件"), table, figure)


def _bar_ends(row: Row) -> tuple[int, ...]:
    total = row["opening"] + row["accepted_ytd"]
    return row["opening"], total, total, total - row["completed_ytd"], row["closing"]


def group_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Accepted, completed and open cases by week, one panel a group: their scales differ a hundredfold.

    In: `charts.group_weekly` (week_id, power_group, measure).
    """
    rows = year_rows(con, "group_weekly", week_id, order="week_id, sort_order")
    by_group = {group: [row for row in rows if row["power_group"] == group] for group in GROUPS}
    return [_group_panel(group, found) for group, found in by_group.items() if found]


def _group_panel(group: str, rows: list[Row]) -> Panel:
    name = rows[0]["power_group_label"]
    weeks = sorted({row["week_id"] for row in rows})
    values = {(row["week_id"], row["measure"]): row["value"] for row in rows}
    parts = (("accepted", "受理", BLUE), ("completed", "办结", TEAL), ("open", "期末在办", AMBER))
    series = [Series(label, [values.get((week, key)) for week in weeks], colour) for key, label, colour in parts]
    figure = lines(series, [issue_label(week) for week in weeks], "件", height=230)
    figure.update_yaxes(tickformat=",d", rangemode="tozero")
    now = "，".join(f"{label} {grouped(values.get((weeks[-1], key)))} 件" for key, label, _ in parts)
    table = tuple((week, *(grouped(values.get((week, key))) for key, *_ in parts)) for week in weeks)
    return Panel(
        f"group-{group}", f"{name}：逐周", f"{name}本期{now}。", ("期", "受理", "办结", "期末在办"), table, figure
    )
