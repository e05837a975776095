"""Remembers how far each week has come, so that a run takes up what an earlier one left undone.

Grain of `ledger.week_stage`: a row a week and stage; its fingerprint is that of `week_inputs` at the time.

A week is finished when every stage was reached with the inputs that count now: the deliveries of its year up to it, and
the corrections of their cells. Example: a run of 2023-01 to 2023-03 is killed while tables are computed. The deliveries
of the three weeks are in the ledger, none of them has reached `checked`: the next run takes all three.
Elsewhere: which single tables are up to date, `fingerprints` says; which weeks a run takes, `assets.weeks_to_run`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.common.clock import utc_now
from pipeline.common.digests import digest
from pipeline.common.tables import has_table
from pipeline.common.transaction import transaction
from pipeline.reporting_calendar.week_ids import read_week_id
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.fingerprints import corrections, deliveries, tables_and_views

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Stage(StrEnum):
    """What a run does with a week after its rows are loaded, in this order."""

    CHECKED = "checked"
    REVIEWED = "reviewed"
    RELEASED = "released"
    SITE = "site"
    WEEKLY = "weekly"


def week_inputs(con: DuckDBPyConnection) -> dict[str, str]:
    """Returns week_id → fingerprint of what its figures rest on, for every week with a delivery that counts.

    A week's year to date rests on all weeks of the year up to it: a late file of 2023-03 makes 2023-03 and all later
    weeks of 2023 others, but none of 2022.
    """
    present = tables_and_views(con)
    if "ledger.delivery" not in present:
        return {}
    stamps = _stamps_by_week(con, present)
    inputs: dict[str, str] = {}
    of_year_so_far = ""
    year = 0
    for week in sorted(stamps):
        if read_week_id(week)[0] != year:
            year, of_year_so_far = read_week_id(week)[0], ""
        of_year_so_far = digest([of_year_so_far, *sorted(stamps[week])])
        inputs[week] = of_year_so_far
    return inputs


def _stamps_by_week(con: DuckDBPyConnection, present: Mapping[str, str]) -> dict[str, list[str]]:
    """Returns week_id → the stamps of its deliveries and corrections, each with its source before it."""
    stamps: dict[str, list[str]] = defaultdict(list)
    for source, by_week in deliveries(con).items():
        for week, of_week in by_week.items():
            stamps[week] += _with_source(source, of_week)
    for (source, week), of_week in corrections(con, present).items():
        stamps[week] += _with_source(source, of_week)
    return stamps


def _with_source(source: str, stamps: Iterable[str]) -> list[str]:
    return [f"{source}:{stamp}" for stamp in stamps]


def record_stage(con: DuckDBPyConnection, stage: Stage, weeks: Iterable[str]) -> None:
    """Writes down that these weeks have reached a stage with what counts now; those without a delivery are left out."""
    create_tables(con, "models")
    with transaction(con):
        _write(con, stage, weeks)


def _write(con: DuckDBPyConnection, stage: Stage, weeks: Iterable[str]) -> None:
    inputs = week_inputs(con)
    known = sorted(inputs.keys() & set(weeks))
    con.execute("DELETE FROM ledger.week_stage WHERE stage = ? AND list_contains(?, week_id)", [stage.value, known])
    con.execute(
        "INSERT INTO ledger.week_stage (week_id, stage, fingerprint, reached_at)"
        " SELECT unnest(?::VARCHAR[]), ?, unnest(?::VARCHAR[]), ?",
        [known, stage.value, [inputs[week] for week in known], utc_now()],
    )


def weeks_lacking(con: DuckDBPyConnection, stages: Iterable[Stage]) -> list[str]:
    """Returns the weeks that have not reached one of `stages` with what counts now, in order; changes nothing."""
    inputs = week_inputs(con)
    reached = _reached(con)
    lacking: set[str] = set()
    for stage in stages:
        of_stage = reached.get(stage.value, {})
        lacking.update(week for week, fingerprint in inputs.items() if of_stage.get(week) != fingerprint)
    return sorted(lacking)


def unfinished_weeks(con: DuckDBPyConnection) -> list[str]:
    """Returns the weeks of which some stage is missing or was reached with other deliveries, in order."""
    return weeks_lacking(con, Stage)


def _reached(con: DuckDBPyConnection) -> Mapping[str, Mapping[str, str]]:
    """Returns stage → week_id → fingerprint; nothing where no run has written any."""
    reached: dict[str, dict[str, str]] = defaultdict(dict)
    if has_table(con, "ledger", "week_stage"):
        rows = con.execute("SELECT stage, week_id, fingerprint FROM ledger.week_stage").fetchall()
        for stage, week, fingerprint in rows:
            reached[stage][week] = fingerprint
    return reached
