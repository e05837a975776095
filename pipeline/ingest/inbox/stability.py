"""Tells whether a file in the inbox is whole or still being written; recognise.match says what is in it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from pipeline.common.clock import epoch_seconds
from pipeline.common.file_names import shown_name
from pipeline.ingest.errors import RefusalPlace, WaitingFileError
from pipeline.ingest.refusals.inbox import InboxRefusal
from pipeline.settings import Settings

_FRESH_SECONDS = 5.0
_POLL_SECONDS = 0.1
_NANOSECONDS = 1e9

# Size in bytes, and time of the last change in nanoseconds.
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
        before = self._looks.get(path)
        is_changing = _is_fresh(before)
        # The first pause began with the run: where other files were read meanwhile, it is over.
        pause = self._began + settings.settle_seconds - time.monotonic()

        while is_changing or is_held(path):
            time.sleep(max(pause, 0.0))
            pause = max(settings.settle_seconds, _POLL_SECONDS)
            after = look(path)
            is_changing = after != before
            before = after
            is_unsettled = is_changing or is_held(path)
            if is_unsettled and time.monotonic() >= deadline:
                raise WaitingFileError(InboxRefusal.STILL_BEING_WRITTEN, place=RefusalPlace(shown_name(path.name)))
        return before or look(path)


def _is_fresh(seen: Look | None) -> bool:
    """Whether a file was changed so lately that it may still be on its way; one that was not looked at may be."""
    if seen is None:
        return True
    _, changed_ns = seen
    age_seconds = abs(epoch_seconds() - changed_ns / _NANOSECONDS)
    return age_seconds < _FRESH_SECONDS


def _look_or_none(path: Path) -> Look | None:
    try:
        return look(path)
    except OSError:
        return None


def refuse_changed(path: Path, before: Look) -> None:
    """Raise WaitingFileError where a file is not what it was when it was looked at."""
    if look(path) != before:
        raise WaitingFileError(InboxRefusal.CHANGED_WHILE_READ, place=RefusalPlace(shown_name(path.name)))


def is_held(path: Path) -> bool:
    """Whether a process has the file open for writing or holds a lock on it, as far as this system tells."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # whoever opens it to read says so
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)
        if hasattr(fcntl, "F_SETLEASE"):
            # A lease for reading is given only where nobody has the file open for writing (Linux, fcntl(2)).
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
