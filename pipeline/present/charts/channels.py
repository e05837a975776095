"""Figures of the ways in which cases come: window, net, phone.

How fast they are is in `pipeline.present.charts.timing`, how many in `pipeline.present.charts.cases`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.present.charts.panel import Panel, column, table_of, ticks, week_ticks, weeks_of, year_rows
from pipeline.present.charts.shapes import BLUE, TEAL, Series, bars, lines, part_series
from pipeline.present.shared.rows import in_order, percent, reported_with_unit, rows_by

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def channel_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the share of each channel in the cases accepted. In: `charts.channel_weekly` (week_id, channel)."""
    rows = year_rows(con, "channel_weekly", week_id, order="week_id, sort_order")
    if not rows:
        return []
    weeks = weeks_of(rows)
    shares = {}
    for channel_rows in rows_by(in_order(rows), "channel").values():
        share_of_week = {row["week_id"]: row["share_pct"] for row in channel_rows}
        label = channel_rows[-1]["channel_label"]
        shares[label] = [share_of_week.get(week, 0) for week in weeks]
    now = rows_by(rows, "week_id")[weeks[-1]]
    words = "，".join(f"{row['channel_label']} {percent(row['share_pct'])}" for row in now)
    return [
        Panel(
            key="channels",
            title="办理形式占比逐周（%）",
            description=f"本期受理中{words}。",
            header=("期", "办理形式", "本期受理", "占比", "累计受理", "累计占比"),
            rows=table_of(rows, ("week_id", "channel_label", "accepted", "share_pct", "accepted_ytd", "share_pct_ytd")),
            figure=bars(part_series(shares), week_ticks(weeks), "%", stacked=True, height=280),
        )
    ]


def online_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the share of cases accepted on the net by week. In: `charts.online_weekly` (week_id)."""
    rows = year_rows(con, "online_weekly", week_id)
    if not rows:
        return []
    last = rows[-1]
    online = reported_with_unit(last["online_accepted"], "件")
    series = (
        Series("本期", column(rows, "online_rate"), BLUE),
        Series("今年累计", column(rows, "online_rate_ytd"), TEAL),
    )
    return [
        Panel(
            key="online",
            title="网办率逐周",
            description=f"本期网办 {online}，网办率 {percent(last['online_rate'])}。",
            header=("期", "网办受理", "全部受理", "本期网办率", "累计网办率"),
            rows=table_of(rows, ("week_id", "online_accepted", "accepted", "online_rate", "online_rate_ytd")),
            figure=lines(series, ticks(rows), "%", height=280),
        )
    ]
