"""Runs a piece of work in a fork of this process, whole or until it is killed: imports are paid for once.

Threads do not survive a fork: whoever forks has opened DuckDB with one thread only, and has closed it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from pipeline.settings import PROJECT_ROOT

# What Python tells its audit hooks before it changes a folder.
FILE_EVENTS: Final = frozenset(
    {"os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.utime"}
)
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# A function that reads a cell is called a million times: its first calls alone are events.
FIRST_CALLS: Final = 3
LONGEST_WORK: Final = 1800.0
FAILED: Final = 3


@dataclass(frozen=True)
class Moment:
    """When a fork dies: at its n-th event, or so many seconds after it began; whichever is given."""

    event: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Fate:
    """What became of a fork: whether it was killed, what it answered, its error, its events, its seconds."""

    is_killed: bool
    answer: Any
    error: str
    events: int
    seconds: float


class Countdown:
    """Counts what a fork does (files it changes, functions of the library it enters or leaves) and kills it at one."""

    def __init__(self, last: int | None) -> None:
        self.events = 0
        self._last = last
        self._calls: Counter[CodeType] = Counter()
        self._library = str(PROJECT_ROOT / "pipeline")

    def watch(self) -> None:
        """Begins to count; a fork cannot stop it again, and does not need to."""
        sys.addaudithook(self._on_audit)
        sys.setprofile(self._on_call)

    def _on_audit(self, event: str, args: tuple[Any, ...]) -> None:
        is_write = event == "open" and isinstance(args[2], int) and bool(args[2] & WRITING)
        if is_write or event in FILE_EVENTS:
            self._count()

    def _on_call(self, frame: FrameType, kind: str, _: object) -> None:
        if kind not in ("call", "return") or not frame.f_code.co_filename.startswith(self._library):
            return
        self._calls[frame.f_code] += 1
        if self._calls[frame.f_code] <= 2 * FIRST_CALLS:
            self._count()

    def _count(self) -> None:
        self.events += 1
        if self.events == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def in_fork(work: Callable[[], Any], answer_path: Path, moment: Moment | None = None) -> Fate:
    """Does the work in a fork and returns what became of it; with a moment its events are counted and it may die."""
    answer_path.unlink(missing_ok=True)
    began = time.monotonic()
    gc.freeze()
    child = os.fork()
    if child == 0:
        _work_and_leave(work, answer_path, moment)
    is_killed = _wait(child, began, moment)
    written = json.loads(answer_path.read_text("utf-8")) if not is_killed else {}
    return Fate(
        is_killed, written.get("answer"), written.get("error", ""), written.get("events", 0), time.monotonic() - began
    )


def _work_and_leave(work: Callable[[], Any], answer_path: Path, moment: Moment | None) -> None:
    countdown = Countdown(moment.event if moment else None)
    written: dict[str, Any] = {}
    try:
        if moment is not None:
            countdown.watch()
        written["answer"] = work()
    except BaseException:
        written["error"] = traceback.format_exc()
    finally:
        sys.setprofile(None)
        countdown._last = None
        written["events"] = countdown.events
        answer_path.write_text(json.dumps(written), "utf-8")
        # Not sys.exit: what the parent registered to be done at its end is none of the child's.
        os._exit(FAILED if "error" in written else 0)


def _wait(child: int, began: float, moment: Moment | None) -> bool:
    """Waits for a fork, kills it when its time has come; returns whether it was killed."""
    limit = LONGEST_WORK if moment is None or moment.seconds is None else moment.seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.WIFSIGNALED(status)
        if time.monotonic() - began > limit:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            limit = float("inf")
        time.sleep(0.002)
