"""Opens the warehouse: one writer, one configuration, the schemas.

What stands in the tables is made in `pipeline.ingest.load`, `builder`, `pipeline.quality` and `pipeline.release`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import utc_now
from pipeline.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS: Final = ("ledger", "raw", "staging", "quarantine", "core", "marts", "charts", "quality", "release")


class WarehouseBusyError(RuntimeError):
    """Somebody else is writing; the message says who and since when."""


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens the one writing connection to the warehouse, its schemas made, closed and unlocked at the end.

    Timestamps are stored without a time zone. Waits `lock_timeout_seconds` for another writer, then raises
    WarehouseBusyError. Nobody else may open the file in the meantime: readers use the published copy.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with _only_writer(settings):
        con = _connect(settings)
        try:
            for schema in SCHEMAS:
                con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            yield con
        finally:
            con.close()


def _connect(settings: Settings) -> DuckDBPyConnection:
    import duckdb

    spill = settings.home / "spill"
    spill.mkdir(mode=0o700, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
    }
    return duckdb.connect(str(settings.warehouse_path), config=config)


@contextmanager
def _only_writer(settings: Settings) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(settings.lock_path, timeout=settings.lock_timeout_seconds)
    try:
        lock.acquire()
    except Timeout:
        raise WarehouseBusyError(
            f"数据仓库正在被另一个程序写入（{_holder(settings.lock_path)}）。"
            "同一时间只能有一个写入者：请等它结束后再试；要看数据，请打开 published/metrics.duckdb，它不受影响。"
        ) from None
    try:
        _holder_file(settings.lock_path).write_text(_own_name(), encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder_file(lock_path: Path) -> Path:
    """Returns the file that names the writer: beside the lock, as whoever asks for the lock empties that file."""
    return lock_path.with_suffix(".holder")


def _holder(lock_path: Path) -> str:
    """Returns who holds the lock in words, 进程不明 where nobody wrote it down."""
    try:
        name = _holder_file(lock_path).read_text(encoding="utf-8")
    except OSError:
        name = ""
    return name or "进程不明"


def _own_name() -> str:
    """zhoubao，进程 4711，自 2023-04-24 01:00:00 UTC."""
    program = Path(sys.argv[0]).name or "python"
    return f"{program}，进程 {os.getpid()}，自 {utc_now():%Y-%m-%d %H:%M:%S} UTC"
