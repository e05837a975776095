"""Opens the log of a home: a file of limited size that only its owner reads, personal data masked in every line.

Modules write with `logging.getLogger(__name__)`; a command (`zhoubao.session`) or a run (`assets.resources`) opens the
log. Which texts are personal belongs in `pipeline.privacy.masking`, whose function the caller hands in.

One line: `2023-04-24 09:00:00 INFO    1a2b3c4d pipeline.ingest.inbox.run 办件明细.csv loaded, 1,200 rows`.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from pipeline.common.clock import BEIJING
from pipeline.common.private_files import private_folder

# 5 files of 4 MB hold a year of weekly runs; a loop that writes without end cannot fill the disk.
MOST_BYTES: Final = 4 << 20
MOST_OLD_FILES: Final = 4
# Only our own packages: other libraries may write addresses and keys, and say nothing that a steward can use.
PACKAGES: Final = ("pipeline", "assets", "zhoubao")
NO_RUN: Final = "-"
# As many characters of a run's id as `zhoubao run` prints at its end.
RUN_ID_LENGTH: Final = 8
LINE: Final = "%(asctime)s %(levelname)-7s %(run_id)s %(name)s %(message)s"

Mask = Callable[[str], str]


class _CurrentRun:
    """The run that this process works on. One value for all threads: a process has one run at a time."""

    run_id = NO_RUN


class MaskedFormatter(logging.Formatter):
    """Writes a record as one line in Beijing time, message and traceback masked.

    Masking stands here and not in a filter: a filter would change the record for every other handler, too.
    """

    def __init__(self, mask: Mask) -> None:
        super().__init__(LINE)
        self.mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Returns the whole text of a record; lines after the first are indented, so that none looks like a record."""
        record.run_id = _CurrentRun.run_id
        # logging keeps the text of a traceback on the record: ours must not come unmasked from another handler.
        record.exc_text = None
        text = super().format(record)
        record.exc_text = None
        return "\n    ".join(text.splitlines())

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Fills the line of a record with its masked message."""
        record.message = self.mask(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """Returns the traceback, masked: the last line of it often quotes a cell."""
        return self.mask(super().formatException(ei))  # type: ignore[arg-type]

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - the name is logging's
        """Returns the moment of a record in Beijing, whatever the zone of the machine."""
        return datetime.fromtimestamp(record.created, BEIJING).strftime(datefmt or "%Y-%m-%d %H:%M:%S")


class PrivateRotatingHandler(RotatingFileHandler):
    """Writes to a 0600 file that starts anew at `MOST_BYTES`; several processes may write to it.

    `make dev` and a run from the command line log at the same time. Whoever finds the file moved away by the other
    opens the new one. A disk that is full, or a folder that cannot be written, costs the log and never the run.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MOST_BYTES, backupCount=MOST_OLD_FILES, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        private_folder(path.parent)
        return open(path, "a", encoding="utf-8", opener=_open_private)

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record, to the new file where another process has begun one."""
        with suppress(OSError):
            if self.stream is not None and self._is_moved_away(self.stream):
                self.stream.close()
                self.stream = None
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Lets a fault of the disk pass; a mistake in a call of the logger is told as always."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def _is_moved_away(self, stream: TextIOWrapper) -> bool:
        ours = os.fstat(stream.fileno())
        try:
            current = Path(self.baseFilename).stat()
        except FileNotFoundError:
            return True
        return (ours.st_dev, ours.st_ino) != (current.st_dev, current.st_ino)


class TerminalHandler(logging.Handler):
    """Writes to the error stream as it is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        sys.stderr.write(f"{self.format(record)}\n")


_handlers: dict[str, logging.Handler] = {}
_lock = threading.Lock()


def log_to_file(path: Path, mask: Mask, *, is_debug: bool = False) -> None:
    """Opens the log at `path`; a log of another home that was open is closed. The file is made by its first line."""
    handler = PrivateRotatingHandler(path)
    _install("file", handler, mask, is_debug=is_debug)


def log_to_terminal(mask: Mask, *, is_debug: bool) -> None:
    """Writes the log to the error stream, too, where `is_debug`; else nothing of it is seen there."""
    handler = TerminalHandler() if is_debug else logging.NullHandler()
    _install("terminal", handler, mask, is_debug=is_debug)


def log_file() -> Path | None:
    """Returns where the log is written, or None where none is open."""
    handler = _handlers.get("file")
    return Path(handler.baseFilename) if isinstance(handler, PrivateRotatingHandler) else None


def close_log() -> None:
    """Closes what is open, as at the end of a process."""
    for kind in list(_handlers):
        _remove(kind)


@contextmanager
def run_in_log(run_id: str) -> Iterator[None]:
    """Puts the run's id on every line until the run ends."""
    before = _CurrentRun.run_id
    _CurrentRun.run_id = run_id[:RUN_ID_LENGTH]
    try:
        yield
    finally:
        _CurrentRun.run_id = before


def _install(kind: str, handler: logging.Handler, mask: Mask, *, is_debug: bool) -> None:
    level = logging.DEBUG if is_debug else logging.INFO
    handler.setFormatter(MaskedFormatter(mask))
    handler.setLevel(level)
    with _lock:
        _remove(kind)
        _handlers[kind] = handler
        lowest = min(known.level for known in _handlers.values())
        for package in PACKAGES:
            logger = logging.getLogger(package)
            logger.addHandler(handler)
            logger.setLevel(lowest)


def _remove(kind: str) -> None:
    handler = _handlers.pop(kind, None)
    if handler is None:
        return
    for package in PACKAGES:
        logging.getLogger(package).removeHandler(handler)
    handler.close()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
