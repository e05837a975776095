"""Turns an error that nobody foresaw into a refusal of the file at hand, so that the other files go on.

What is foreseen raises `RefusedFileError` where it is noticed, with a code of `pipeline.ingest.refusals`.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.common.file_names import shown_name
from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusalPlace, RefusedFileError, WaitingFileError
from pipeline.ingest.recognise.match import Recognised, recognise
from pipeline.ingest.refusals.inbox import InboxRefusal
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

_LOG = logging.getLogger(__name__)
_NUMBER_LENGTH = 8
# The disk or the system is at its end, and so is every other file: a refusal would blame the wrong one.
_SYSTEM_ERRORS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
)


@contextmanager
def refuse_unforeseen(file_name: str) -> Iterator[None]:
    """Raises RefusedFileError with the code `unforeseen` for whatever else the block raises about this file.

    WaitingFileError stands for a file that is gone. What is no fault of the file passes: an interruption, a full disk,
    a broken warehouse. The log gets the traceback under the number that the sentence names.
    """
    try:
        yield
    except RefusedFileError:
        raise
    except FileNotFoundError as error:
        raise moved_away(file_name) from error
    except BaseException as error:
        if not is_fault_of_file(error):
            raise
        number = fault_number(error)
        _LOG.error("%s 读取出错，编号 %s\n%s", shown_name(file_name), number, _trace_without_values(error))
        raise RefusedFileError(
            InboxRefusal.UNFORESEEN,
            place=RefusalPlace(shown_name(file_name)),
            found=type(error).__name__,
            number=number,
        ) from error


def recognise_or_refuse(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> tuple[Recognised, ...]:
    """The exports in a file, as `recognise` tells them; raises RefusedFileError also for errors nobody foresaw."""
    with refuse_unforeseen(path.name):
        return recognise(path, settings, calendar, contracts)


def moved_away(file_name: str) -> WaitingFileError:
    """The answer to a file that was there when the run began, and is gone."""
    return WaitingFileError(InboxRefusal.MOVED_AWAY, place=RefusalPlace(shown_name(file_name)))


def is_fault_of_file(error: BaseException) -> bool:
    """Whether an error says something about the file at hand only, so that a run may go on with the others."""
    import duckdb

    if isinstance(error, duckdb.Error):
        # What the file's values or its size bring about; anything else (a lost table, a damaged database file, a full
        # disk) would meet every file.
        of_values = (duckdb.DataError, duckdb.InvalidInputException, duckdb.NotSupportedError)
        return isinstance(error, (*of_values, duckdb.IntegrityError, duckdb.OutOfMemoryException))
    if isinstance(error, OSError):
        return error.errno not in _SYSTEM_ERRORS
    # The reader of workbooks is written in Rust; where it panics, this comes past `Exception`.
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def fault_number(error: BaseException) -> str:
    """Eight digits that name a fault by its type and place in the code: equal faults have equal numbers, anywhere."""
    lines = [
        f"{frame.f_globals.get('__name__')}:{line_no}" for frame, line_no in traceback.walk_tb(error.__traceback__)
    ]
    text = "\n".join([type(error).__qualname__, *lines])
    return hashlib.sha256(text.encode()).hexdigest()[:_NUMBER_LENGTH]


def _trace_without_values(error: BaseException) -> str:
    """The traceback of an error and of those that led to it, by type: their messages may quote cells, so persons."""
    frames: list[str] = []
    step: BaseException | None = error
    while step is not None:
        frames.append(f"{type(step).__qualname__}\n")
        frames += traceback.format_tb(step.__traceback__)
        step = step.__cause__ or step.__context__
    return "".join(frames)
