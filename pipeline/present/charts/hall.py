"""Figures of the hall itself: counters, authorisation, training, inspection, activities.

Cases are in `pipeline.present.charts.cases`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.charts.panel import (
    Panel,
    Table,
    cells,
    column,
    issue_label,
    table_of,
    ticks,
    week_ticks,
    weeks_of,
    year_rows,
)
from pipeline.present.charts.shapes import (
    AMBER,
    BLUE,
    FLAGGED,
    GREY,
    PALE,
    TEAL,
    VIOLET,
    Series,
    axis_words,
    bars,
    frame,
    lying_bars,
    part_series,
)
from pipeline.present.shared.metrics import AUTHORIZATION, WINDOW, figures_of
from pipeline.present.shared.overview import year_before
from pipeline.present.shared.rows import MISSING, Row, grouped, reported_with_unit, rows_by
from pipeline.present.shared.withheld import printed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The two parts that the departments in the hall divide into; `stationed` is both together.
STACKED: Final = {"authorized": BLUE, "not_authorized": AMBER}


def window_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws a bar a week for each counter, each on its own scale: they are independent, never compared.

    In: `charts.window_weekly` (week_id, measure) of the issue's year up to the issue.
    """
    by_measure = rows_by(year_rows(con, "window_weekly", week_id), "measure")
    last_year = rows_by(year_rows(con, "window_weekly", year_before(week_id)), "measure")
    measures = [figure.code for figure in figures_of(WINDOW) if figure.code in by_measure]
    return [_window_panel(measure, by_measure[measure], last_year.get(measure, [])) for measure in measures]


def _window_panel(measure: str, rows: list[Row], last_year: list[Row]) -> Panel:
    """A panel of one counter; `last_year` are the rows of the year before up to the same issue, where there are any."""
    import plotly.graph_objects as go

    last = rows[-1]
    label, unit, mean = last["measure_label"], last["unit"], last["mean_to_date"]
    colours = [FLAGGED if row["flag"] else PALE for row in rows]
    if not last["flag"]:
        colours[-1] = BLUE
    marks = go.Bar(
        x=ticks(rows),
        y=column(rows, "value"),
        marker={"color": colours},
        hovertemplate=f"%{{x}}：%{{y:,}} {unit}<extra></extra>",
    )
    traces = [marks, _last_year_line(last_year, unit)] if last_year else [marks]
    figure = frame(traces, height=180, axis=axis_words(unit))
    if mean is not None:
        figure.add_hline(y=float(mean), line={"color": GREY, "width": 1.5, "dash": "dot"})
    figure.update_yaxes(nticks=4, tickformat=",d")
    figure.update_xaxes(nticks=6, tickangle=0)
    return Panel(
        key=f"window-{measure}",
        title=f"{label}逐周",
        description=(
            f"{label}逐周柱图：本期 {reported_with_unit(printed(last, 'value'), unit)}，"
            f"今年以来周均 {grouped(printed(last, 'mean_to_date'))} {unit}（虚线）。"
        ),
        header=("期", f"{label}（{unit}）", "今年累计", *(("上年同期",) if last_year else ())),
        rows=_window_table(rows, last_year),
        figure=figure,
    )


def _last_year_line(last_year: list[Row], unit: str) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=ticks(last_year),
        y=column(last_year, "value"),
        mode="lines+markers",
        line={"color": VIOLET, "width": 1.5},
        marker={"size": 4},
        hovertemplate=f"上年%{{x}}：%{{y:,}} {unit}<extra></extra>",
    )


def _window_table(rows: list[Row], last_year: list[Row]) -> Table:
    """The counter by week; the same issue of the year before stands beside it where that year has any."""
    table = table_of(rows, ("week_id", "value", "value_ytd"))
    if not last_year:
        return table
    values = {issue_label(row["week_id"]): cells(row, ("value",)) for row in last_year}
    return tuple((*line, *values.get(issue_label(line[0]), (MISSING,))) for line in table)


def authorization_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws departments with and without authorisation by week. In: `charts.authorization_status` (week_id, status)."""
    rows = year_rows(con, "authorization_status", week_id)
    if not rows:
        return []
    names = {figure.code: figure.name for figure in figures_of(AUTHORIZATION)}
    weeks = weeks_of(rows)
    counts = {(row["week_id"], row["status"]): row["departments"] for row in rows}
    series = []
    for status, colour in STACKED.items():
        series.append(Series(names[status], [counts.get((week, status)) for week in weeks], colour))
    table = []
    for week in weeks:
        table.append((week, *(grouped(counts.get((week, status))) for status in names)))
    stationed, *parts = table[-1][1:]
    parts_words = "，".join(f"{name} {part} 个" for name, part in zip(list(names.values())[1:], parts, strict=True))
    return [
        Panel(
            key="authorization",
            title="授权情况逐周",
            description=f"本期{names['stationed']} {stationed} 个部门（单位），{parts_words}。",
            header=("期", *names.values()),
            rows=tuple(table),
            figure=bars(series, week_ticks(weeks), "个", stacked=True),
        )
    ]


def authorization_change_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the share authorised by week, and says who came or went.

    In: `charts.authorization_weekly` (week_id, status).
    """
    rows = year_rows(con, "authorization_weekly", week_id, "status = 'authorized'")
    if not rows:
        return []
    columns = ("week_id", "departments", "change", "share_pct", "joined_names", "left_names")
    _, departments, change, share_pct, *_ = cells(rows[-1], columns)
    share = Series("已授权占进驻", column(rows, "share_pct"), BLUE)
    return [
        Panel(
            key="authorization-share",
            title="已授权部门占比逐周",
            description=f"本期已授权 {departments} 个，占进驻部门的 {share_pct}；较上期 {change} 个。",
            header=("期", "已授权", "较上期", "占进驻", "新增", "减少"),
            rows=table_of(rows, columns),
            figure=bars([share], ticks(rows), "%", height=200),
        )
    ]


def training_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws trainees, main items and sessions of each week. In: `charts.training_weekly` (week_id)."""
    rows = year_rows(con, "training_weekly", week_id)
    if not rows:
        return []
    parts = {
        "trainees": ("综窗人员（名）", BLUE),
        "main_items": ("主项（个）", TEAL),
        "sessions": ("培训（次）", AMBER),
    }
    series = [Series(label, column(rows, name), colour) for name, (label, colour) in parts.items()]
    trainees, main_items, sessions = cells(rows[-1], tuple(parts))
    return [
        Panel(
            key="training",
            title="业务培训逐周",
            description=f"本期培训综窗人员 {trainees} 名、主项 {main_items} 个、{sessions} 次。",
            header=("期", *(label for label, _ in parts.values())),
            rows=table_of(rows, ("week_id", *parts)),
            figure=bars(series, ticks(rows), ""),
        )
    ]


def inspection_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws issues found at inspections, year to date, by item.

    In: `charts.inspection_weekly` (week_id, inspection_item).
    """
    rows = year_rows(con, "inspection_weekly", week_id, order="week_id DESC, sort_order, inspection_item")
    if not rows:
        return []
    issues: dict[str, int] = {}
    for row in rows:
        item = row["inspection_item"]
        issues[item] = issues.get(item, 0) + (row["issues"] or 0)
    total = sum(issues.values())
    return [
        Panel(
            key="inspection",
            title="大厅巡查：今年发现的问题",
            description=f"今年以来巡查 {len(issues)} 个项目，发现问题 {grouped(total)} 个。",
            header=("期", "项目", "结论", "问题"),
            rows=tuple(map(_inspection_cells, rows)),
            figure=lying_bars(
                [Series("发现问题", list(issues.values()), AMBER)],
                list(issues),
                "个",
                height=60 + 30 * len(issues),
            ),
        )
    ]


def _inspection_cells(row: Row) -> tuple[str, ...]:
    return row["week_id"], row["inspection_item"], row["conclusion"] or "", grouped(row["issues"])


def activity_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws how many activities were adopted by week and category. In: `charts.activity` (week_id, seq)."""
    rows = year_rows(con, "activity", week_id, order="week_id, seq")
    if not rows:
        return []
    weeks = weeks_of(rows)
    adopted = Counter((row["week_id"], row["category"]) for row in rows)
    categories = list(rows_by(rows, "category"))
    by_category = {}
    for category in categories:
        by_category[category] = [adopted[week, category] for week in weeks]
    table = []
    for week in weeks:
        table.append((week, *(grouped(adopted[week, category]) for category in categories)))
    return [
        Panel(
            key="activity",
            title="窗口动态采用条数逐周",
            description=f"今年以来采用窗口动态 {grouped(len(rows))} 条，分 {len(categories)} 类。",
            header=("期", *categories),
            rows=tuple(table),
            figure=bars(part_series(by_category), week_ticks(weeks), "条", stacked=True),
        )
    ]
