"""The figures of how the week's data arrived and read, and how its quality is scored.

Which checks fail is shown with the findings, in `pipeline.present.site.pages.quality`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.present.charts.panel import Panel, column, table_of, ticks, week_ticks, weeks_of, year_rows
from pipeline.present.charts.shapes import AMBER, FLAGGED, VIOLET, Series, bars, lines, part_series
from pipeline.present.shared.rows import Row, grouped, percent
from pipeline.quality.checks.standards import DIMENSIONS

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


def score_panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws the score of each dimension by week, all departments together. In: `charts.quality_score`."""
    rows = year_rows(con, "quality_score", week_id, "department_id = 'ALL'", "week_id, sort_order")
    if not rows:
        return []
    weeks = weeks_of(rows)
    scores = {(row["week_id"], row["dimension"]): row["score_pct"] for row in rows}
    of_issue = next((row for row in rows if row["week_id"] == week_id and row["dimension"] == "ALL"), None)
    series: dict[str, list[Any]] = {name: [scores.get((week, name)) for week in weeks] for name in DIMENSIONS}
    columns = ("ALL", *DIMENSIONS)
    return [
        Panel(
            key="quality-score",
            title="数据质量得分逐周",
            description=_score_words(of_issue),
            header=("期", "全部维度", *DIMENSIONS),
            rows=tuple((week, *(percent(scores.get((week, name))) for name in columns)) for week in weeks),
            figure=lines(part_series(series), week_ticks(weeks), "%"),
        )
    ]


def _score_words(row: Row | None) -> str:
    if row is None or row["score_pct"] is None:
        return "本期还没有按维度计的检查结果。"
    return (
        f"本期各维度共检查 {grouped(row['rows_checked'])} 行，其中有问题的 {grouped(row['rows_held'])} 行，"
        f"得分 {percent(row['score_pct'])}。"
    )
