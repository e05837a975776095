"""The figure of how the week's data arrived and read.

Which checks fail is shown with the findings, in `pipeline.present.site.pages.quality`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.present.charts.panel import Panel, column, table_of, ticks, year_rows
from pipeline.present.charts.shapes import AMBER, FLAGGED, VIOLET, Series, bars
from pipeline.present.shared.rows import grouped, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def week_quality_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws rows quarantined, totals that are off and cases restated, by week. In: `charts.week_quality` (week_id)."""
    rows = year_rows(con, "week_quality", week_id)
    if not rows:
        return []
    series = (
        Series("隔离（行）", column(rows, "rows_quarantined"), AMBER),
        Series("不符的合计（个）", column(rows, "totals_off"), FLAGGED),
        Series("改动往期（件次）", column(rows, "restated_cases"), VIOLET),
    )
    last = rows[-1]
    columns = (
        "week_id",
        "files",
        "rows_of_data",
        "rows_quarantined",
        "quarantined_pct",
        "totals_off",
        "restated_cases",
    )
    return [
        Panel(
            key="week-quality",
            title="收件与质量逐周",
            description=(
                f"本期采用文件 {grouped(last['files'])} 个、数据 {grouped(last['rows_of_data'])} 行，"
                f"隔离 {grouped(last['rows_quarantined'])} 行（{percent(last['quarantined_pct'])}），"
                f"印出的合计不符 {grouped(last['totals_off'])} 个，改动往期 {grouped(last['restated_cases'])} 件次。"
            ),
            header=("期", "文件", "数据行", "隔离行", "隔离率", "不符的合计", "改动往期"),
            rows=table_of(rows, columns),
            figure=bars(series, ticks(rows), ""),
        )
    ]
