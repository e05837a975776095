"""The figure of how the week's data arrived and read; which checks fail is shown with the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.present.charts.panel import AMBER, FLAGGED, VIOLET, Panel, Series, bars, cells, ticks, year_rows
from pipeline.present.shared.rows import grouped, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def week_quality_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Rows quarantined, totals that are off and cases restated, by week. In: `charts.week_quality` (week_id)."""
    rows = year_rows(con, "week_quality", week_id)
    if not rows:
        return []
    parts = (
        ("rows_quarantined", "隔离的行", AMBER),
        ("totals_off", "不符的合计", FLAGGED),
        ("restated_cases", "改动往期的办件", VIOLET),
    )
    figure = bars(
        [Series(label, [row[name] for row in rows], colour) for name, label, colour in parts], ticks(rows), ""
    )
    last = rows[-1]
    words = (
        f"本期采用文件 {grouped(last['files'])} 个、数据 {grouped(last['rows_of_data'])} 行，"
        f"隔离 {grouped(last['rows_quarantined'])} 行（{percent(last['quarantined_pct'])}），"
        f"印出的合计不符 {grouped(last['totals_off'])} 个，改动往期 {grouped(last['restated_cases'])} 件次。"
    )
    columns = (
        "week_id",
        "files",
        "rows_of_data",
        "rows_quarantined",
        "quarantined_pct",
        "totals_off",
        "restated_cases",
    )
    header = ("期", "文件", "数据行", "隔离行", "隔离率", "不符的合计", "改动往期")
    return [Panel("week-quality", "收件与质量逐周", words, header, tuple(cells(row, columns) for row in rows), figure)]
