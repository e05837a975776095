"""Tells whether a file in the inbox is whole or still being written; what is in it does not matter here."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from pipeline.ingest.errors import WaitingFileError
from pipeline.settings import Settings

_FRESH_SECONDS = 5.0
_POLL_SECONDS = 0.1

Look = tuple[int, int]


def look(path: Path) -> Look:
    """Size and time of the last change, to compare with a later look."""
    known = path.stat()
    return known.st_size, known.st_mtime_ns


class FirstLooks:
    """What the files of an inbox looked like when a run began, so that all of them share one pause."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._began = time.monotonic()
        self._looks = {path: _look_or_none(path) for path in paths}

    def settled(self, path: Path, settings: Settings) -> Look:
        """The look of a file that nobody writes any more: no process holds it, and two looks see the same.

        A file that has not changed for five seconds costs no wait. Raises WaitingFileError where it is still changing
        after `wait_seconds`.
        """
        deadline = time.monotonic() + settings.wait_seconds
        before, pause = self._looks.get(path), self._began + settings.settle_seconds - time.monotonic()
        is_fresh = before is None or abs(time.time() - before[1] / 1e9) < _FRESH_SECONDS
        while is_fresh or is_held(path):
            time.sleep(max(pause, 0.0))
            pause = max(settings.settle_seconds, _POLL_SECONDS)
            after = look(path)
            is_fresh, before = after != before, after
            if (is_fresh or is_held(path)) and time.monotonic() >= deadline:
                raise WaitingFileError("文件还在写入（大小或时间在变，或被其他程序占用）；写完后下次运行会再读")
        return before or look(path)


def _look_or_none(path: Path) -> Look | None:
    try:
        return look(path)
    except OSError:
        return None


def refuse_changed(path: Path, before: Look) -> None:
    """Raise WaitingFileError where a file is not what it was when it was looked at."""
    if look(path) != before:
        raise WaitingFileError("文件在读取时被改动；改完后下次运行会再读")


def is_held(path: Path) -> bool:
    """Whether a process has the file open for writing or holds a lock on it, as far as this system tells."""
    try:
        import fcntl
    except ImportError:
        return False
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)
        if hasattr(fcntl, "F_SETLEASE"):
            # Who opens the file in between is announced by a signal: not by SIGIO, which would end this process.
            fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
