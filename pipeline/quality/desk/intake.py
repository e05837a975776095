"""Takes the steward's workbooks that came back, as a run meets them: between loading and building.

One workbook is answered in `pipeline.quality.desk.answers`; what is open on the desk is counted in
`pipeline.quality.desk.backlog`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.common.clock import beijing_now
from pipeline.common.transaction import transaction
from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.privacy.digest import kept_key
from pipeline.quality.desk import corrections
from pipeline.quality.desk.answers import Answer, Desk, take_workbook
from pipeline.quality.desk.workbook_rows import Workbook, unanswered
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings


@dataclass(frozen=True)
class Taken:
    """A workbook that came back, and the answer to each of its rows; `is_repeated` where they were given before."""

    workbook: Workbook
    answers: tuple[Answer, ...]
    is_repeated: bool = False


def take_decisions(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    contracts: Mapping[str, Contract],
    now: datetime | None = None,
) -> list[Taken]:
    """Takes the workbooks that came back, then lays the corrections over `raw`; between loading and building.

    In: raw.review_decisions and its deliveries. Out: quality.decision, correction, corrected_cell, finding_event and
    review_answer; the `corrected.*` views. Each workbook is one transaction; one already answered is not read again.
    `now` is Beijing time.
    """
    create_tables(con)
    taken: list[Taken] = []
    workbooks = unanswered(con)
    if workbooks:
        key = kept_key(settings.secret_path)
        codes = read_code_lists(*settings.code_lists)
        moment = now or beijing_now()
        desk = Desk(con, contracts, codes, key, moment, settings.steward, settings.code_lists, settings.names_dir)
        taken = [Taken(workbook, tuple(take_workbook(desk, workbook))) for workbook in workbooks]
    with transaction(con):
        corrections.refresh(con, contracts)
    return taken


def taken_before(con: duckdb.DuckDBPyConnection, delivery_id: str) -> Taken:
    """Returns a workbook that was answered before with the answers of then; the delivery must be one."""
    columns = ", ".join(field.name for field in fields(Answer))
    rows = con.execute(
        f"SELECT {columns} FROM quality.review_answer WHERE delivery_id = ? ORDER BY sheet, row_no", [delivery_id]
    ).fetchall()
    ((week_id, file_name),) = con.execute(
        "SELECT week_id, file_name FROM ledger.delivery WHERE delivery_id = ?", [delivery_id]
    ).fetchall()
    return Taken(Workbook(delivery_id, week_id, file_name), tuple(Answer(*row) for row in rows), is_repeated=True)
