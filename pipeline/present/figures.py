"""Plotly figures drawn from chart tables alone; pages, and what a number means, are elsewhere.

Marks have fixed colours that stand out on white and on dark ground; text and grid take theirs from the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.rows import MISSING, Row, fetch, grouped
from pipeline.present.tables import GROUPS, MEASURES, STATUSES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BLUE: Final = "#2f74c0"
PALE: Final = "#7d97b5"
TEAL: Final = "#1c8a7d"
AMBER: Final = "#b57614"
GREY: Final = "#7a8594"
FLAGGED: Final = "#cc4b37"
TOP_DEPARTMENTS: Final = 15
SPAN: Final = "week_id <= ? AND left(week_id, 4) = left(?, 4)"


@dataclass(frozen=True)
class Panel:
    """One drawn figure with what a reader who does not see it needs: a sentence, and the same numbers as a table."""

    key: str
    title: str
    description: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figure: Any


def panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """All panels of an issue, in the order of the weekly; a table without rows of this issue gives none."""
    makers: tuple[Callable[[DuckDBPyConnection, str], list[Panel]], ...] = (
        window_panels,
        authorization_panels,
        item_panels,
        balance_panels,
        department_panels,
    )
    return [panel for make in makers for panel in make(con, week_id)]


def window_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """A bar a week for each of the four counters, each on its own scale: they are independent, never compared.

    In: `charts.window_weekly` (week_id, measure) of the issue's year up to the issue.
    """
    rows = fetch(con, f"SELECT * FROM charts.window_weekly WHERE {SPAN} ORDER BY week_id", [week_id, week_id])
    by_measure = {measure: [row for row in rows if row["measure"] == measure] for measure in MEASURES}
    return [_window_panel(measure, found) for measure, found in by_measure.items() if found]


def _window_panel(measure: str, rows: list[Row]) -> Panel:
    import plotly.graph_objects as go

    last = rows[-1]
    label, unit, mean = last["measure_label"], last["unit"], last["mean_to_date"]
    colours = [FLAGGED if row["flag"] else PALE for row in rows]
    colours[-1] = FLAGGED if last["flag"] else BLUE
    bars = go.Bar(
        x=[issue_label(row["week_id"]) for row in rows],
        y=[row["value"] for row in rows],
        marker={"color": colours},
        hovertemplate=f"%{{x}}：%{{y:,}} {unit}<extra></extra>",
    )
    figure = _figure([bars], height=180)
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
    import plotly.graph_objects as go

    rows = fetch(con, f"SELECT * FROM charts.authorization_status WHERE {SPAN} ORDER BY week_id", [week_id, week_id])
    if not rows:
        return []
    counts = {(row["week_id"], row["status"]): row["departments"] for row in rows}
    weeks = sorted({row["week_id"] for row in rows})
    stacks = (("authorized", "已授权", BLUE), ("not_authorized", "未授权", AMBER))
    bars = [
        go.Bar(
            name=label,
            x=[issue_label(week) for week in weeks],
            y=[counts.get((week, status)) for week in weeks],
            marker={"color": colour},
            hovertemplate=f"%{{x}}：{label} %{{y}} 个<extra></extra>",
        )
        for status, label, colour in stacks
    ]
    figure = _figure(bars, height=240)
    figure.update_layout(barmode="stack", showlegend=True)
    figure.update_xaxes(nticks=8, tickangle=0)
    now = {status: grouped(counts.get((weeks[-1], status))) for status in STATUSES}
    stationed, authorized, lacking = now.values()
    description = f"本期进驻 {stationed} 个部门（单位），已授权 {authorized} 个，未授权 {lacking} 个。"
    table = [(week, *(grouped(counts.get((week, status))) for status in now)) for week in weeks]
    header = ("期", "进驻", "已授权", "未授权")
    return [Panel("authorization", "授权情况逐周", description, header, tuple(table), figure)]


def item_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Accepted beside completed, year to date, one panel a group.

    In: `charts.item_ytd` (week_id, power_group, measure).
    """
    rows = fetch(con, "SELECT * FROM charts.item_ytd WHERE week_id = ? ORDER BY measure", [week_id])
    by_group = {group: [row for row in rows if row["power_group"] == group] for group in GROUPS}
    return [_item_panel(group, found) for group, found in by_group.items() if found]


def _item_panel(group: str, rows: list[Row]) -> Panel:
    import plotly.graph_objects as go

    name = rows[0]["power_group_label"]
    bars = go.Bar(
        orientation="h",
        y=[row["measure_label"] for row in rows],
        x=[row["value_ytd"] for row in rows],
        marker={
            "color": [FLAGGED if row["flag"] else (BLUE if row["measure"] == "accepted" else TEAL) for row in rows]
        },
        hovertemplate="%{y} %{x:,} 件<extra></extra>",
    )
    figure = _figure([bars], height=130)
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
    rows = fetch(con, "SELECT * FROM charts.case_balance WHERE week_id = ?", [week_id])
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
    figure = _figure([waterfall], height=230)
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


def department_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The departments with most cases, year to date; the table holds all. In: `charts.department_volume`."""
    import plotly.graph_objects as go

    rows = fetch(
        con, "SELECT * FROM charts.department_volume WHERE week_id = ? ORDER BY rank, department_id", [week_id]
    )
    if not rows:
        return []
    top = rows[:TOP_DEPARTMENTS]
    bars = [
        go.Bar(
            name=label,
            orientation="h",
            y=[row["department_name"] for row in top],
            x=[row[column] for row in top],
            marker={"color": colour},
            hovertemplate=f"%{{y}}：{label} %{{x:,}} 件<extra></extra>",
        )
        for column, label, colour in (("accepted_ytd", "受理", BLUE), ("completed_ytd", "办结", TEAL))
    ]
    figure = _figure(bars, height=90 + 34 * len(top))
    figure.update_layout(barmode="group", showlegend=True, bargap=0.3)
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=True)
    figure.update_xaxes(nticks=3, tickformat=",d")
    description = f"今年累计受理量最多的是{top[0]['department_name']}，{grouped(top[0]['accepted_ytd'])} 件。"
    title = f"部门今年累计受理与办结（前 {len(top)} 位）"
    header = ("位次", "部门（单位）", "受理", "办结", "办结率")
    return [Panel("departments", title, description, header, tuple(map(_department_row, rows)), figure)]


def _department_row(row: Row) -> tuple[str, ...]:
    rate = row["completion_rate_ytd"]
    return (
        grouped(row["rank"]),
        row["department_name"],
        grouped(row["accepted_ytd"]),
        grouped(row["completed_ytd"]),
        MISSING if rate is None else f"{grouped(rate)}%",
    )


def issue_label(week_id: str) -> str:
    """2023-07 as a tick reads 7期."""
    return f"{int(week_id.rsplit('-', 1)[1])}期"


def _figure(traces: Sequence[Any], height: int) -> Any:
    import plotly.graph_objects as go

    figure = go.Figure(list(traces))
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        bargap=0.25,
        dragmode=False,
    )
    figure.update_xaxes(automargin=True, fixedrange=True, showgrid=False, zeroline=False)
    figure.update_yaxes(automargin=True, fixedrange=True, zeroline=False, rangemode="tozero")
    return figure
