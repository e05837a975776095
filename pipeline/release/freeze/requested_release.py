"""Releases an issue on a person's word: says what it would change, and does it where the gate is open.

What a run releases is in `issues`; the published files follow in `pipeline.release.published`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.quality.desk.gate import GateVerdict, gate
from pipeline.release.freeze.issues import Preview, ReleaseOutcome, freeze, preview
from pipeline.warehouse.week_stages import Stage, record_stage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


class ReleaseError(ValueError):
    """A release that cannot be; the message says why and what to do."""


def plan_release(con: DuckDBPyConnection, settings: Settings, week_id: str) -> tuple[Preview, GateVerdict]:
    """Returns what releasing this issue would do now, and the gate's verdict on the weeks that it would change.

    Earlier issues of the year whose figures have changed, or that were never released, go with it: their years to date
    rest on each other. One that was rolled back stays so, unless it is the issue asked for. Changes nothing. Raises
    ReleaseError for an issue that has no figures.
    """
    plan = preview(con, settings, _year_up_to(con, week_id), renew={week_id})
    outcome = _outcome_of(plan, week_id)
    if outcome.revision is None:
        raise ReleaseError(f"{week_id} 期没有可发布的数字：请先装载这一期的报送（zhoubao run --week {week_id}）。")
    return plan, gate(con, _changed_weeks(plan))


def release_week(con: DuckDBPyConnection, settings: Settings, week_id: str) -> list[ReleaseOutcome]:
    """Releases the issue, and with it what `plan_release` says; returns what became of each of these issues.

    Raises ReleaseError where the gate is closed or the issue has no figures.
    """
    plan, verdict = plan_release(con, settings, week_id)
    weeks = _changed_weeks(plan)
    if not weeks:
        return [_outcome_of(plan, week_id)]
    if not verdict.is_open:
        raise ReleaseError(verdict.message)
    outcomes = freeze(con, settings, weeks, renew={week_id})
    record_stage(con, Stage.RELEASED, [outcome.week_id for outcome in plan.outcomes])
    return outcomes


def _outcome_of(plan: Preview, week_id: str) -> ReleaseOutcome:
    """Returns what becomes of one issue; a plan always holds the issue that was asked for."""
    by_week = {outcome.week_id: outcome for outcome in plan.outcomes}
    return by_week[week_id]


def _changed_weeks(plan: Preview) -> list[str]:
    weeks = []
    for outcome in plan.outcomes:
        if outcome.is_new:
            weeks.append(outcome.week_id)
    return weeks


def _year_up_to(con: DuckDBPyConnection, week_id: str) -> list[str]:
    """Returns the issues of the year up to this one, this one always among them."""
    rows = con.execute(
        "SELECT week_id FROM charts.report_week WHERE week_id <= $1"
        " AND year = (SELECT year FROM core.report_week WHERE week_id = $1) UNION SELECT $1 ORDER BY 1",
        [week_id],
    ).fetchall()
    return [str(week) for (week,) in rows]
