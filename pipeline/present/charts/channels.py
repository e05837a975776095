"""Figures of the ways in which cases come: window, net, phone; how fast or how many is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.present.charts.panel import (
    BLUE,
    PARTS,
    TEAL,
    Panel,
    Series,
    bars,
    cells,
    issue_label,
    lines,
    ticks,
    year_rows,
)
from pipeline.present.shared.rows import grouped, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def channel_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The share of each channel in the cases accepted, by week. In: `charts.channel_weekly` (week_id, channel)."""
    rows = year_rows(con, "channel_weekly", week_id, order="week_id, sort_order")
    if not rows:
        return []
    weeks = sorted({row["week_id"] for row in rows})
    shares = {(row["week_id"], row["channel"]): row["share_pct"] for row in rows}
    channels = sorted({(row["sort_order"], row["channel"], row["channel_label"]) for row in rows})
    series = [
        Series(label, [shares.get((week, channel), 0) for week in weeks], PARTS[at % len(PARTS)])
        for at, (_, channel, label) in enumerate(channels)
    ]
    figure = bars(series, [issue_label(week) for week in weeks], "%", stacked=True, height=280)
    now = [row for row in rows if row["week_id"] == weeks[-1]]
    words = "，".join(f"{row['channel_label']} {percent(row['share_pct'])}" for row in now)
    columns = ("week_id", "channel_label", "accepted", "share_pct", "accepted_ytd", "share_pct_ytd")
    header = ("期", "办理形式", "本期受理", "占比", "累计受理", "累计占比")
    table = tuple(cells(row, columns) for row in rows)
    return [Panel("channels", "办理形式占比逐周（%）", f"本期受理中{words}。", header, table, figure)]


def online_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """The share of cases accepted on the net by week. In: `charts.online_weekly` (week_id)."""
    rows = year_rows(con, "online_weekly", week_id)
    if not rows:
        return []
    series = (
        Series("本期", [row["online_rate"] for row in rows], BLUE),
        Series("今年累计", [row["online_rate_ytd"] for row in rows], TEAL),
    )
    last = rows[-1]
    words = f"本期网办 {grouped(last['online_accepted'])} 件，网办率 {percent(last['online_rate'])}。"
    columns = ("week_id", "online_accepted", "accepted", "online_rate", "online_rate_ytd")
    table = tuple(cells(row, columns) for row in rows)
    header = ("期", "网办受理", "全部受理", "本期网办率", "累计网办率")
    return [Panel("online", "网办率逐周", words, header, table, lines(series, ticks(rows), "%", height=280))]
