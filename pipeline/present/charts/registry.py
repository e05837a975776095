"""All charts: each chart table with the function that draws it, its section of the issue's page, and its origin.

A new chart is `sql/charts/<table>.sql`, `expectations/charts.<table>.yaml`, a drawing function in a module of this
folder and an entry of CHARTS here. Whatever lists charts (the issue's page, the links to origins, FIGURES) is derived
from this list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.charts.cases import balance_panels, group_panels, item_panels
from pipeline.present.charts.channels import channel_panels, online_panels
from pipeline.present.charts.departments import department_panels
from pipeline.present.charts.hall import (
    activity_panels,
    authorization_change_panels,
    authorization_panels,
    inspection_panels,
    training_panels,
    window_panels,
)
from pipeline.present.charts.measures import measure_panels
from pipeline.present.charts.panel import Panel, span_of
from pipeline.present.charts.pending import pending_panel
from pipeline.present.charts.quality import score_panels, week_quality_panels
from pipeline.present.charts.timing import (
    ageing_panels,
    department_ageing_panels,
    group_ageing_panels,
    group_timeliness_panels,
    late_department_panels,
    overdue_panels,
    timeliness_panels,
)
from pipeline.present.shared.withheld import pending_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Draws the rows of one chart table for an issue: (connection, week_id) -> panels; none where the table has no rows.
Drawing = Callable[["DuckDBPyConnection", str], list[Panel]]


class Section(StrEnum):
    """A place for charts on the page of an issue, in its order; `site/templates/week.html.j2` has each."""

    WINDOW = "window"
    AUTHORIZATION = "authorization"
    AUTHORIZATION_BY_WEEK = "authorization_by_week"
    TRAINING = "training"
    ITEMS = "items"
    BALANCE = "balance"
    GROUPS = "groups"
    DEPARTMENTS = "departments"
    TIMING = "timing"
    AGES = "ages"
    CHANNELS = "channels"
    ACTIVITY = "activity"
    INSPECTION = "inspection"
    MEASURES = "measures"
    QUALITY = "quality"


@dataclass(frozen=True)
class Chart:
    """A chart table (without its schema), what draws it, where it is shown, and where its numbers are explained.

    `origin` is an anchor of the provenance page, in which `{key}` stands for the key of the panel: a figure of the
    weekly (`window-consulted`), all cases (`cases-accepted`), or the files of a source (`file-activity_log`). A table
    may have several charts. A chart that `shows_gaps` is drawn where some of its numbers are withheld; any other then
    gives way to a panel that says so.
    """

    table: str
    draw: Drawing
    section: Section
    origin: str = "cases-accepted"
    shows_gaps: bool = False


CHARTS: tuple[Chart, ...] = (
    Chart("window_weekly", window_panels, Section.WINDOW, "{key}", shows_gaps=True),
    Chart("authorization_status", authorization_panels, Section.AUTHORIZATION, "authorization-stationed"),
    Chart(
        "authorization_weekly",
        authorization_change_panels,
        Section.AUTHORIZATION_BY_WEEK,
        "authorization-authorized",
    ),
    Chart("training_weekly", training_panels, Section.TRAINING, "training-trainees"),
    Chart("item_ytd", item_panels, Section.ITEMS, "{key}-accepted"),
    Chart("case_balance", balance_panels, Section.BALANCE),
    Chart("group_weekly", group_panels, Section.GROUPS),
    Chart("department_volume", department_panels, Section.DEPARTMENTS),
    Chart("timeliness_weekly", timeliness_panels, Section.TIMING),
    Chart("group_timeliness", group_timeliness_panels, Section.TIMING),
    Chart("ageing", ageing_panels, Section.TIMING),
    Chart("timeliness_weekly", late_department_panels, Section.TIMING),
    Chart("overdue", overdue_panels, Section.TIMING),
    Chart("ageing", group_ageing_panels, Section.AGES),
    Chart("department_ageing", department_ageing_panels, Section.AGES),
    Chart("channel_weekly", channel_panels, Section.CHANNELS),
    Chart("online_weekly", online_panels, Section.CHANNELS),
    Chart("activity", activity_panels, Section.ACTIVITY, "file-activity_log"),
    Chart("inspection_weekly", inspection_panels, Section.INSPECTION, "file-hall_inspection"),
    Chart("measure_weekly", measure_panels, Section.MEASURES, "{key}", shows_gaps=True),
    Chart("week_quality", week_quality_panels, Section.QUALITY, "files"),
    Chart("quality_score", score_panels, Section.QUALITY, "files"),
)
# Chart tables of words and dates, which are read and not drawn; the last four on the page of scores.
WITHOUT_FIGURE: Final = frozenset(
    {
        *("authorization_pending", "report_week"),
        *("quality_settlement", "revision_size", "revision_triangle", "punctuality"),
    }
)


@dataclass(frozen=True)
class PlacedPanel:
    """A drawn panel of a chart table with its section of the issue's page and its anchor on the provenance page."""

    panel: Panel
    section: Section
    origin: str
    table: str


def placed_panels(con: DuckDBPyConnection, week_id: str) -> list[PlacedPanel]:
    """Draws all charts of an issue, in the order of CHARTS.

    A table without rows of this issue gives no panel, nor does one that a file published by an earlier version lacks.
    """
    placed = []
    for chart in CHARTS:
        if not has_table(con, "charts", chart.table):
            continue
        pending = [] if chart.shows_gaps else pending_of(con, chart.table, span_of(week_id))
        if pending:
            panel = pending_panel(f"pending-{chart.table}", _title_of(con, chart.table), pending)
            placed.append(PlacedPanel(panel, chart.section, "files", chart.table))
            continue
        for panel in chart.draw(con, week_id):
            origin = panel.origin or chart.origin.format(key=panel.key)
            placed.append(PlacedPanel(panel, chart.section, origin, chart.table))
    return placed


def _title_of(con: DuckDBPyConnection, table: str) -> str:
    """Returns what people call a chart table: the first words of its comment."""
    row = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'charts'"
        " AND table_name = ?",
        [table],
    ).fetchone()
    comment = str(row[0] or "") if row else ""
    return re.split("[：，。\n]", comment, maxsplit=1)[0]


def panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """Draws all charts of an issue, as `placed_panels`, without their places."""
    return [placed.panel for placed in placed_panels(con, week_id)]


def drawings_by_table(charts: tuple[Chart, ...]) -> dict[str, Drawing]:
    """Returns chart table -> one function that draws all charts of that table."""
    drawings: dict[str, list[Drawing]] = {}
    for chart in charts:
        drawings.setdefault(chart.table, []).append(chart.draw)
    return {table: _together(functions) for table, functions in drawings.items()}


def _together(drawings: list[Drawing]) -> Drawing:
    def draw(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
        panels: list[Panel] = []
        for drawing in drawings:
            panels += drawing(con, week_id)
        return panels

    return draw


FIGURES: Final = drawings_by_table(CHARTS)
