"""Makes a backup of a home under the writer's lock; only bytes that the store does not have yet are copied."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from pipeline.common.atomic_files import sha256_of, write_text
from pipeline.common.clock import beijing_now, moment_in_beijing
from pipeline.common.package_version import package_version
from pipeline.keeping.contents import Entry, entries
from pipeline.keeping.errors import KeepingError, in_words_of_the_disk
from pipeline.keeping.store import (
    Manifest,
    StoredFile,
    add_object,
    backup_ids,
    has_object,
    open_store,
    read_manifest,
    sweep_copies,
    write_manifest,
)
from pipeline.settings import Settings
from pipeline.warehouse.database import version_of_home
from pipeline.warehouse.lock import writer_lock

_MB: Final = 1 << 20
_AGAIN: Final = "此前的备份不受影响；请处理后再运行一次，已复制的不会重复复制。"

# Told of every file that is copied: its name, and the share of the bytes that are done.
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class BackupReport:
    """What a backup did; `is_new` is False where the last one holds the very same."""

    backup_id: str
    is_new: bool
    files: int
    size: int
    copied_files: int
    copied_bytes: int


def _silent(name: str, share: float) -> None:
    del name, share


def back_up(
    settings: Settings,
    folder: Path,
    on_progress: Progress = _silent,
    *,
    has_archive: bool = True,
    has_history: bool = False,
) -> BackupReport:
    """Keeps the home as it is now in `folder`: warehouse, archive, key, settings, workbooks, what is published.

    Without `has_archive` originals are listed with their hashes, and their bytes are not kept. Raises KeepingError for
    a folder that cannot be one of backups, for a full disk and missing rights; WarehouseError for a home that somebody
    is writing to, or whose warehouse is damaged. The earlier backups are untouched then.
    """
    _refuse_place(settings, folder)
    with in_words_of_the_disk("备份", _AGAIN), writer_lock(settings):
        # Opened once: a damaged warehouse must not become the last backup.
        version = version_of_home(settings)
        open_store(folder)
        with _only_backup(folder):
            sweep_copies(folder)
            found = [_look(entry, has_archive=has_archive) for entry in entries(settings, has_history=has_history)]
            report = _keep(settings, folder, found, on_progress, version=version, has_history=has_history)
        _record(settings, folder, report, has_archive=has_archive)
    return report


def _refuse_place(settings: Settings, folder: Path) -> None:
    if not settings.home.is_dir():
        raise KeepingError(f"数据目录 {settings.home} 还没有，没有可备份的。")
    if folder.resolve().is_relative_to(settings.home.resolve()):
        raise KeepingError(
            f"备份目录 {folder} 在数据目录 {settings.home} 里面：坏了会一起坏。请另指一处，最好在另一块磁盘上。"
        )


@contextmanager
def _only_backup(folder: Path) -> Iterator[None]:
    """Keeps two homes from writing into one store at the same time: each would sweep away the other's copies."""
    lock = FileLock(folder / "backup.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise KeepingError(f"另一次备份正在写入 {folder}。请等它结束后再试。") from None
    try:
        yield
    finally:
        lock.release()


def _look(entry: Entry, *, has_archive: bool) -> tuple[Entry, StoredFile]:
    stat = entry.source.stat()
    stored = StoredFile(
        name=entry.name,
        sha256=sha256_of(entry.source),
        size=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
        mode=stat.st_mode & 0o777,
        is_stored=has_archive or not entry.is_original,
    )
    return entry, stored


def _keep(
    settings: Settings,
    folder: Path,
    found: Sequence[tuple[Entry, StoredFile]],
    on_progress: Progress,
    *,
    version: int | None,
    has_history: bool,
) -> BackupReport:
    missing = {}
    for entry, stored in found:
        if stored.is_stored and not has_object(folder, stored):
            missing[stored.sha256] = (entry, stored)
    _require_room(folder, sum(stored.size for _, stored in missing.values()))
    _copy(folder, list(missing.values()), on_progress)
    files = tuple(stored for _, stored in found)
    last = _last(folder)
    is_same = last is not None and (last.files, last.has_history) == (files, has_history)
    backup_id = last.backup_id if last is not None and is_same else _new_id(folder)
    manifest = Manifest(
        backup_id=backup_id,
        made_at=f"{beijing_now():%Y-%m-%d %H:%M:%S}",
        program=package_version(),
        version=version,
        home=str(settings.home),
        has_history=has_history,
        files=files,
    )
    if not is_same:
        write_manifest(folder, manifest)
    copied = sum(stored.size for _, stored in missing.values())
    return BackupReport(backup_id, not is_same, len(files), manifest.size, len(missing), copied)


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise KeepingError(
            f"备份还要 {needed / _MB:,.0f} MB，{folder} 所在磁盘只剩 {free / _MB:,.0f} MB：没有复制任何文件。"
            "请腾出空间，或另指一处，再运行一次。"
        )


def _copy(folder: Path, missing: Sequence[tuple[Entry, StoredFile]], on_progress: Progress) -> None:
    total = sum(stored.size for _, stored in missing)
    done = 0
    for entry, stored in missing:
        sha256, size = add_object(folder, entry.source)
        if sha256 != stored.sha256:
            raise KeepingError(f"备份没有完成：{entry.source} 在备份时被改动。请等它不再变化，再运行一次。")
        done += size
        on_progress(entry.name, done / max(total, 1))


def _last(folder: Path) -> Manifest | None:
    """Returns the last backup, or None; one whose manifest is damaged is no base to compare with."""
    known = backup_ids(folder)
    try:
        return read_manifest(folder, known[-1]) if known else None
    except KeepingError:
        return None


def _new_id(folder: Path) -> str:
    """20230424T090000, and 20230424T090000-2 for a second backup within the same second."""
    moment = f"{beijing_now():%Y%m%dT%H%M%S}"
    known = set(backup_ids(folder))
    candidates = [moment, *(f"{moment}-{number}" for number in range(2, 100))]
    return next(candidate for candidate in candidates if candidate not in known)


def _record(settings: Settings, folder: Path, report: BackupReport, *, has_archive: bool) -> None:
    """Notes in the home when its originals were last backed up: retention warns where they never were."""
    now = moment_in_beijing().isoformat(timespec="seconds")
    record = {}
    if settings.backup_record.is_file():
        record = json.loads(settings.backup_record.read_text("utf-8"))
    record |= {"folder": str(folder.absolute()), "backup_id": report.backup_id, "made_at": now}
    if has_archive:
        record["with_archive_at"] = now
    write_text(settings.backup_record, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def last_backup_folder(settings: Settings) -> Path | None:
    """Returns the folder of the last backup of this home; None where none was ever made."""
    if not settings.backup_record.is_file():
        return None
    record = json.loads(settings.backup_record.read_text("utf-8"))
    return Path(record["folder"])
