"""Holds the lock that admits one writer to a home, and says who holds it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.common.clock import utc_now
from pipeline.settings import Settings
from pipeline.warehouse.errors import WarehouseBusyError


@contextmanager
def writer_lock(settings: Settings) -> Iterator[None]:
    """Keeps everybody else from writing to the home until the block ends.

    Waits `lock_timeout_seconds` for another writer, then raises WarehouseBusyError, which says who it is.
    """
    from filelock import FileLock, Timeout

    settings.home.mkdir(parents=True, exist_ok=True)
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
