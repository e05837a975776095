"""The steward's desk as a run meets it: workbooks that came back, corrections, and what is open in a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.common.clock import beijing_now
from pipeline.common.transaction import transaction
from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.privacy.digest import person_key
from pipeline.quality.desk import corrections
from pipeline.quality.desk.answers import Answer, Desk, Workbook, take_workbook, unanswered
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings

SOON_DAYS = 7


@dataclass(frozen=True)
class Taken:
    """A workbook that came back, and the answer to each of its rows."""

    workbook: Workbook
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class OwnerLoad:
    """What one owner has open: critical and other findings, and the first week of the oldest."""

    owner: str
    critical: int
    warning: int
    oldest: str


@dataclass(frozen=True)
class DeskState:
    """The desk in short: open by owner, decisions that run out soon, corrections that no longer act."""

    open_by_owner: tuple[OwnerLoad, ...]
    running_out: int
    corrections_active: int
    corrections_broken: int


def take_decisions(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    now: datetime | None = None,
) -> list[Taken]:
    """Take the workbooks that came back, then lay the corrections over `raw`; between loading and building.

    In: raw.review_decisions and its deliveries. Out: quality.decision, correction, corrected_cell, finding_event and
    review_answer; the `corrected.*` views. Each workbook is one transaction; one already answered is not read again.
    """
    create_tables(con)
    books = unanswered(con)
    desk = Desk(con, contracts, {}, b"", now or beijing_now())
    if books:
        key, codes = person_key(settings.secret_path), read_code_lists(settings.reference_dir)
        desk = Desk(con, contracts, codes, key, desk.now)
    taken = [Taken(book, tuple(take_workbook(desk, book))) for book in books]
    with transaction(con):
        corrections.refresh(con, contracts)
    return taken


def desk_state(con: duckdb.DuckDBPyConnection, today: date | None = None) -> DeskState:
    """What is open by owner, oldest first, and what runs out within a week; `today` is Beijing's."""
    day = today or beijing_now().date()
    owners = con.execute(
        "SELECT coalesce(owner_department, owner) AS who, count(*) FILTER (severity = 'critical'), "
        "count(*) FILTER (severity <> 'critical'), min(first_seen) FROM quality.finding "
        "WHERE status IN ('open', 'expired') GROUP BY who ORDER BY min(first_seen), who"
    ).fetchall()
    soon = con.execute(
        "SELECT count(*) FROM quality.finding WHERE status IN ('waived', 'sent_back') "
        "AND date_diff('day', CAST(? AS DATE), until) BETWEEN 0 AND ?",
        [day, SOON_DAYS],
    ).fetchone()
    corrected = con.execute(
        "SELECT count(*) FILTER (status = 'active'), count(*) FILTER (status IN ('obsolete', 'failed')) "
        "FROM quality.correction"
    ).fetchone()
    active, broken = corrected or (0, 0)
    return DeskState(tuple(OwnerLoad(*row) for row in owners), soon[0] if soon else 0, active, broken)
