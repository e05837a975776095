"""Figures of the measures that contracts declare: each week by week, and by its splits.

Which measures there are, the hall's contracts say: `charts.measure_weekly` has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pipeline.present.charts.panel import Panel, Table, span_of, table_of, ticks, year_rows
from pipeline.present.charts.shapes import BLUE, Series, bars, lines, lying_bars
from pipeline.present.shared.declared import TABLE, WHOLE, in_places
from pipeline.present.shared.rows import Row, reported_with_unit, rows_by
from pipeline.present.shared.withheld import chart_rows, printed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# So many members of a split are drawn; the table below the figure has all of them.
MOST_DRAWN: Final = 12


def measure_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws each measure over the weeks of the year, followed by the week's values of its splits.

    In: `charts.measure_weekly` (week_id, metric, split, member) of the issue's year up to the issue.
    """
    rows = [in_places(row) for row in year_rows(con, TABLE, week_id, f"split = '{WHOLE}'", "sort_order, week_id")]
    splits = rows_by(_split_rows(con, week_id), "metric")
    panels = []
    for metric, of_metric in rows_by(rows, "metric").items():
        panels.append(_weeks_panel(of_metric))
        for of_split in rows_by(splits.get(metric, []), "split").values():
            panels.append(_split_panel(of_split))
    return panels


def _split_rows(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    query = (
        f"SELECT * FROM charts.{TABLE} WHERE week_id = ? AND split <> '{WHOLE}'"
        " ORDER BY sort_order, split, value DESC NULLS LAST, member"
    )
    return [in_places(row) for row in chart_rows(con, TABLE, query, [week_id], span_of(week_id))]


def _anchor(row: Row) -> str:
    """The place of a measure on the provenance page: rating_log-satisfied_rate."""
    return f"{row['source']}-{row['metric']}"


def _weeks_panel(rows: list[Row]) -> Panel:
    """One measure by week: bars of what is counted, a line of rates and means."""
    last = rows[-1]
    label, unit = last["metric_label"], last["unit"]
    series = [Series(label, [row["value"] for row in rows], BLUE)]
    draw: Any = lines if last["basis"] == "rate" else bars
    return Panel(
        key=_anchor(last),
        title=f"{label}逐周",
        description=f"{label}逐周：本期 {reported_with_unit(printed(last, 'value'), unit)}。",
        header=("期", f"{label}（{unit}）", "今年累计", "较上期", "说明"),
        rows=_weeks_table(rows),
        figure=draw(series, ticks(rows), unit, height=180),
    )


def _weeks_table(rows: list[Row]) -> Table:
    return table_of(rows, ("week_id", "value", "value_ytd", "change", "comment"))


def _split_panel(rows: list[Row]) -> Panel:
    """One measure in this week by the values of one field, the largest first."""
    first = rows[0]
    label, unit, split = first["metric_label"], first["unit"], first["split_label"]
    drawn = rows[:MOST_DRAWN]
    series = [Series(label, [row["value"] for row in drawn], BLUE)]
    others = f"；图中是前 {MOST_DRAWN} 个，全部在表里" if len(rows) > MOST_DRAWN else ""
    return Panel(
        key=f"{_anchor(first)}-{first['split']}",
        title=f"{label}：按{split}",
        description=f"本期{label}按{split}：{len(rows)} 个，单位 {unit}{others}。",
        header=(split, f"{label}（{unit}）", "今年累计", "较上期"),
        rows=table_of(rows, ("member_label", "value", "value_ytd", "change")),
        figure=lying_bars(series, [row["member_label"] for row in drawn], unit, height=60 + 26 * len(drawn)),
        origin=_anchor(first),
    )
