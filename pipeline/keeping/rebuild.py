"""Builds a lost warehouse anew from the originals, the journal beside them and the released folders.

In: `archive/`, `archive/ledger.jsonl`, `published/releases/`. Out: a warehouse with the same rows in raw, the same
ledger, the same decisions and releases. The tables of models and the checks follow in an ordinary run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import sha256_of
from pipeline.common.transaction import transaction
from pipeline.ingest.inbox.archive import delivery_id_of, stored_original
from pipeline.ingest.inbox.entries import inbox_files
from pipeline.ingest.inbox.loader import FileEvent, Loader, make_loader
from pipeline.ingest.inbox.reread import load_again
from pipeline.ingest.inbox.retention import originals
from pipeline.keeping.errors import KeepingError
from pipeline.release.revisions.restored_releases import restore_releases, restore_withdrawals
from pipeline.warehouse.database import open_anew, read_warehouse, set_aside
from pipeline.warehouse.errors import DamagedWarehouseError
from pipeline.warehouse.home_hall import TABLE as HALL_TABLE
from pipeline.warehouse.home_hall import hall_of_journal, refuse_other_week_rule
from pipeline.warehouse.journal import Row, insert_journal_rows, read_journal, rows_of
from pipeline.warehouse.reference import load_reference

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.contracts import Contract
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

# Deliveries whose rows stand in raw: those that count, those that others took the place of, answered workbooks.
_LOADED: Final = ("current", "superseded", "applied")
LOST: Final = "lost"
_WHOLE: Final = ("ledger.arrival", "quality.decision", "quality.comment", "quality.review_answer")
_CORRECTION: Final = "quality.correction"
_EVENTS: Final = ("quality.finding_event", "quality.finding")
_MOST_NAMED: Final = 5
# What a file was when it came; whatever reading it gives (period, title, encoding) is read again.
_OF_ARRIVAL: Final = ("status", "superseded_by", "received_at", "file_name", "message", "code", "answers")


@dataclass(frozen=True)
class Rebuilt:
    """What was built anew; `weeks` are those with deliveries that count, `unread` what could not be read as before."""

    deliveries: int
    weeks: tuple[str, ...]
    decisions: int
    releases: int
    unread: tuple[FileEvent, ...]
    left_out: tuple[str, ...]
    damaged: Path | None


def rebuild(
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    on_file: Callable[[FileEvent], None] = lambda event: None,
    *,
    is_partial: bool = False,
) -> Rebuilt:
    """Builds the warehouse anew; a damaged one is moved aside first.

    Raises KeepingError where there is a warehouse that opens, where files wait in the inbox, where the archive lacks
    originals that the journal knows (with `is_partial` they are left out and named), or has one that was changed;
    OtherWeekRuleError where the settings have another week rule than the lost warehouse.
    """
    _refuse_needless(settings)
    _refuse_inbox(settings)
    journal = read_journal(settings.journal_path)
    for row in rows_of(journal, HALL_TABLE)[-1:]:
        refuse_other_week_rule(hall_of_journal(row), settings)
    known = [row for row in rows_of(journal, "ledger.delivery") if row["status"] in _LOADED]
    stored, lost = _originals_of(settings, known)
    if lost and not is_partial:
        raise KeepingError(_lost_words(lost))
    _refuse_changed(stored)
    damaged = set_aside(settings) if settings.warehouse_path.exists() else None
    unread = []
    with open_anew(settings) as con:
        load_reference(con, settings, calendar)
        loader = make_loader(con, settings, calendar, contracts)
        # Cells that a steward corrected in their file are read so.
        insert_journal_rows(con, _CORRECTION, rows_of(journal, _CORRECTION))
        for row, path in stored:
            event = load_again(loader, path, str(row["file_name"]), datetime.fromisoformat(str(row["received_at"])))
            on_file(event)
            if event.outcome == "refused":
                unread.append(event)
        for event in _load_unjournaled(loader, journal):
            on_file(event)
        releases = _restore(con, settings, journal)
        weeks = con.execute("SELECT DISTINCT week_id FROM ledger.current_delivery ORDER BY 1").fetchall()
    return Rebuilt(
        deliveries=len(stored),
        weeks=tuple(week for (week,) in weeks),
        decisions=len(rows_of(journal, "quality.decision")),
        releases=releases,
        unread=tuple(unread),
        left_out=tuple(str(row["file_name"]) for row in lost),
        damaged=damaged,
    )


def _refuse_needless(settings: Settings) -> None:
    """Raises KeepingError where nothing is lost: a warehouse that opens is never built over."""
    if not settings.warehouse_path.exists():
        if not settings.archive.is_dir():
            raise KeepingError(f"{settings.home} 没有归档，没有可重建的。请用 zhoubao restore 从备份恢复。")
        return
    try:
        with read_warehouse(settings) as con:
            for schema, table in con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
                con.execute(f'SELECT bit_xor(hash(t)) FROM {schema}."{table}" AS t').fetchall()
    except DamagedWarehouseError:
        return
    raise KeepingError(
        f"数据仓库 {settings.warehouse_path} 在，而且读得全，不用重建。"
        "确要重建的，请先把它和同名的 .wal 文件移开，再运行一次。"
    )


def _refuse_inbox(settings: Settings) -> None:
    waiting = inbox_files(settings)
    if waiting:
        raise KeepingError(
            f"收件夹 {settings.inbox} 里还有 {len(waiting)} 个文件：重建只读归档，以便与原来的数字核对。"
            "请先把它们移开，重建之后再放回并运行 zhoubao run。"
        )


def _originals_of(settings: Settings, known: Sequence[Row]) -> tuple[list[tuple[Row, Path]], list[Row]]:
    """Returns the deliveries with their originals in the order of their arrival, and those whose original is gone."""
    stored = []
    lost = []
    for row in sorted(known, key=lambda row: (str(row["received_at"]), str(row["delivery_id"]))):
        path = stored_original(settings, str(row["source"]), str(row["delivery_id"]))
        if path is None:
            lost.append(row)
        else:
            stored.append((row, path))
    return stored, lost


def _lost_words(lost: Sequence[Row]) -> str:
    names = "、".join(str(row["file_name"]) for row in lost[:_MOST_NAMED])
    weeks = "、".join(sorted({str(row["week_id"]) for row in lost}))
    return (
        f"归档里没有 {len(lost)} 份报送的原件（{names}；{weeks} 期）：不能从它们重算，没有重建。"
        "请从备份取回；原件已过保存期限的，可加 --partial 重建其余各期，已发布的数字仍按发布时示人。"
    )


def _refuse_changed(stored: Sequence[tuple[Row, Path]]) -> None:
    """Raises KeepingError for an original that is not what arrived: its figures would be others."""
    changed = [path for row, path in stored if sha256_of(path) != row["sha256"]]
    if changed:
        names = "、".join(map(str, changed[:_MOST_NAMED]))
        raise KeepingError(
            f"归档中有 {len(changed)} 份原件已不是收到时的内容：{names}。没有重建；请从备份取回原件，再运行一次。"
        )


def _load_unjournaled(loader: Loader, journal: Mapping[Any, Row]) -> list[FileEvent]:
    """Loads originals that came after the last line of the journal: of a run that was killed before it was written."""
    seen = _delivery_ids(journal, "ledger.delivery") | _delivery_ids(journal, "ledger.arrival")
    refused = loader.settings.archive / "refused"
    events = []
    for path in originals(loader.settings):
        is_refused = path.parent == refused
        is_journaled = delivery_id_of(path) in seen
        if is_refused or is_journaled:
            continue
        events.append(load_again(loader, path, path.name))
    return events


def _delivery_ids(journal: Mapping[Any, Row], table: str) -> set[str]:
    return {str(row["delivery_id"]) for row in rows_of(journal, table)}


def _restore(con: DuckDBPyConnection, settings: Settings, journal: Mapping[Any, Row]) -> int:
    """Puts back what no original says: arrivals, decisions, the lives of findings, releases; returns the releases."""
    with transaction(con):
        for table in (*_WHOLE, *_EVENTS):
            insert_journal_rows(con, table, rows_of(journal, table))
        _restore_deliveries(con, rows_of(journal, "ledger.delivery"))
        _restore_hall(con, rows_of(journal, HALL_TABLE))
        restored = restore_releases(con, settings.published)
        restore_withdrawals(con, rows_of(journal, "release.withdrawal"))
        _restore_names(con, rows_of(journal, "release.activation"))
    return len(restored)


def _restore_deliveries(con: DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """Gives the deliveries that were read again what they were on arrival, and adds those that were refused.

    One that has no rows any more, as its original is gone or not read as before, stays on record as lost: it counts
    in no figure.
    """
    read = {row[0] for row in con.execute("SELECT delivery_id FROM ledger.delivery").fetchall()}
    unread = [_as_it_is_now(row) for row in rows if row["delivery_id"] not in read]
    insert_journal_rows(con, "ledger.delivery", unread)
    assignments = ", ".join(f"{column} = ${column}" for column in _OF_ARRIVAL)
    for row in rows:
        delivery_id = row["delivery_id"]
        if delivery_id not in read:
            continue
        con.execute(
            f"UPDATE ledger.delivery SET {assignments} WHERE delivery_id = $delivery_id",
            {**_known_on_arrival(row), "delivery_id": delivery_id},
        )
        if row.get("answers") is not None:
            # Of the correction that a decision asked for, the file does not say when it was made.
            con.execute("UPDATE ledger.delivery SET as_of = ? WHERE delivery_id = ?", [row["as_of"], delivery_id])


def _restore_hall(con: DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """Puts back whose home it is and since when; a journal of an earlier version does not know it."""
    if rows:
        con.execute(f"DELETE FROM {HALL_TABLE}")
        insert_journal_rows(con, HALL_TABLE, list(rows))


def _known_on_arrival(row: Row) -> Row:
    """What a line of the journal says of an arrival; None for what an earlier version did not write there yet."""
    return {column: row.get(column) for column in _OF_ARRIVAL}


def _as_it_is_now(row: Row) -> Row:
    if row["status"] in _LOADED:
        return {**row, "status": LOST, "message": "重建时没有原件，或原件读不进：不计入任何数字"}
    return row


def _restore_names(con: DuckDBPyConnection, activations: Sequence[Row]) -> None:
    """Gives releases the names of who decided: they stay with the hall, so that the released folders have none."""
    for row in activations:
        con.execute(
            "UPDATE release.activation SET decided_by = ? WHERE week_id = ? AND activation_no = ?",
            [row["decided_by"], row["week_id"], row["activation_no"]],
        )
    con.execute(
        "UPDATE release.issue_finding AS f SET decided_by = d.decided_by FROM quality.decision AS d"
        " WHERE d.decision_id = f.decision_id"
    )
