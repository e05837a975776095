"""Reads archived originals again after their contract or code lists changed; deliver takes files from the inbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.archive import delivery_id_of, stored_original
from pipeline.ingest.inbox.load_export import load_export, text_of
from pipeline.ingest.inbox.loader import FileEvent, Loader
from pipeline.ingest.inbox.unforeseen import refuse_unforeseen
from pipeline.ingest.recognise.match import recognise_again

_MESSAGE = "合同或代码表有更新，已按新合同重读"


def reread_changed(loader: Loader) -> Iterator[FileEvent]:
    """Deliveries that were read under another contract or other code lists are read again from the archive.

    One whose original the archive no longer keeps stays as it was read.
    """
    deliveries = loader.con.execute(
        "SELECT source, delivery_id, file_name, contract_fingerprint FROM ledger.delivery "
        "WHERE status IN ('current', 'superseded') ORDER BY source, week_id, as_of"
    ).fetchall()
    fingerprints = {name: loader.fingerprint(contract) for name, contract in loader.contracts.items()}
    for source, delivery_id, file_name, known in deliveries:
        is_unchanged = fingerprints.get(source, known) == known
        if is_unchanged:
            continue
        stored = stored_original(loader.settings, source, delivery_id)
        if stored is not None:
            yield load_again(loader, stored, file_name)


def load_again(loader: Loader, stored: Path, file_name: str) -> FileEvent:
    """Loads an archived original anew because its contract changed; the event says what became of it.

    Where the new contract refuses it, its rows stay as they are.
    """
    began = time.monotonic()
    delivery_id = delivery_id_of(stored)
    try:
        with refuse_unforeseen(file_name):
            export = recognise_again(stored, loader.settings, loader.calendar, loader.contracts, file_name)
            with text_of(loader, export) as text:
                mark = replace(stamp(stored), delivery_id=delivery_id)
                rows = load_export(loader, export, mark, text)
    except RefusedFileError as error:
        return FileEvent.refusal(file_name, "refused", error).with_message(f"合同更新后重读失败：{error}")
    loader.con.execute("UPDATE ledger.delivery SET file_name = ? WHERE delivery_id = ?", [file_name, delivery_id])
    event = FileEvent(file_name, "loaded", export.contract.name, export.week.week_id)
    return event.with_rows(rows, time.monotonic() - began, _MESSAGE)
