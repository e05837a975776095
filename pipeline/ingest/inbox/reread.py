"""Reads archived originals again: after their contract, code lists or the reader changed, or because a person asks.

Where the type of a stored column changed, `retype` rebuilds the table; `deliver` takes files from the inbox.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.archive import delivery_id_of, stored_original
from pipeline.ingest.inbox.load_export import load_export, text_of
from pipeline.ingest.inbox.loader import FileEvent, Loader
from pipeline.ingest.inbox.unforeseen import refuse_unforeseen
from pipeline.ingest.load.corrections import correction_mark, corrections_by_delivery
from pipeline.ingest.reader_version import READER_VERSION, change_in_words
from pipeline.ingest.reasons import FileOutcome
from pipeline.ingest.recognise.match import Recognised, recognise_again
from pipeline.privacy.masking import mask_name

if TYPE_CHECKING:
    import duckdb

_MESSAGE = "合同或代码表有更新，已按新合同重读"
_CORRECTED = "按处理单登记的更正重读"
_KEPT = "合同、代码表或读取程序有更新，但原件已过保存期，不能重读：仍是原来读到的数"
# Divides the fingerprint of contract and reader from the digest of rows that a reload gave.
_RELOADED = "~"


def reread_changed(loader: Loader) -> Iterator[FileEvent]:
    """Deliveries that were read under another contract, other code lists or by another reader are read again.

    So is one of which a steward corrected a cell that could not be read, or took such a correction back.
    One whose original the archive no longer keeps stays as it was read; the ledger says so, and so does one event.
    """
    deliveries = loader.con.execute(
        "SELECT source, delivery_id, file_name, contract_fingerprint, coalesce(reader_version, 1), message"
        " FROM ledger.delivery WHERE status IN ('current', 'superseded') ORDER BY source, week_id, as_of"
    ).fetchall()
    fingerprints = loader.fingerprints()
    corrections = corrections_by_delivery(loader.con)
    for source, delivery_id, file_name, known, reader_version, message in deliveries:
        if not _is_read_otherwise(known, fingerprints.get(source), correction_mark(corrections.get(delivery_id, {}))):
            continue
        stored = stored_original(loader.settings, source, delivery_id)
        if stored is not None:
            event = load_again(loader, stored, file_name)
            is_by_corrections = _without_corrections(known) == fingerprints.get(source)
            if is_by_corrections and event.outcome == FileOutcome.LOADED:
                yield event.with_message(_CORRECTED)
            else:
                yield _with_cause(event, reader_version)
        elif message != _KEPT:
            loader.con.execute("UPDATE ledger.delivery SET message = ? WHERE delivery_id = ?", [_KEPT, delivery_id])
            yield FileEvent(file_name, FileOutcome.KEPT, source, message=_KEPT)


def _is_read_otherwise(known: str, fingerprint: str | None, mark: str) -> bool:
    """Whether a delivery would be read otherwise today than `known` says; one of a source that is no more is not."""
    if fingerprint is None:
        return False
    read_as, _, _ = known.partition(_RELOADED)
    return read_as != fingerprint + mark


def _without_corrections(known: str) -> str:
    """Returns the fingerprint of contract and reader alone."""
    read_as, _, _ = known.partition(_RELOADED)
    of_contract, _, _ = read_as.partition("+")
    return of_contract


def _with_cause(event: FileEvent, reader_version: int) -> FileEvent:
    """Names the reader as the cause where it has changed; a contract may have changed with it."""
    is_same_reader = reader_version == READER_VERSION
    if is_same_reader or event.outcome != FileOutcome.LOADED:
        return event
    return event.with_message(change_in_words(reader_version, READER_VERSION))


def weeks_read_otherwise(con: duckdb.DuckDBPyConnection, fingerprints: Mapping[str, str]) -> list[str]:
    """Returns the weeks with a delivery that the next load reads again, in order.

    `fingerprints` are those of today by source, as `Loader.fingerprints` gives them.
    """
    weeks = set()
    corrections = corrections_by_delivery(con)
    rows = con.execute(
        "SELECT delivery_id, source, week_id, contract_fingerprint FROM ledger.delivery WHERE status = 'current'"
    ).fetchall()
    for delivery_id, source, week, known in rows:
        if _is_read_otherwise(known, fingerprints.get(source), correction_mark(corrections.get(delivery_id, {}))):
            weeks.add(week)
    return sorted(weeks)


def reload_deliveries(loader: Loader, source: str, week_id: str | None) -> Iterator[FileEvent]:
    """Reads the deliveries of a source (of one week, or of all) again from the archive, whatever has changed.

    Each event says how many rows differ from before. Where some do, the fingerprint of the delivery changes with them,
    so that the next run builds its weeks anew.
    """
    deliveries = loader.con.execute(
        "SELECT delivery_id, file_name FROM ledger.delivery WHERE status IN ('current', 'superseded')"
        " AND source = ? AND week_id = coalesce(?, week_id) ORDER BY week_id, as_of",
        [source, week_id],
    ).fetchall()
    for delivery_id, file_name in deliveries:
        stored = stored_original(loader.settings, source, delivery_id)
        if stored is None:
            yield FileEvent(file_name, FileOutcome.KEPT, source, message="原件已过保存期，不能重读：仍是原来读到的数")
            continue
        yield _reload(loader, source, delivery_id, stored, file_name)


def _reload(loader: Loader, source: str, delivery_id: str, stored: Path, file_name: str) -> FileEvent:
    before = _digest_of_rows(loader, source, delivery_id)
    event = load_again(loader, stored, file_name)
    if event.outcome != FileOutcome.LOADED:
        return event
    after = _digest_of_rows(loader, source, delivery_id)
    if after == before:
        return event.with_message("与原来读到的相同")
    loader.con.execute(
        "UPDATE ledger.delivery SET contract_fingerprint = contract_fingerprint || ? WHERE delivery_id = ?",
        [f"{_RELOADED}{after}", delivery_id],
    )
    return event.with_message("与原来读到的不同：下一次运行重新计算这一期")


def _digest_of_rows(loader: Loader, source: str, delivery_id: str) -> str:
    """Returns a digest of a delivery's rows, whatever their order in the table."""
    row = loader.con.execute(
        f"SELECT printf('%016x', coalesce(bit_xor(hash(r)), 0)) FROM raw.{source} AS r WHERE delivery_id = ?",
        [delivery_id],
    ).fetchone()
    return str(row[0]) if row else ""


def load_again(loader: Loader, stored: Path, file_name: str, arrived: datetime | None = None) -> FileEvent:
    """Loads an archived original anew because its contract changed; the event says what became of it.

    `arrived` is when it came (UTC), where the ledger does not know it: of a warehouse that is built anew.
    Where the new contract refuses it, its rows stay as they are.
    """
    began = time.monotonic()
    delivery_id = delivery_id_of(stored)
    try:
        with refuse_unforeseen(file_name):
            export = recognise_again(stored, loader.settings, loader.calendar, loader.contracts, file_name)
            with text_of(loader, export) as text:
                mark = replace(stamp(stored), delivery_id=delivery_id)
                rows = load_export(loader, export, mark, text, arrived=arrived)
    except RefusedFileError as error:
        return FileEvent.refusal(file_name, "refused", error).with_message(f"合同更新后重读失败：{error}")
    _keep_at_its_place(loader, stored, export)
    loader.con.execute(
        "UPDATE ledger.delivery SET file_name = ? WHERE delivery_id = ?", [mask_name(file_name), delivery_id]
    )
    event = FileEvent(file_name, "loaded", export.contract.name, export.week.week_id)
    return event.with_rows(rows, time.monotonic() - began, _MESSAGE)


def _keep_at_its_place(loader: Loader, stored: Path, export: Recognised) -> None:
    """Moves an original that is read as another source or week today to where it is looked for from now on."""
    folder = loader.settings.archive / export.contract.name / export.week.week_id
    private_folder(folder)
    stored.replace(folder / stored.name)
