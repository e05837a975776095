"""Releasing an issue on a person's word: what it would change, and whether the gate lets it; publishing comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.quality.desk.gate import GateVerdict, gate
from pipeline.release.freeze.issues import Preview, ReleaseOutcome, freeze, preview

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


class ReleaseError(ValueError):
    """A release that cannot be; the message says why and what to do."""


def plan_release(con: DuckDBPyConnection, settings: Settings, week_id: str) -> tuple[Preview, GateVerdict]:
    """What releasing this issue would do now, and the gate's verdict on the weeks that it would change.

    Earlier issues of the year whose figures have changed, or that were never released, go with it: their years to date
    rest on each other. One that was rolled back stays so, unless it is the issue asked for. Changes nothing. Raises
    ReleaseError for an issue that has no figures.
    """
    plan = preview(con, settings, _year_up_to(con, week_id), renew={week_id})
    if any(one.week_id == week_id and one.revision is None for one in plan.outcomes):
        raise ReleaseError(f"{week_id} 期没有可发布的数字：请先装载这一期的报送（zhoubao run --week {week_id}）。")
    return plan, gate(con, [one.week_id for one in plan.outcomes if one.is_new])


def release_week(con: DuckDBPyConnection, settings: Settings, week_id: str) -> list[ReleaseOutcome]:
    """Release the issue, and with it what `plan_release` says; returns what became of each of these issues.

    Raises ReleaseError where the gate is closed or the issue has no figures.
    """
    plan, verdict = plan_release(con, settings, week_id)
    weeks = [one.week_id for one in plan.outcomes if one.is_new]
    if not weeks:
        return [one for one in plan.outcomes if one.week_id == week_id]
    if not verdict.is_open:
        raise ReleaseError(verdict.message)
    return freeze(con, settings, weeks, renew={week_id})


def _year_up_to(con: DuckDBPyConnection, week_id: str) -> list[str]:
    rows = con.execute(
        "SELECT week_id FROM charts.report_week WHERE left(week_id, 4) = left($1, 4) AND week_id <= $1"
        " UNION SELECT $1 ORDER BY 1",
        [week_id],
    ).fetchall()
    return [str(week) for (week,) in rows]
