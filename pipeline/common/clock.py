"""Reads the one wall clock of the program; which week a day belongs to, `pipeline.reporting_calendar` says.

Nothing else asks the system what time it is, so that a test sets the clock in one place with `clock_set_to`.
How long something takes is measured with `time.monotonic` or `time.perf_counter`, never with this clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
BEIJING_OFFSET: Final = timedelta(hours=8)
"""From the UTC of the ledger to the Beijing time of files and people; China has had no summer time since 1991."""


class _Clock:
    """Holds the moment that a test has set, or nothing while the system's clock counts."""

    def __init__(self) -> None:
        self.set_moment: datetime | None = None


_CLOCK: Final = _Clock()


def moment_in_beijing() -> datetime:
    """Returns the present moment with its zone, to compare with due times."""
    if _CLOCK.set_moment is not None:
        return _CLOCK.set_moment.astimezone(BEIJING)
    return datetime.now(BEIJING)


def beijing_now() -> datetime:
    """Returns the present moment as decisions, findings and releases keep it: Beijing time, no zone, whole seconds."""
    return moment_in_beijing().replace(tzinfo=None, microsecond=0)


def utc_now() -> datetime:
    """Returns the present moment as the ledger keeps it: UTC, no zone, microseconds."""
    return moment_in_beijing().astimezone(UTC).replace(tzinfo=None)


def epoch_seconds() -> float:
    """Returns the seconds since 1970-01-01 UTC, to compare with the times of files."""
    return moment_in_beijing().timestamp()


def file_moment(epoch: float) -> datetime:
    """Returns a file's time (seconds since 1970) as people in the hall read it: Beijing time without a zone."""
    return datetime.fromtimestamp(epoch, BEIJING).replace(tzinfo=None)


@contextmanager
def clock_set_to(moment: datetime) -> Iterator[None]:
    """Makes every reading of the clock give `moment` until the block ends; for tests.

    `moment` has a zone: `datetime(2023, 4, 24, 9, tzinfo=BEIJING)`. Raises ValueError where it has none.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: the clock can only be set to a moment with one.")
    before = _CLOCK.set_moment
    _CLOCK.set_moment = moment
    try:
        yield
    finally:
        _CLOCK.set_moment = before
