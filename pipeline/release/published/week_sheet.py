"""The figures of the latest issue as one table that people paste from: Chinese labels, no codes, units beside numbers.

In: charts as `chart_sheets` reads them. Elsewhere: writing the workbook, in `spreadsheets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.reporting_calendar.week_ids import year_bounds

if TYPE_CHECKING:
    from pipeline.release.published.chart_sheets import ChartSheet

HEADER: Final = ("部分", "项目", "单位", "本期", "较上期（%）", "今年累计", "提示")
NOT_REPORTED: Final = "未报送"


@dataclass(frozen=True)
class FigureSource:
    """One printed figure of each row of a chart: the columns that hold its labels, and its values.

    `label` and `unit` are given where the chart has no column for them. A column that the chart lacks is left empty.
    """

    table: str
    part: str
    labels: tuple[str, ...] = ()
    value: str = "value"
    label: str = ""
    unit: str = ""


# In the order of the printed weekly. A new printed figure is an entry here too: what is printed is known to
# `pipeline.present.shared.metrics`, which this floor may not ask; a test holds both together.
SOURCES: Final = (
    FigureSource("window_weekly", "综窗办件", ("measure_label",)),
    FigureSource("authorization_status", "进驻及授权", ("status_label",), value="departments", unit="个"),
    FigureSource("training_weekly", "业务培训", value="trainees", label="综窗人员", unit="名"),
    FigureSource("training_weekly", "业务培训", value="main_items", label="主项", unit="个"),
    FigureSource("training_weekly", "业务培训", value="sessions", label="培训", unit="次"),
    FigureSource("item_ytd", "事项受理办结", ("power_group_label", "measure_label"), unit="件"),
)
# A counter by week: its label, and (week, value) in time.
Counter = tuple[str, list[tuple[str, Any]]]


def latest_week(sheets: Sequence[ChartSheet]) -> str | None:
    """Returns the last week that a chart of printed figures has rows of; None before any was published."""
    weeks = [row["week_id"] for source in SOURCES for row in _rows(sheets, source.table)]
    return max(weeks, default=None)


def week_rows(sheets: Sequence[ChartSheet], week_id: str) -> list[tuple[Any, ...]]:
    """Returns the printed figures of an issue as rows below HEADER; one that has not arrived is a word."""
    rows = []
    for source in SOURCES:
        for row in _rows(sheets, source.table):
            if row["week_id"] == week_id:
                rows.append(_figure_row(source, row))
    return rows


def counters(sheets: Sequence[ChartSheet], week_id: str) -> list[Counter]:
    """Returns the counters of the hall by week, in the year of the issue up to it: what the charts are drawn from."""
    year_begins, _ = year_bounds(week_id)
    by_label: dict[str, list[tuple[str, Any]]] = {}
    for row in _rows(sheets, "window_weekly"):
        if year_begins < row["week_id"] <= week_id:
            label = f"{row['measure_label']}（{row['unit']}）"
            by_label.setdefault(label, []).append((row["week_id"], row["value"]))
    return list(by_label.items())


def _rows(sheets: Sequence[ChartSheet], table: str) -> list[Mapping[str, Any]]:
    """The rows of a chart by column name; none where it is not published."""
    for sheet in sheets:
        if sheet.table == table:
            names = [column.name for column in sheet.columns]
            return [dict(zip(names, row, strict=True)) for row in sheet.rows]
    return []


def _figure_row(source: FigureSource, row: Mapping[str, Any]) -> tuple[Any, ...]:
    label = source.label or " ".join(row[name] for name in source.labels)
    value = row.get(source.value)
    return (
        source.part,
        label,
        source.unit or row.get("unit"),
        NOT_REPORTED if value is None else value,
        row.get("change_pct"),
        row.get("value_ytd"),
        row.get("flag"),
    )
