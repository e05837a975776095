"""Chooses the weeks of a run from the command line: from the first with a new file to the last that moves with it.

What a sensor asks for stands in `assets.automation`; running the weeks belongs in `assets.runs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.reporting_calendar.week_ids import year_bounds

if TYPE_CHECKING:
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

_LAST_DELIVERED_OF_YEAR = """
SELECT max(week_id) FROM ledger.delivery WHERE status = 'current' AND week_id BETWEEN ? AND ?
"""


def weeks_to_run(settings: Settings, calendar: ReportingCalendar, target: str) -> tuple[str, str]:
    """Returns the first and the last week of a run that is asked for as `target`.

    Files of earlier weeks in the inbox are taken as well. The years to date of later weeks move with an earlier one,
    so the run goes on to the last delivered week of that year. Example: 2023-15 is loaded, a new file of 2023-03 lies
    in the inbox, 2023-10 is asked for: the run takes 2023-03 to 2023-15.
    """
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks

    pending = pending_weeks(settings, calendar, load_contracts(settings.contracts_dir))
    return range_of(pending, target, settings)


def range_of(pending: Sequence[str], target: str, settings: Settings) -> tuple[str, str]:
    """Returns the range for weeks `pending` in the inbox; later ones than the target wait for a run of their own."""
    new = [week for week in pending if week <= target]
    if not new:
        return target, target
    first = min(new)
    return first, max(target, last_delivered_week(settings, first))


def last_delivered_week(settings: Settings, week: str) -> str:
    """Returns the last week of the week's year that has a delivery, or the week itself."""
    import duckdb

    if not settings.warehouse_path.exists():
        return week
    try:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
            row = con.execute(_LAST_DELIVERED_OF_YEAR, year_bounds(week)).fetchone()
    except duckdb.Error:
        # The file is being written, or a run was killed before it made the tables: the run itself says so.
        return week
    return max(week, row[0]) if row and row[0] else week
