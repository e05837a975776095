"""Plotly figures drawn from chart tables alone, one module a subject; pages, and what a number means, are elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.charts.cases import balance_panels, group_panels, item_panels
from pipeline.present.charts.channels import channel_panels, online_panels
from pipeline.present.charts.departments import department_panels, one_department_panels
from pipeline.present.charts.hall import (
    activity_panels,
    authorization_change_panels,
    authorization_panels,
    inspection_panels,
    training_panels,
    window_panels,
)
from pipeline.present.charts.panel import FLAGGED, Panel
from pipeline.present.charts.quality import week_quality_panels
from pipeline.present.charts.timing import (
    ageing_panels,
    department_ageing_panels,
    group_timeliness_panels,
    overdue_panels,
    timeliness_panels,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FIGURES", "FLAGGED", "WITHOUT_FIGURE", "Panel", "one_department_panels", "panels"]

# Chart table -> what draws it, in the order of the weekly.
FIGURES: Final[dict[str, Callable[[DuckDBPyConnection, str], list[Panel]]]] = {
    "window_weekly": window_panels,
    "authorization_status": authorization_panels,
    "authorization_weekly": authorization_change_panels,
    "training_weekly": training_panels,
    "item_ytd": item_panels,
    "case_balance": balance_panels,
    "group_weekly": group_panels,
    "department_volume": department_panels,
    "timeliness_weekly": timeliness_panels,
    "group_timeliness": group_timeliness_panels,
    "overdue": overdue_panels,
    "ageing": ageing_panels,
    "department_ageing": department_ageing_panels,
    "channel_weekly": channel_panels,
    "online_weekly": online_panels,
    "activity": activity_panels,
    "inspection_weekly": inspection_panels,
    "week_quality": week_quality_panels,
}
# Words and dates, which are read and not drawn.
WITHOUT_FIGURE: Final = frozenset({"authorization_pending", "report_week"})


def panels(con: DuckDBPyConnection, week_id: str) -> list[Panel]:
    """All panels of an issue, in the order of the weekly.

    A table without rows of this issue gives none, nor does one that a file published by an earlier version lacks.
    """
    return [panel for table, make in FIGURES.items() if has_table(con, "charts", table) for panel in make(con, week_id)]
