"""Opens the warehouse, for writing or for reading; nowhere else is its file opened.

What stands in the tables is made in `pipeline.ingest.load`, `builder`, `pipeline.quality` and `pipeline.release`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import sync_file
from pipeline.common.private_files import private_files, private_folder
from pipeline.common.transaction import transaction
from pipeline.settings import Settings
from pipeline.warehouse.errors import WarehouseBusyError, WarehouseError, in_words_of_the_warehouse
from pipeline.warehouse.home_hall import HomeHall, hall_of_home, note_hall, read_all_again, refuse_other_week_rule
from pipeline.warehouse.journal import append_journal, read_journal, rows_of
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.upgrade import Upgrade, upgrade_if_older
from pipeline.warehouse.versions import make_new, stored_version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS: Final = ("ledger", "raw", "staging", "quarantine", "core", "marts", "charts", "quality", "release")
_ANEW: Final = ".warehouse.rebuilding.duckdb"
_PAUSE_SECONDS: Final = 0.1


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens the one writing connection to the warehouse, closed and unlocked at the end.

    A new home gets the stored tables of now; one of an earlier version is upgraded first. When the block ends well,
    the journal beside the originals is brought up. Timestamps are stored
    without a time zone. Raises WarehouseError: somebody else is writing, the file is damaged, a later version wrote
    it, it was made by another week rule. Nobody else may open the file in the meantime: readers use the published copy.
    """
    path = settings.warehouse_path
    private_folder(settings.review)
    with writer_lock(settings), private_files(), in_words_of_the_warehouse(path):
        refuse_lost(settings)
        upgrade_if_older(settings, lambda: _connect(settings, path))
        con = _connect(settings, path)
        try:
            refuse_other_week_rule(hall_of_home(con), settings)
            if stored_version(con) is None:
                make_new(con)
            make_schemas(con)
            note_hall(con, settings)
            yield con
            append_journal(con, settings.journal_path)
        finally:
            con.close()


@contextmanager
def open_anew(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens an empty warehouse beside the place of the lost one, which takes that place when the block ends well.

    Whatever interrupts the block leaves the home without a warehouse, as it was. The journal is not written: whoever
    builds a warehouse anew reads it.
    """
    path = settings.warehouse_path.with_name(_ANEW)
    with writer_lock(settings), private_files(), in_words_of_the_warehouse(path):
        _remove(path)
        con = _connect(settings, path)
        try:
            make_new(con)
            make_schemas(con)
            note_hall(con, settings)
            yield con
        finally:
            con.close()
        path.rename(settings.warehouse_path)
        sync_file(settings.home)


def set_aside(settings: Settings) -> Path:
    """Moves a damaged warehouse and its log aside, to `warehouse.damaged-1.duckdb`; returns where the file is now."""
    path = settings.warehouse_path
    number = 1 + len(list(settings.home.glob("warehouse.damaged-*.duckdb")))
    target = path.with_name(f"warehouse.damaged-{number}.duckdb")
    with writer_lock(settings):
        log = _log_of(path)
        if log.exists():
            log.rename(_log_of(target))
        path.rename(target)
    return target


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _log_of(path).unlink(missing_ok=True)


def _log_of(path: Path) -> Path:
    """DuckDB writes its log beside the file: warehouse.duckdb.wal."""
    return path.with_name(f"{path.name}.wal")


def make_schemas(con: DuckDBPyConnection) -> None:
    """Makes the schemas of a warehouse that are not there yet."""
    for schema in SCHEMAS:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")


def refuse_lost(settings: Settings) -> None:
    """Raises WarehouseError where the warehouse is gone and the journal knows of deliveries: an empty one is no answer.

    A run would begin with nothing, and publish nothing of what was released before, without a word.
    """
    if settings.warehouse_path.exists():
        return
    if not settings.journal_path.is_file():
        return
    deliveries = rows_of(read_journal(settings.journal_path), "ledger.delivery")
    if deliveries:
        raise WarehouseError(
            f"数据仓库 {settings.warehouse_path} 不见了，而归档里有 {len(deliveries)} 份报送的台账：没有从空的开始。"
            "请用 zhoubao restore 从备份恢复，或运行 zhoubao rebuild --week 期号，从归档和已发布的文件重建。"
        )


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens the warehouse without the right to write, and upgrades nothing; raises WarehouseError as above.

    The tables of an earlier version may lack what a query asks for: a reader asks `has_table` first.
    """
    with read_database(settings.warehouse_path) as con:
        stored_version(con)
        yield con


@contextmanager
def read_database(path: Path) -> Iterator[DuckDBPyConnection]:
    """Opens a DuckDB file without the right to write, whatever is in it."""
    import duckdb

    with in_words_of_the_warehouse(path), duckdb.connect(str(path), read_only=True) as con:
        yield con


def upgrade_warehouse(settings: Settings) -> Upgrade | None:
    """Upgrades the home under the writer's lock; None where it is of this version already, or has no warehouse."""
    with writer_lock(settings), private_files(), in_words_of_the_warehouse(settings.warehouse_path):
        return upgrade_if_older(settings, lambda: _connect(settings, settings.warehouse_path))


def version_of_home(settings: Settings) -> int | None:
    """Returns the version of the stored tables of a home; None where nothing is stored yet.

    Raises WarehouseError: damaged, of a later version, or gone although the journal knows of deliveries.
    """
    refuse_lost(settings)
    if not settings.warehouse_path.exists():
        return None
    with read_database(settings.warehouse_path) as con:
        return stored_version(con)


def stored_hall(settings: Settings) -> HomeHall | None:
    """Returns for which hall a home was made; None where nobody has noted it, or nothing is stored yet."""
    if not settings.warehouse_path.exists():
        return None
    with read_database(settings.warehouse_path) as con:
        return hall_of_home(con)


def accept_hall(settings: Settings) -> int:
    """Makes the home that of the hall in the settings, also by another week rule; returns the deliveries.

    The next run reads all of them again. Raises WarehouseError as `open_warehouse` does.
    """
    path = settings.warehouse_path
    with writer_lock(settings), private_files(), in_words_of_the_warehouse(path):
        refuse_lost(settings)
        upgrade_if_older(settings, lambda: _connect(settings, path))
        con = _connect(settings, path)
        try:
            stored = hall_of_home(con)
            is_other_rule = stored is not None and not stored.has_rule_of(settings.week_rule)
            with transaction(con):
                note_hall(con, settings)
                deliveries = read_all_again(con) if is_other_rule else 0
            append_journal(con, settings.journal_path)
        finally:
            con.close()
    return deliveries


def _connect(settings: Settings, path: Path) -> DuckDBPyConnection:

    spill = settings.home / "spill"
    spill.mkdir(mode=0o700, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
    }
    con = _when_nobody_looks(settings, lambda: _open(path, config))
    # Earlier versions made the file readable by everybody.
    path.chmod(0o600)
    return con


def _open(path: Path, config: dict[str, str | bool | int | float | list[str]]) -> DuckDBPyConnection:
    import duckdb

    with in_words_of_the_warehouse(path):
        return duckdb.connect(str(path), config=config)


def _when_nobody_looks(settings: Settings, connect: Callable[[], DuckDBPyConnection]) -> DuckDBPyConnection:
    """Opens the file for writing, after those who only look into it have closed it.

    Readers take no writer's lock, and DuckDB admits no writer beside them. The look of `zhoubao status`, or of a second
    run before it asks for the lock, lasts a moment: that must fail no run. Whoever stays longer is named.
    """
    deadline = time.monotonic() + settings.reader_wait_seconds
    while True:
        try:
            return connect()
        except WarehouseBusyError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
