"""Takes one file from the inbox into the ledger: recognised, loaded or refused; which files there are, run says."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from datetime import time as clock
from pathlib import Path

from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.containers.identity import FileStamp, stamp
from pipeline.ingest.errors import RefusedFileError, WaitingFileError
from pipeline.ingest.inbox.archive import archive_file, archive_path
from pipeline.ingest.inbox.loader import LOCK_PREFIX, FileEvent, Loader
from pipeline.ingest.inbox.stability import FirstLooks, Look, refuse_changed
from pipeline.ingest.load import csv_file, ledger, sheet_rows
from pipeline.ingest.load.accept import admit
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.pending import PendingRows, pending_rows
from pipeline.ingest.recognise.aliases import propose_aliases
from pipeline.ingest.recognise.drift import refuse_drift, refuse_unlabelled
from pipeline.ingest.recognise.match import Recognised, recognise, recognise_again
from pipeline.ingest.recognise.period import scope_of
from pipeline.ingest.sheets.open_file import open_file
from pipeline.ingest.tables.header import find_header
from pipeline.ingest.text.utf8_source import TextSource
from pipeline.privacy.masking import shown

TITLE_LENGTH = 200


def take_file(loader: Loader, path: Path, week_ids: Collection[str] | None, looks: FirstLooks) -> Iterator[FileEvent]:
    """Takes one file: loads each export in it, or refuses it; yields one event for each, none for a file that waits.

    `week_ids` are the weeks of this run, or None for all; a file of a later week stays in the inbox.
    """
    if path.name.startswith(LOCK_PREFIX):
        yield from _set_aside_lock(loader, path)
        return
    try:
        look = looks.settled(path, loader.settings)
        exports = recognise(path, loader.settings, loader.calendar, loader.contracts)
        later = [one for one in exports if week_ids is not None and one.week.week_id not in week_ids]
        if later:
            yield FileEvent(path.name, "later", later[-1].contract.name, later[-1].week.week_id)
            return
        taken = [_take_export(loader, one, look) for one in exports]
        archive_file(path, [target for _, target in taken])
        yield from (event for event, _ in taken)
    except WaitingFileError as error:
        yield FileEvent(path.name, "waiting", message=str(error))
    except FileNotFoundError:
        yield FileEvent(path.name, "waiting", message="文件在读取前被移走或改名")
    except RefusedFileError as error:
        event, target = _refuse(loader, path, stamp(path), str(error))
        archive_file(path, [target])
        yield event


def _take_export(loader: Loader, recognised: Recognised, look: Look) -> tuple[FileEvent, Path]:
    """Load one export of a file, and say where its original goes; where it is refused, the others of the file go on."""
    try:
        return _load_or_skip(loader, recognised, look)
    except WaitingFileError:
        raise
    except RefusedFileError as error:
        return _refuse(loader, recognised.path, stamp(recognised.path).of_share(recognised.share), str(error))


def _set_aside_lock(loader: Loader, path: Path) -> Iterator[FileEvent]:
    message = "表格软件的临时锁文件，不是报送内容；请在表格软件中关闭原文件"
    known = loader.con.execute(
        "SELECT 1 FROM ledger.arrival WHERE file_name = ? AND outcome = 'set_aside'", [path.name]
    ).fetchone()
    if not known:
        ledger.record_arrival(loader.con, path.name, "set_aside", message)
        yield FileEvent(path.name, "set_aside", message=message)


def _refuse(loader: Loader, path: Path, mark: FileStamp, message: str) -> tuple[FileEvent, Path]:
    ledger.record_refusal(loader.con, mark, path.name, message)
    ledger.record_arrival(loader.con, path.name, "refused", message, mark)
    target = loader.settings.archive / "refused" / f"{mark.delivery_id}.bin"
    return FileEvent(path.name, "refused", message=message), target


def _load_or_skip(loader: Loader, recognised: Recognised, look: Look) -> tuple[FileEvent, Path]:
    began = time.monotonic()
    with _text_of(loader, recognised) as text:
        mark = stamp(recognised.path).of_share(recognised.share)
        refuse_changed(recognised.path, look)
        known = loader.con.execute(
            "SELECT file_name FROM ledger.delivery WHERE delivery_id = ? AND status <> 'refused'", [mark.delivery_id]
        ).fetchone()
        twin = None if known else _saved_again(loader, recognised, mark)
        rows = 0 if known or twin else _load(loader, recognised, mark, text, look)
    target = archive_path(loader.settings, recognised, mark)
    name, source, week_id = recognised.path.name, recognised.contract.name, recognised.week.week_id
    if not known and not twin:
        ledger.record_arrival(loader.con, name, "loaded", "", mark)
        return FileEvent(name, "loaded", source, week_id, rows, time.monotonic() - began, _remark(rows)), target
    is_leftover = known is not None and known[0] == name and not target.exists()
    message = "上次运行已装载，本次补做归档" if is_leftover else _same_as(known[0] if known else None, twin)
    if not is_leftover:
        ledger.record_arrival(loader.con, name, "duplicate", message, mark)
    return FileEvent(name, "duplicate", source, week_id, message=message), target


def _remark(rows: int) -> str:
    return "" if rows else "没有装载任何一行：表头下没有数据，或都已隔离"


def _same_as(known: str | None, twin: str | None) -> str:
    return f"内容与已装载的“{known}”完全相同，未重复装载" if known else f"只是把已装载的“{twin}”另存了一份，未重复装载"


@contextmanager
def _text_of(loader: Loader, recognised: Recognised) -> Iterator[TextSource | None]:
    """The text of a CSV, so that it is being decoded while the file is hashed; None for sheets."""
    if recognised.csv_table is None:
        yield None
        return
    with (
        open_file(recognised.path, loader.settings) as opened,
        TextSource(opened.path, recognised.encoding, loader.settings.work) as text,
    ):
        yield text


def _load(
    loader: Loader, recognised: Recognised, mark: FileStamp, text: TextSource | None, look: Look | None = None
) -> int:
    contract = recognised.contract
    delivery = _delivery(recognised, mark)
    _refuse_unclear_succession(loader, delivery, is_dated=recognised.heading.exported_at is not None)
    account = ledger.Account()
    reader = RowReader(contract, loader.codes, Context(recognised.week.year), loader.person_key)
    with pending_rows(loader.con, contract, mark.delivery_id) as rows:
        _read(loader, recognised, text, reader, account, rows)
        if look:
            refuse_changed(recognised.path, look)
        since = recognised.week.coverage_start.replace(month=1, day=1)
        propose_aliases(loader.con, contract, loader.codes, loader.settings.reference_dir, since)
        admit(loader.con, contract, delivery, account, loader.fingerprint(contract), rows)
    return account.count("loaded")


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
    open_incoming(loader.con, contract)
    if text is None or recognised.csv_table is None:
        sheet_rows.load_sheets(loader.con, recognised.sheets, contract, reader, account, recognised.path.name)
        return
    table = recognised.csv_table
    refuse_drift(table.header, contract, recognised.path.name)
    refuse_unlabelled(table.header, table.below, contract, recognised.path.name)
    csv_file.load_csv(text, table, contract, reader, account, rows, recognised.path.name)


def _delivery(recognised: Recognised, mark: FileStamp) -> ledger.Delivery:
    week, heading = recognised.week, recognised.heading
    start, end = heading.span or (week.coverage_start, week.coverage_end)
    return ledger.Delivery(
        delivery_id=mark.delivery_id,
        sha256=mark.sha256,
        source=recognised.contract.name,
        file_name=recognised.path.name,
        week_id=week.week_id,
        period_start=start,
        period_end=end,
        as_of=heading.exported_at or datetime.combine(end, clock(23, 59, 59)),
        scope=mark.delivery_id
        if recognised.contract.delivery.scope == "file"
        else scope_of(heading, recognised.contract),
        container=recognised.kind,
        encoding=recognised.encoding,
        size_bytes=mark.size_bytes,
        title=shown(heading.title, TITLE_LENGTH) or "",
    )


def _refuse_unclear_succession(loader: Loader, delivery: ledger.Delivery, *, is_dated: bool) -> None:
    """Two different files for one source and week with one as-of: which counts is a question, not a guess."""
    rival = _rival(loader, delivery)
    if rival:
        said, way_out = (
            ("导出时间也相同", "请重新导出一份（导出时间会更新）后再放入")
            if is_dated
            else (
                "都没有写导出时间",
                "若这份较新，请在它的表头上方加一行“导出时间：2023-04-25 09:00”（写实际时间）后再放入",
            )
        )
        raise RefusedFileError(
            f"与已装载的“{rival[1]}”同属第 {delivery.week_id} 期、{said}，但内容不同，无法判断以哪份为准；{way_out}"
        )


def _rival(loader: Loader, delivery: ledger.Delivery) -> tuple[str, str] | None:
    """Id and file name of the delivery that counts for the same source, week, scope and as-of."""
    return loader.con.execute(
        "SELECT delivery_id, file_name FROM ledger.delivery WHERE source = ? AND week_id = ? AND scope = ? "
        "AND as_of = ? AND delivery_id <> ? AND status = 'current'",
        [delivery.source, delivery.week_id, delivery.scope, delivery.as_of, delivery.delivery_id],
    ).fetchone()


def _saved_again(loader: Loader, recognised: Recognised, mark: FileStamp) -> str | None:
    """The name of the delivery of which this workbook is a copy that a spreadsheet saved: other bytes, same cells."""
    rival = _rival(loader, _delivery(recognised, mark)) if recognised.sheets else None
    stored = stored_original(loader, recognised.contract.name, rival[0]) if rival else None
    if rival is None or stored is None:
        return None
    try:
        other = _export_of(loader, stored, rival[1])
    except RefusedFileError:
        return None
    return rival[1] if _tables(recognised) == _tables(other) else None


def _tables(recognised: Recognised) -> list[tuple[str, list[list[str | None]]]]:
    """The sheets that hold the contract's table, their names and cells."""
    return [
        (sheet.name, list(sheet.rows))
        for sheet in recognised.sheets
        if find_header(sheet.rows, recognised.contract) is not None
    ]


def stored_original(loader: Loader, source: str, delivery_id: str) -> Path | None:
    """The original of a delivery, as long as the archive keeps it."""
    return next(loader.settings.archive.glob(f"{source}/*/{delivery_id}.*"), None)


def _export_of(loader: Loader, stored: Path, file_name: str) -> Recognised:
    """What a stored original is read as today."""
    return recognise_again(stored, loader.settings, loader.calendar, loader.contracts, file_name)


def load_again(loader: Loader, stored: Path, file_name: str) -> FileEvent:
    """Loads an archived original anew because its contract changed; the event says what became of it."""
    began = time.monotonic()
    delivery_id = stored.name.partition(".")[0]
    try:
        found = _export_of(loader, stored, file_name)
        with _text_of(loader, found) as text:
            rows = _load(loader, found, replace(stamp(stored), delivery_id=delivery_id), text)
    except RefusedFileError as error:
        return FileEvent(file_name, "refused", message=f"合同更新后重读失败：{error}")
    loader.con.execute("UPDATE ledger.delivery SET file_name = ? WHERE delivery_id = ?", [file_name, delivery_id])
    message = "合同或代码表有更新，已按新合同重读"
    return FileEvent(
        file_name, "loaded", found.contract.name, found.week.week_id, rows, time.monotonic() - began, message
    )
