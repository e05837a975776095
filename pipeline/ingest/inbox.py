"""From the inbox to the ledger: recognise each file, load it, archive it; how one kind of file is read is elsewhere."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.contracts.loader import fingerprint
from pipeline.ingest import csv_file, drift, ledger, workbook
from pipeline.ingest.admit import admit
from pipeline.ingest.errors import RefusedFileError, WaitingFileError
from pipeline.ingest.incoming import open_incoming
from pipeline.ingest.layout import find_header
from pipeline.ingest.moments import Context
from pipeline.ingest.open_file import open_file
from pipeline.ingest.parts import TextSource
from pipeline.ingest.pending import PendingRows, pending_rows
from pipeline.ingest.period import scope_of
from pipeline.ingest.personal import person_key, shown
from pipeline.ingest.reading import RowReader
from pipeline.ingest.recognise import Recognised, recognise, recognise_again
from pipeline.ingest.references import CodeLists, read_code_lists
from pipeline.ingest.settle import FirstLooks, Look, refuse_changed
from pipeline.ingest.sniff import FileStamp, stamp
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

LOCK_PREFIX = "~$"
TITLE_LENGTH = 200


@dataclass(frozen=True)
class FileEvent:
    """What became of one file.

    `outcome` is loaded, duplicate, refused, set_aside, later (another week's turn) or waiting (still being written).
    """

    file_name: str
    outcome: str
    source: str = ""
    week_id: str = ""
    rows: int = 0
    seconds: float = 0.0
    message: str = ""


@dataclass
class LoadReport:
    """Everything that a look into the inbox did."""

    events: list[FileEvent] = field(default_factory=list)

    def of(self, outcome: str) -> list[FileEvent]:
        """The events of one outcome."""
        return [event for event in self.events if event.outcome == outcome]

    @property
    def rows_loaded(self) -> int:
        """Rows that reached `raw`."""
        return sum(event.rows for event in self.of("loaded"))


@dataclass(frozen=True)
class Loader:
    """What loading needs: the warehouse connection, settings, calendar, contracts, code lists and the person key."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    calendar: ReportingCalendar
    contracts: Mapping[str, Contract]
    codes: CodeLists
    person_key: bytes = field(repr=False)

    def fingerprint(self, contract: Contract) -> str:
        """Changes whenever the contract or its code lists would read files differently."""
        return fingerprint(
            self.contracts.get(contract.name, contract), {name: sorted(labels) for name, labels in self.codes.items()}
        )


def make_loader(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> Loader:
    """Prepare folders, ledger and keys for loading."""
    for folder in (settings.inbox, settings.archive, settings.work):
        folder.mkdir(parents=True, exist_ok=True)
    settings.archive.chmod(0o700)
    settings.work.chmod(0o700)
    ledger.prepare(con, contracts.values())
    codes = read_code_lists(settings.reference_dir)
    return Loader(con, settings, calendar, contracts, codes, person_key(settings.secret_path))


def load_inbox(
    loader: Loader,
    week_ids: Collection[str] | None = None,
    on_progress: Callable[[FileEvent], None] | None = None,
) -> LoadReport:
    """Load every file of the inbox that reports one of `week_ids` (all weeks where None), oldest name first.

    A file that cannot be loaded is refused with a sentence and the rest goes on; files of other weeks stay where they
    are. Deliveries whose contract or code lists changed since are read again from the archive.
    """
    report = LoadReport()
    _empty(loader.settings.work)
    _expire(loader.settings)
    try:
        for event in _events(loader, week_ids):
            report.events.append(event)
            if on_progress:
                on_progress(event)
    finally:
        _empty(loader.settings.work)
    return report


def _events(loader: Loader, week_ids: Collection[str] | None) -> Iterator[FileEvent]:
    yield from _reread_changed(loader)
    paths = inbox_files(loader.settings)
    looks = FirstLooks(paths)
    for path in paths:
        yield from _take(loader, path, week_ids, looks)


def load_file(loader: Loader, path: Path) -> list[FileEvent]:
    """Load one file from wherever it is, as if it lay in the inbox; it moves to the archive, so give a copy.

    One event for each export that the file holds; none for a lock file that was seen before.
    """
    return list(_take(loader, path, None, FirstLooks([path])))


def inbox_files(settings: Settings) -> list[Path]:
    """The files of the inbox by name; hidden files and folders are not deliveries."""
    if not settings.inbox.is_dir():
        return []
    return sorted(path for path in settings.inbox.iterdir() if path.is_file() and not path.name.startswith("."))


def pending_weeks(settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]) -> list[str]:
    """Weeks that have readable files waiting in the inbox, in order; nothing is loaded or changed."""
    weeks: set[str] = set()
    for path in inbox_files(settings):
        try:
            if not path.name.startswith(LOCK_PREFIX):
                weeks.update(one.week.week_id for one in recognise(path, settings, calendar, contracts))
        except RefusedFileError:
            continue
    return sorted(weeks)


def _take(loader: Loader, path: Path, week_ids: Collection[str] | None, looks: FirstLooks) -> Iterator[FileEvent]:
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
        _archive(path, [target for _, target in taken])
        yield from (event for event, _ in taken)
    except WaitingFileError as error:
        yield FileEvent(path.name, "waiting", message=str(error))
    except FileNotFoundError:
        yield FileEvent(path.name, "waiting", message="文件在读取前被移走或改名")
    except RefusedFileError as error:
        event, target = _refuse(loader, path, stamp(path), str(error))
        _archive(path, [target])
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
        drift.propose_aliases(loader.con, contract, loader.codes, loader.settings.reference_dir, since)
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
        workbook.load_sheets(loader.con, recognised.sheets, contract, reader, account, recognised.path.name)
        return
    table = recognised.csv_table
    drift.refuse_drift(table.header, contract, recognised.path.name)
    drift.refuse_unlabelled(table.header, table.below, contract, recognised.path.name)
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
    stored = _stored(loader, recognised.contract.name, rival[0]) if rival else None
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


def _reread_changed(loader: Loader) -> Iterator[FileEvent]:
    """Deliveries that were read under another contract or other code lists are read again from the archive."""
    rows = loader.con.execute(
        "SELECT source, delivery_id, file_name, contract_fingerprint FROM ledger.delivery "
        "WHERE status IN ('current', 'superseded') ORDER BY source, week_id, as_of"
    ).fetchall()
    as_of_now = {name: loader.fingerprint(contract) for name, contract in loader.contracts.items()}
    for source, delivery_id, file_name, known in rows:
        if as_of_now.get(source, known) == known:
            continue
        stored = _stored(loader, source, delivery_id)
        if stored is not None:
            yield _reread(loader, stored, file_name)


def _stored(loader: Loader, source: str, delivery_id: str) -> Path | None:
    """The original of a delivery, as long as the archive keeps it."""
    return next(loader.settings.archive.glob(f"{source}/*/{delivery_id}.*"), None)


def _export_of(loader: Loader, stored: Path, file_name: str) -> Recognised:
    """What a stored original is read as today."""
    return recognise_again(stored, loader.settings, loader.calendar, loader.contracts, file_name)


def _reread(loader: Loader, stored: Path, file_name: str) -> FileEvent:
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


def archive_path(settings: Settings, recognised: Recognised, mark: FileStamp) -> Path:
    """Where an original is kept: by source, week and content, never by a name that came with the file."""
    folder = settings.archive / recognised.contract.name / recognised.week.week_id
    return folder / f"{mark.delivery_id}.{recognised.kind}"


def _archive(path: Path, targets: Sequence[Path]) -> None:
    """Move the file to where its exports are kept; the original of several stands in each of their folders."""
    first, *others = targets
    for target in others:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not target.exists():
            _link(path, target)
            _keep(target)
    first.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if first.exists():
        path.unlink()
        return
    shutil.move(path, first)
    _keep(first)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(path, target)


def _keep(target: Path) -> None:
    target.chmod(0o600)
    os.utime(target)  # retention counts from the day of archiving, not from the export's own date


def _empty(folder: Path) -> None:
    for left in folder.iterdir() if folder.is_dir() else ():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _expire(settings: Settings) -> None:
    """Remove originals older than the retention; the ledger keeps their hash and counts."""
    limit = time.time() - settings.retention_days * 86_400
    for path in settings.archive.rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink()
