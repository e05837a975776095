"""Says which weeks a release takes along: those before it that were held back, or moved and are not out yet.

A year to date rests on every week before it, so no week goes out past an earlier one that is not settled. Example:
2023-01 has an open critical finding, or its run was killed before the checks; a release of 2023-03 has to wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.release.revisions.tables import ensure_tables
from pipeline.warehouse.week_stages import Stage, weeks_lacking

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def due_weeks(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[str]:
    """Returns `weeks` and before them every earlier week with deliveries that are not released, in order."""
    ensure_tables(con)
    first = min(weeks)
    earlier = [week for week in weeks_lacking(con, [Stage.RELEASED]) if week < first]
    return [*earlier, *sorted(weeks)]
