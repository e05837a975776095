"""Compares a delivery with the one that counts for the same week; load.ledger writes down which of them counts."""

from __future__ import annotations

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.inbox.archive import stored_original
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.unforeseen import refuse_unforeseen
from pipeline.ingest.load.ledger import Delivery
from pipeline.ingest.recognise.match import Recognised, recognise_again
from pipeline.ingest.refusals.inbox import InboxRefusal
from pipeline.ingest.tables.header import find_header

SheetCells = tuple[str, list[list[str | None]]]


def refuse_unclear_succession(loader: Loader, delivery: Delivery, *, is_dated: bool) -> None:
    """Two different files for one source and week with one as-of: which counts is a question, not a guess.

    `is_dated` tells whether the file names its time of export. Raises RefusedFileError.
    """
    rival = find_rival(loader, delivery)
    if rival is None:
        return
    _, rival_name = rival
    code = InboxRefusal.SAME_EXPORT_TIME if is_dated else InboxRefusal.NO_EXPORT_TIME
    raise RefusedFileError(
        code,
        place=RefusalPlace(delivery.file_name),
        found=f"{delivery.as_of:%Y-%m-%d %H:%M:%S}" if is_dated else None,
        rival=rival_name,
        week_id=delivery.week_id,
    )


def find_rival(loader: Loader, delivery: Delivery) -> tuple[str, str] | None:
    """Id and file name of the delivery that counts for the same source, week, scope and as-of; or None."""
    row: tuple[str, str] | None = loader.con.execute(
        "SELECT delivery_id, file_name FROM ledger.delivery WHERE source = ? AND week_id = ? AND scope = ? "
        "AND as_of = ? AND delivery_id <> ? AND status = 'current'",
        [delivery.source, delivery.week_id, delivery.scope, delivery.as_of, delivery.delivery_id],
    ).fetchone()
    return row


def name_of_twin(loader: Loader, recognised: Recognised, delivery: Delivery) -> str | None:
    """The name of the delivery of which this workbook is a copy that a spreadsheet saved: other bytes, same cells."""
    if not recognised.sheets:
        return None
    rival = find_rival(loader, delivery)
    if rival is None:
        return None
    rival_id, rival_name = rival
    stored = stored_original(loader.settings, recognised.contract.name, rival_id)
    if stored is None:
        return None
    try:
        with refuse_unforeseen(rival_name):
            original = recognise_again(stored, loader.settings, loader.calendar, loader.contracts, rival_name)
    except RefusedFileError:
        return None
    return rival_name if _tables(recognised) == _tables(original) else None


def _tables(recognised: Recognised) -> list[SheetCells]:
    """The sheets that hold the contract's table, their names and cells."""
    return [
        (sheet.name, list(sheet.rows))
        for sheet in recognised.sheets
        if find_header(sheet.rows, recognised.contract) is not None
    ]
