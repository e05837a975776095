"""Looks for damage: originals against the ledger, every table read, what was released, the key, backups.

One sentence for each damage; nothing is changed. What to do about it is `restore` and `rebuild`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import sha256_of
from pipeline.common.clock import epoch_seconds
from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.ingest.inbox.archive import delivery_id_of
from pipeline.ingest.inbox.retention import originals
from pipeline.keeping.errors import KeepingError
from pipeline.keeping.store import (
    StoredFile,
    backup_ids,
    damaged_objects,
    object_path,
    read_manifest,
    require_store,
)
from pipeline.privacy.digest import PersonKeyError, kept_key
from pipeline.release.revisions.release_folders import check_releases
from pipeline.settings import Settings
from pipeline.warehouse.database import read_warehouse
from pipeline.warehouse.errors import DamagedWarehouseError, WarehouseBusyError, WarehouseError
from pipeline.warehouse.journal import JournalError, read_journal, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOGGER: Final = logging.getLogger(__name__)
_TABLES: Final = """
SELECT schema_name, table_name FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal ORDER BY ALL
"""
_SECONDS_PER_DAY: Final = 86_400
_MOST_NAMED: Final = 5


@dataclass
class Verified:
    """What was looked at, and a sentence for each damage."""

    originals: int = 0
    tables: int = 0
    releases: int = 0
    backups: int = 0
    objects: int = 0
    damages: list[str] = field(default_factory=list)


def verify_home(settings: Settings, on_progress: Callable[[str], None] = lambda name: None) -> Verified:
    """Reads everything that the home keeps. Raises WarehouseBusyError while somebody is writing."""
    found = Verified()
    known: Mapping[str, Mapping[str, Any]] = {}
    journal = _journal_deliveries(settings, found)
    if settings.warehouse_path.exists():
        known = _verify_warehouse(settings, found, on_progress)
    elif journal:
        found.damages.append(
            f"数据仓库 {settings.warehouse_path} 不见了，归档的台账里有 {len(journal)} 份报送。"
            "请用 zhoubao restore 从备份恢复，或运行 zhoubao rebuild --week 期号。"
        )
    _compare_ledger(known, journal, found)
    on_progress("archive")
    _verify_originals(settings, {**journal, **known}, found)
    _verify_published(settings, found)
    _verify_key(settings, bool(known or journal), found)
    return found


def _journal_deliveries(settings: Settings, found: Verified) -> dict[str, Mapping[str, Any]]:
    try:
        rows = rows_of(read_journal(settings.journal_path), "ledger.delivery")
    except JournalError as error:
        found.damages.append(str(error))
        return {}
    return {str(row["delivery_id"]): row for row in rows}


def _verify_warehouse(
    settings: Settings, found: Verified, on_progress: Callable[[str], None]
) -> dict[str, Mapping[str, Any]]:
    """Reads every table to its end; returns the deliveries of the ledger as far as it can be read."""
    try:
        with read_warehouse(settings) as con:
            tables = con.execute(_TABLES).fetchall()
    except WarehouseBusyError:
        raise
    except WarehouseError as error:
        found.damages.append(str(error))
        return {}
    found.tables = len(tables)
    _read_tables(
        settings, [f"{identifier(schema)}.{identifier(table)}" for schema, table in tables], found, on_progress
    )
    return _read_ledger(settings, found)


def _read_tables(settings: Settings, names: list[str], found: Verified, on_progress: Callable[[str], None]) -> None:
    """Reads every column of every row, so that DuckDB compares the checksum of every block.

    After a damaged block DuckDB answers nothing more: what is left is read on a new connection.
    """
    import duckdb

    waiting = list(names)
    while waiting:
        try:
            with read_warehouse(settings) as con:
                while waiting:
                    on_progress(waiting[0])
                    con.execute(f"SELECT bit_xor(hash(t)) FROM {waiting[0]} AS t").fetchall()
                    waiting.pop(0)
        except (DamagedWarehouseError, duckdb.Error) as error:
            name = waiting.pop(0).replace('"', "")
            LOGGER.error("table %s: %s", name, error)
            found.damages.append(
                f"数据仓库的表 {name} 有一段已损坏，读不全。"
                "请用 zhoubao restore 从备份恢复，或运行 zhoubao rebuild --week 期号。"
            )


def _read_ledger(settings: Settings, found: Verified) -> dict[str, Mapping[str, Any]]:
    import duckdb

    try:
        with read_warehouse(settings) as con:
            deliveries = _deliveries(con)
            if has_table(con, "release", "file"):
                found.damages += check_releases(con, settings.published)
                found.releases = _count(con, "SELECT count(DISTINCT (week_id, revision)) FROM release.file")
            return deliveries
    except (DamagedWarehouseError, duckdb.Error):
        # Said by the table that could not be read.
        return {}


def _deliveries(con: DuckDBPyConnection) -> dict[str, Mapping[str, Any]]:
    if not has_table(con, "ledger", "delivery"):
        return {}
    columns = ("delivery_id", "sha256", "source", "file_name", "status", "received_at")
    rows = con.execute(f"SELECT {', '.join(columns)} FROM ledger.delivery ORDER BY delivery_id").fetchall()
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}


def _count(con: DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _compare_ledger(known: Mapping[str, Any], journal: Mapping[str, Any], found: Verified) -> None:
    """Says what the journal beside the originals knows and the warehouse does not: its log may have been cut off."""
    lost = sorted(journal.keys() - known.keys()) if known else []
    if lost:
        found.damages.append(
            f"数据仓库缺少归档台账中的 {len(lost)} 份报送（{'、'.join(lost[:_MOST_NAMED])}）。"
            "请用 zhoubao restore 从备份恢复，或移开 warehouse.duckdb 后运行 zhoubao rebuild --week 期号。"
        )


def _verify_originals(settings: Settings, known: Mapping[str, Mapping[str, Any]], found: Verified) -> None:
    present = set()
    for path in originals(settings):
        found.originals += 1
        delivery = known.get(delivery_id_of(path))
        present.add(delivery_id_of(path))
        # A file that was delivered twice under another container stands here under an id of its own.
        if delivery is not None and sha256_of(path) != delivery["sha256"]:
            found.damages.append(
                f"原件 {path}（{delivery['file_name']}）已不是收到时的内容：请从备份恢复，或请报送单位重报。"
            )
    for delivery in known.values():
        if delivery["delivery_id"] not in present and _should_be_kept(settings, delivery):
            found.damages.append(
                f"原件不见了：{delivery['file_name']}（编号 {delivery['delivery_id']}）。"
                "请从备份恢复；没有它，这一份不能重读。"
            )


def _should_be_kept(settings: Settings, delivery: Mapping[str, Any]) -> bool:
    """Whether the original of a delivery is still within its time."""
    received = delivery["received_at"]
    moment = datetime.fromisoformat(received) if isinstance(received, str) else received
    if moment is None:
        return False
    age = (epoch_seconds() - moment.replace(tzinfo=UTC).timestamp()) / _SECONDS_PER_DAY
    return age < settings.retention_days


def _verify_published(settings: Settings, found: Verified) -> None:
    """Compares the published files with the manifest that was written with them."""
    path = settings.published / "manifest.json"
    if not path.is_file():
        return
    try:
        files: Mapping[str, str] = json.loads(path.read_text("utf-8"))["files"]
    except (ValueError, KeyError):
        found.damages.append(f"发布清单 {path} 已损坏：下一次运行会重新发布。")
        return
    changed = list(_changed(settings.published, files))
    if changed:
        found.damages.append(
            f"已发布的文件已不是发布时的样子：{'、'.join(changed[:_MOST_NAMED])}。下一次运行会重新发布它们。"
        )


def _changed(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for name, digest in files.items():
        path = folder / name
        if not path.is_file() or sha256_of(path) != digest:
            yield name


def _verify_key(settings: Settings, has_deliveries: bool, found: Verified) -> None:
    if not has_deliveries:
        return
    try:
        kept_key(settings.secret_path)
    except PersonKeyError as error:
        found.damages.append(str(error))


def verify_backups(folder: Path, on_progress: Callable[[str], None] = lambda name: None) -> Verified:
    """Reads every manifest and every object of a store. Raises KeepingError for a folder without backups."""
    require_store(folder)
    found = Verified()
    seen: set[str] = set()
    for backup_id in backup_ids(folder):
        on_progress(backup_id)
        found.backups += 1
        try:
            manifest = read_manifest(folder, backup_id)
        except KeepingError as error:
            found.damages.append(str(error))
            continue
        new = [file for file in manifest.files if file.sha256 not in seen]
        seen.update(map(attrgetter("sha256"), new))
        found.damages += _damages_of(new, folder, backup_id)
    found.objects = len(seen)
    return found


def _damages_of(files: Sequence[StoredFile], folder: Path, backup_id: str) -> Iterator[str]:
    """Yields a sentence for each damaged object that these files of a backup need, with the first of their names."""
    for sha256, state in damaged_objects(folder, files).items():
        names = [file.name for file in files if file.sha256 == sha256]
        yield (
            f"备份 {backup_id} 中的 {names[0]} {state}：含有它的备份不能完整恢复。数据目录完好的，"
            f"请删去 {object_path(folder, sha256)}，再运行一次 zhoubao backup，它会补上。"
        )
