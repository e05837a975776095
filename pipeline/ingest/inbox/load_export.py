"""Loads one recognised export into `raw` and the ledger; deliver decides whether it is loaded at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from pipeline.common.clock import utc_now
from pipeline.contracts import Contract
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.containers.identity import FileStamp
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.growth import date_beginnings, other_versions
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.stability import Look, refuse_changed
from pipeline.ingest.inbox.succession import believed_time, clear_succession
from pipeline.ingest.load import ledger
from pipeline.ingest.load.accept import Admission, admit, nothing_to_ask
from pipeline.ingest.load.corrections import correction_mark, corrections_by_delivery
from pipeline.ingest.load.csv_rows import csv_file
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.pending import PendingRows, pending_rows
from pipeline.ingest.load.sheet_tables import sheet_rows
from pipeline.ingest.recognise.aliases import propose_aliases
from pipeline.ingest.recognise.drift import refuse_drift, refuse_unlabelled
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.recognise.period import scope_of
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.ingest.second_look.look import refuse_difference
from pipeline.ingest.second_look.readers import reader_of_sheets
from pipeline.ingest.second_look.text_rows import TextReader
from pipeline.ingest.sheets.open_file import open_file
from pipeline.ingest.text.utf8_source import TextSource
from pipeline.privacy.masking import mask_name, shown

TITLE_LENGTH = 200


@contextmanager
def text_of(loader: Loader, recognised: Recognised) -> Iterator[TextSource | None]:
    """The text of a CSV, so that it is being decoded while the file is hashed; None for sheets."""
    if recognised.csv_table is None:
        yield None
        return
    with (
        open_file(recognised.path, loader.settings) as opened,
        TextSource(opened.path, recognised.encoding, loader.settings.work) as text,
    ):
        yield text


def load_export(
    loader: Loader,
    recognised: Recognised,
    mark: FileStamp,
    text: TextSource | None,
    look: Look | None = None,
    arrived: datetime | None = None,
) -> int:
    """Load an export, all of it or nothing; returns the rows that reached `raw.<source>`.

    `text` is what `text_of` gives; `look` is what the file looked like before, where it may still change; `arrived` is
    when it came (UTC), where it was taken before and the ledger does not know it: then nobody is asked about it again.
    Raises RefusedFileError, and WaitingFileError where the file was changed meanwhile.
    """
    contract = recognised.contract
    _refuse_other_halls(loader, contract)
    known_arrival = arrived or ledger.arrival_of(loader.con, mark.delivery_id)
    delivery = delivery_of(recognised, mark, known_arrival)
    versions = other_versions(loader, recognised, delivery)
    for version in versions:
        if version.is_longer:
            delivery = replace(delivery, as_of=version.as_of)
    is_asked = not versions and known_arrival is None
    if known_arrival is not None:
        delivery = ledger.as_it_was_taken(loader.con, delivery)
    date_beginnings(loader, versions, delivery.as_of)
    account = ledger.Account()
    year = recognised.period.year if recognised.period else recognised.week.year
    context = Context(year, period=_days_reported(recognised))
    corrections = corrections_by_delivery(loader.con).get(mark.delivery_id, {})
    reader = RowReader(contract, loader.codes, context, loader.person_key, corrections)
    with pending_rows(loader.con, contract, mark.delivery_id) as rows:
        _read(loader, recognised, text, reader, account, rows)
        if look:
            refuse_changed(recognised.path, look)
        _look_again(loader, recognised, text, account, rows, corrections)
        propose_aliases(
            loader.con,
            contract,
            loader.codes,
            loader.settings.code_lists,
            loader.settings.departments.level_words,
        )
        ask = partial(clear_succession, loader, recognised) if is_asked else nothing_to_ask
        read_as = loader.fingerprint(contract) + correction_mark(corrections)
        admission = Admission(delivery, account, read_as, loader.contracts, ask)
        admit(loader.con, contract, admission, rows, reader.persons)
    return account.count("loaded")


def _refuse_other_halls(loader: Loader, contract: Contract) -> None:
    """Refuses an export of which the hall says that it has none: its figures would appear without a word."""
    words = loader.settings.exports.get(contract.name)
    if words is not None and words.expected == "never":
        raise RefusedFileError(RecogniseRefusal.NOT_OF_HALL, source=contract.title, name=contract.name)


def _days_reported(recognised: Recognised) -> tuple[date, date]:
    """The first and the last day that a file may report: those of its title, and those that its issue prints or counts.

    The first issue of 2025 prints 2024-12-30 to 2025-01-03 and counts from 1 January.
    """
    week = recognised.week
    period = recognised.period
    if period is not None:
        named = recognised.heading.span or (period.first_day, period.last_day)
        return min(named[0], period.first_day), max(named[1], period.last_day)
    named = recognised.heading.span or (week.period_start, week.period_end)
    return min(named[0], week.period_start, week.coverage_start), max(named[1], week.period_end, week.coverage_end)


def _read(
    loader: Loader,
    recognised: Recognised,
    text: TextSource | None,
    reader: RowReader,
    account: ledger.Account,
    rows: PendingRows,
) -> None:
    """Fill `incoming`, or `rows` where a text can be read in one pass."""
    contract = recognised.contract
    file_name = recognised.file_name
    open_incoming(loader.con, contract)
    table = recognised.csv_table
    if text is None or table is None:
        sheet_rows.load_sheets(loader.con, recognised.sheets, contract, reader, account, file_name)
        return
    refuse_drift(table.header, contract, file_name)
    refuse_unlabelled(table.header, table.below, contract, file_name)
    csv_file.load_csv(text, table, contract, reader, account, rows, file_name)


def _look_again(
    loader: Loader,
    recognised: Recognised,
    text: TextSource | None,
    account: ledger.Account,
    rows: PendingRows,
    corrected: Collection[tuple[str, int]],
) -> None:
    """Refuse an export of which the simple reading of the same cells gives something else than was loaded."""
    contract = recognised.contract
    if text is not None:
        reader_of_text = TextReader(text.path, text.codec, contract.csv.delimiter)
        refuse_difference(reader_of_text, contract, rows, account, corrected=corrected)
        return
    with open_file(recognised.path, loader.settings) as opened:
        reader = reader_of_sheets(opened.container, opened.path)
        if reader is not None:
            is_whole_file = not recognised.share
            refuse_difference(reader, contract, rows, account, is_whole_file=is_whole_file, corrected=corrected)


def delivery_of(recognised: Recognised, mark: FileStamp, arrived: datetime | None = None) -> ledger.Delivery:
    """What the ledger keeps of an export: a row of `ledger.delivery` (key delivery_id), without its outcome.

    The period is what the title names, or that of the week; of a monthly or quarterly it is the whole month or quarter,
    whatever days of it the title counts. `as_of` is the time of export, or the end of the period
    where the file names none, or one after its arrival (`arrived`, UTC; now where it is not given).
    """
    week = recognised.week
    heading = recognised.heading
    contract = recognised.contract
    start, end = heading.span or (week.coverage_start, week.coverage_end)
    if recognised.period is not None:
        start, end = recognised.period.first_day, recognised.period.last_day
    is_scope_of_file = contract.delivery.scope == "file"
    exported_at, remark = believed_time(heading.exported_at, arrived or utc_now())
    return ledger.Delivery(
        delivery_id=mark.delivery_id,
        sha256=mark.sha256,
        source=contract.name,
        file_name=recognised.file_name,
        week_id=week.week_id,
        period_start=start,
        period_end=end,
        as_of=exported_at or ledger.end_of_period(end),
        scope=mark.delivery_id if is_scope_of_file else mask_name(scope_of(heading, contract)),
        container=recognised.kind,
        encoding=recognised.encoding,
        size_bytes=mark.size_bytes,
        title=shown(heading.title, TITLE_LENGTH) or "",
        message="；".join(filter(None, [remark, recognised.remark])) or None,
    )
