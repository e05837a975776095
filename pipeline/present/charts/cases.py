"""Figures of accepted, completed and open cases by group: year to date, stock and flow, by week.

Departments are in `pipeline.present.charts.departments`, time limits in `pipeline.present.charts.timing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.charts.panel import Panel, column, week_rows, week_ticks, weeks_of, year_rows
from pipeline.present.charts.shapes import AMBER, BLUE, FLAGGED, GREY, TEAL, Series, axis_words, frame, lines
from pipeline.present.shared.rows import Row, grouped, in_order, reported, reported_with_unit, rows_by

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# (measure of charts.group_weekly, its label, its colour)
FLOWS: Final = (("accepted", "受理", BLUE), ("completed", "办结", TEAL), ("open", "期末在办", AMBER))


def item_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws accepted beside completed, year to date, one panel a group.

    In: `charts.item_ytd` (week_id, power_group, measure).
    """
    rows = in_order(week_rows(con, "item_ytd", week_id))
    return [_item_panel(group, group_rows) for group, group_rows in rows_by(rows, "power_group").items()]


def _item_panel(group: str, rows: list[Row]) -> Panel:
    import plotly.graph_objects as go

    name = rows[0]["power_group_label"]
    marks = go.Bar(
        orientation="h",
        y=column(rows, "measure_label"),
        x=column(rows, "value_ytd"),
        marker={"color": list(map(_item_colour, rows))},
        hovertemplate="%{y} %{x:,} 件<extra></extra>",
    )
    figure = frame([marks], height=130, axis=axis_words("件"))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(nticks=4, tickformat=",d", rangemode="tozero")
    table = tuple((row["measure_label"], grouped(row["value_ytd"])) for row in rows)
    words = "，".join(f"{label} {cases} 件" for label, cases in table)
    return Panel(
        key=f"items-{group}",
        title=f"{name}：今年累计受理与办结",
        description=f"{name}今年累计{words}。",
        header=("口径", "今年累计（件）"),
        rows=table,
        figure=figure,
    )


def _item_colour(row: Row) -> str:
    if row["flag"]:
        return FLAGGED
    return BLUE if row["measure"] == "accepted" else TEAL


def balance_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws stock and flow of cases, one waterfall a group. In: `charts.case_balance` (week_id, power_group)."""
    rows = in_order(week_rows(con, "case_balance", week_id))
    return list(map(_balance_panel, rows))


@dataclass(frozen=True)
class _Step:
    """A bar of the waterfall: how many cases, how far it moves the total, and where its upper end lies."""

    label: str
    cases: int
    move: int
    kind: str
    upper_end: int


def _balance_steps(row: Row) -> tuple[_Step, ...]:
    """Opening + accepted = completed + voided and the like + closing."""
    opening, accepted, completed, closing = (
        row["opening"],
        row["accepted_ytd"],
        row["completed_ytd"],
        row["closing"],
    )
    voided = row["closed_ytd"] - completed
    total = opening + accepted
    return (
        _Step("上年结转", opening, opening, "absolute", opening),
        _Step("受理", accepted, accepted, "relative", total),
        _Step("办结", completed, -completed, "relative", total),
        _Step("作废等", voided, -voided, "relative", total - completed),
        _Step("结转下期", closing, closing, "total", closing),
    )


def _balance_panel(row: Row) -> Panel:
    name = row["power_group_label"]
    steps = _balance_steps(row)
    table = tuple((step.label, grouped(step.cases)) for step in steps)
    words = "，".join(f"{label} {cases} 件" for label, cases in table)
    return Panel(
        key=f"balance-{row['power_group']}",
        title=f"{name}：结转与流量",
        description=f"{name}：{words}。",
        header=("环节", "件"),
        rows=table,
        figure=_waterfall(steps),
    )


def _waterfall(steps: tuple[_Step, ...]) -> Any:
    import plotly.graph_objects as go

    waterfall = go.Waterfall(
        orientation="h",
        y=[step.label for step in steps],
        x=[step.move for step in steps],
        measure=[step.kind for step in steps],
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": TEAL}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GREY, "width": 1}},
        hovertemplate="%{y} %{x:,} 件<extra></extra>",
    )
    figure = frame([waterfall], height=230, axis=axis_words("件"))
    # Plotly writes the number of a falling bar at its lower end, on top of others; at the upper end all can be read.
    for step in steps:
        figure.add_annotation(
            y=step.label,
            x=step.upper_end,
            text=f" {grouped(step.cases)}",
            showarrow=False,
            xanchor="left",
        )
    longest = max(1, *(step.upper_end for step in steps))
    # A third of the longest bar is room for its number.
    figure.update_xaxes(range=[0, longest * 1.32], nticks=3, tickformat=",d")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def group_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws accepted, completed and open cases by week, one panel a group: their scales differ a hundredfold.

    In: `charts.group_weekly` (week_id, power_group, measure).
    """
    rows = year_rows(con, "group_weekly", week_id, order="week_id, sort_order")
    return [_group_panel(group, group_rows) for group, group_rows in rows_by(rows, "power_group").items()]


def _group_panel(group: str, rows: list[Row]) -> Panel:
    name = rows[0]["power_group_label"]
    weeks = weeks_of(rows)
    cases = {(row["week_id"], row["measure"]): row["value"] for row in rows}
    series = []
    for measure, label, colour in FLOWS:
        series.append(Series(label, [cases.get((week, measure)) for week in weeks], colour))
    figure = lines(series, week_ticks(weeks), "件", height=230, from_zero=True)
    figure.update_yaxes(tickformat=",d")
    table = tuple((week, *_flow_cells(cases, week)) for week in weeks)
    labels = [label for _, label, _ in FLOWS]
    now = "，".join(
        f"{label} {reported_with_unit(cases.get((weeks[-1], measure)), '件')}" for measure, label, _ in FLOWS
    )
    return Panel(
        key=f"group-{group}",
        title=f"{name}：逐周",
        description=f"{name}本期{now}。",
        header=("期", *labels),
        rows=table,
        figure=figure,
    )


def _flow_cells(cases: Mapping[tuple[str, str], int | None], week: str) -> list[str]:
    return [reported(cases.get((week, measure))) for measure, *_ in FLOWS]
