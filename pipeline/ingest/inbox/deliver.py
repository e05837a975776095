"""Takes one file from the inbox to the ledger and the archive; run says which files, load_export loads the rows."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.common.file_names import shown_name
from pipeline.ingest.containers.identity import FileStamp, stamp
from pipeline.ingest.errors import RefusedFileError, UnclearSuccessionError, WaitingFileError
from pipeline.ingest.inbox.archive import archive_file, archive_path, refused_path
from pipeline.ingest.inbox.entries import NOT_OPENED, refuse_no_plain_file, stamp_of_unopened
from pipeline.ingest.inbox.growth import join_with_beginning
from pipeline.ingest.inbox.load_export import delivery_of, load_export, text_of
from pipeline.ingest.inbox.loader import LOCK_PREFIX, FileEvent, Loader
from pipeline.ingest.inbox.stability import FirstLooks, Look, refuse_changed
from pipeline.ingest.inbox.succession import name_of_twin, words_of_succession
from pipeline.ingest.inbox.unforeseen import moved_away, recognise_or_refuse, refuse_unforeseen
from pipeline.ingest.load import ledger
from pipeline.ingest.load.succession import counting_at
from pipeline.ingest.recognise.match import Recognised
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.privacy.masking import mask_name

_LOCK_MESSAGE = "表格软件的临时锁文件，不是报送内容；请在表格软件中关闭原文件"
_LEFTOVER_MESSAGE = "上次运行已装载，本次补做归档"
_JOINED_MESSAGE = "是先前装载的同名文件续写的部分，已与它合并，以合并后的为准"
_NO_ROWS_MESSAGE = "没有装载任何一行：表头下没有数据，或都已隔离"

# What became of an export, and where the archive keeps its original.
Taken = tuple[FileEvent, Path]


def take_file(
    loader: Loader,
    path: Path,
    week_ids: Collection[str] | None,
    looks: FirstLooks,
    *,
    is_asking_later: bool = False,
) -> list[FileEvent]:
    """Takes one file: loads each export in it, or refuses it; one event for each, none for a lock file seen before.

    `week_ids` are the weeks of this run, or None for all; a file of another week stays in the inbox. An error that
    nobody foresaw refuses the file too; what ails the warehouse or the system is raised. With `is_asking_later` a file
    of one export stays where it is, and UnclearSuccessionError is raised, where nobody knows whether it is the newer.
    """
    name = shown_name(path.name)
    if path.name.startswith(LOCK_PREFIX):
        return _set_aside_lock(loader, path)
    try:
        return _take_exports(loader, path, week_ids, looks, is_asking_later=is_asking_later)
    except UnclearSuccessionError:
        raise
    except WaitingFileError as error:
        return [FileEvent.refusal(name, "waiting", error)]
    except FileNotFoundError:
        return [FileEvent.refusal(name, "waiting", moved_away(name))]
    except RefusedFileError as error:
        if error.refusal is RecogniseRefusal.NO_CONTRACT and join_with_beginning(loader, path):
            events = take_file(loader, path, week_ids, FirstLooks([path]))
            return [event.with_message(_JOINED_MESSAGE + event.message) for event in events]
        return [_refuse_file(loader, path, error)]


def _refuse_file(loader: Loader, path: Path, error: RefusedFileError) -> FileEvent:
    """Refuses a file as a whole: its original goes to the archive, a link or a folder stays where it is."""
    if error.refusal in NOT_OPENED:
        return _refuse_unopened(loader, path, error)
    event, target = _refuse(loader, path, stamp(path), error)
    archive_file(path, [target])
    return event


def _take_exports(
    loader: Loader, path: Path, week_ids: Collection[str] | None, looks: FirstLooks, *, is_asking_later: bool
) -> list[FileEvent]:
    refuse_no_plain_file(path)
    look = looks.settled(path, loader.settings)
    exports = recognise_or_refuse(path, loader.settings, loader.calendar, loader.contracts)
    last = _last_of_other_weeks(exports, week_ids)
    if last is not None:
        week = last.week.week_id
        message = f"是 {week} 期的报送，这次不做这一期，文件留在收件夹；请运行 zhoubao run --week {week}"
        return [FileEvent(shown_name(path.name), "later", last.contract.name, week, message=message)]
    # Of a file of several exports the others are loaded: it cannot come back as a whole.
    is_asking_later = is_asking_later and len(exports) == 1
    taken = [_take_export(loader, export, look, is_asking_later=is_asking_later) for export in exports]
    archive_file(path, [target for _, target in taken])
    return [event for event, _ in taken]


def _last_of_other_weeks(exports: Sequence[Recognised], week_ids: Collection[str] | None) -> Recognised | None:
    """Returns the last export of a week that is not one of this run, or None; None of `week_ids` means all weeks."""
    if week_ids is None:
        return None
    last = None
    for export in exports:
        if export.week.week_id not in week_ids:
            last = export
    return last


def _take_export(loader: Loader, recognised: Recognised, look: Look, *, is_asking_later: bool) -> Taken:
    """Load one export of a file, and say where its original goes; where it is refused, the others of the file go on."""
    try:
        with refuse_unforeseen(recognised.file_name):
            return _load_or_skip(loader, recognised, look)
    except WaitingFileError:
        raise
    except RefusedFileError as error:
        if is_asking_later and isinstance(error, UnclearSuccessionError):
            raise
        mark = stamp(recognised.path).of_share(recognised.share)
        return _refuse(loader, recognised.path, mark, error)


def _refuse_unopened(loader: Loader, path: Path, error: RefusedFileError) -> FileEvent:
    """Refuses a link or a folder, which stays where it is; the ledger has it once, however often it is met."""
    name = shown_name(path.name)
    mark = stamp_of_unopened(path, error.code)
    known = loader.con.execute("SELECT 1 FROM ledger.delivery WHERE delivery_id = ?", [mark.delivery_id]).fetchone()
    if not known:
        _record_refusal(loader, name, mark, error)
    return FileEvent.refusal(name, "refused", error)


def _set_aside_lock(loader: Loader, path: Path) -> list[FileEvent]:
    name = shown_name(path.name)
    known = loader.con.execute(
        "SELECT 1 FROM ledger.arrival WHERE file_name = ? AND outcome = 'set_aside'", [mask_name(name)]
    ).fetchone()
    if known:
        return []
    ledger.record_arrival(loader.con, name, "set_aside", _LOCK_MESSAGE)
    return [FileEvent(name, "set_aside", message=_LOCK_MESSAGE)]


def _refuse(loader: Loader, path: Path, mark: FileStamp, error: RefusedFileError) -> Taken:
    name = shown_name(path.name)
    _record_refusal(loader, name, mark, error)
    return FileEvent.refusal(name, "refused", error), refused_path(loader.settings, mark)


def _record_refusal(loader: Loader, name: str, mark: FileStamp, error: RefusedFileError) -> None:
    message = str(error)
    ledger.record_refusal(loader.con, mark, name, message, error.code)
    ledger.record_arrival(loader.con, name, "refused", message, mark, error.code)


def _load_or_skip(loader: Loader, recognised: Recognised, look: Look) -> Taken:
    """Load an export unless the ledger knows it, by its bytes or by its cells."""
    began = time.monotonic()
    with text_of(loader, recognised) as text:
        mark = stamp(recognised.path).of_share(recognised.share)
        refuse_changed(recognised.path, look)
        known = _name_of_same(loader, mark)
        twin = None
        counted: list[str] = []
        if known is None:
            delivery = delivery_of(recognised, mark)
            twin = name_of_twin(loader, recognised, delivery)
            counted = counting_at(loader.con, delivery.place)
        is_new = known is None and twin is None
        rows = load_export(loader, recognised, mark, text, look) if is_new else 0

    target = archive_path(loader.settings, recognised, mark)
    event = FileEvent(
        file_name=recognised.file_name,
        outcome="loaded" if is_new else "duplicate",
        source=recognised.contract.name,
        week_id=recognised.week.week_id,
    )
    if is_new:
        ledger.record_arrival(loader.con, event.file_name, "loaded", "", mark)
        remark = _words_of_loaded(loader, recognised, mark, rows, counted) if rows else _NO_ROWS_MESSAGE
        return event.with_rows(rows, time.monotonic() - began, remark), target
    # A run that was killed between loading and archiving left the file in the inbox: it did not arrive twice.
    is_leftover = known == event.file_name and not target.exists()
    if is_leftover:
        return event.with_message(_LEFTOVER_MESSAGE), target
    message = _same_as(known, twin)
    ledger.record_arrival(loader.con, event.file_name, "duplicate", message, mark)
    return event.with_message(message), target


def _words_of_loaded(
    loader: Loader, recognised: Recognised, mark: FileStamp, rows: int, counted: Collection[str]
) -> str:
    """What people are told of a delivery that was loaded: how many records its rows became, what it replaced.

    `counted` are the deliveries that counted at its place before.
    """
    contract = recognised.contract
    sentences = [words_of_succession(loader, contract, mark.delivery_id, counted)]
    if contract.unpivot is not None:
        records = loader.con.execute(
            f"SELECT count(*) FROM raw.{contract.name} WHERE delivery_id = ?", [mark.delivery_id]
        ).fetchall()[0][0]
        sentences.insert(0, f"宽表，{rows:,} 行变为 {records:,} 条记录")
    return "；".join(filter(None, sentences))


def _name_of_same(loader: Loader, mark: FileStamp) -> str | None:
    """The name under which the same bytes were loaded before."""
    row = loader.con.execute(
        "SELECT file_name FROM ledger.delivery WHERE delivery_id = ? AND status <> 'refused'", [mark.delivery_id]
    ).fetchone()
    return None if row is None else str(row[0])


def _same_as(known: str | None, twin: str | None) -> str:
    if known:
        return f"内容与已装载的“{known}”完全相同，未重复装载"
    return f"只是把已装载的“{twin}”另存了一份，未重复装载"
