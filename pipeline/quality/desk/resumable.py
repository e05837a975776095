"""Says which unfinished weeks wait for a run, and not for a steward: who starts runs without a person asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.common.tables import has_table
from pipeline.quality.desk.gate import gate
from pipeline.warehouse.week_stages import Stage, weeks_lacking

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def resumable_weeks(con: DuckDBPyConnection) -> list[str]:
    """Returns the weeks that a run would bring further, in order; changes nothing.

    A week that is checked and whose gate is closed waits for a decision: a run would only find it closed again.
    """
    unchecked = weeks_lacking(con, [Stage.CHECKED, Stage.REVIEWED])
    unreleased = weeks_lacking(con, [Stage.RELEASED, Stage.SITE, Stage.WEEKLY])
    if unchecked or not unreleased or not has_table(con, "quality", "finding"):
        return unchecked
    return unreleased if gate(con, unreleased).is_open else []
