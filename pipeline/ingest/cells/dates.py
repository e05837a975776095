"""Reads days and moments of whole cells, exactly or not at all; what a field may hold, `read_cell` says.

The notations themselves stand in `day_notations` and `clock`; days inside a title are found by
`pipeline.ingest.recognise.title_days`, which is built from the same notations.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pipeline.ingest.cells.clock import END_OF_DAY, MIDNIGHT, Clock, read_clock
from pipeline.ingest.cells.day_notations import (
    DAYS_WITH_YEAR,
    DAYS_WITHOUT_YEAR,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    is_decimal,
    plain,
)
from pipeline.ingest.cells.serial_moments import whole_second

_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")  # 45033, 45033.378472222: days since 1899-12-30
_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_MILLISECONDS_OF_DAY = 86_400_000

_WITH_YEAR = tuple(re.compile(notation(YEAR, "")) for notation in DAYS_WITH_YEAR)
_WITHOUT_YEAR = tuple(re.compile(notation("")) for notation in DAYS_WITHOUT_YEAR)
_WEEKDAY = re.compile(rf"{WEEKDAY}\s*")

_OFFSET = re.compile(r"(?:Z|([+-])(\d{2})(?::?(\d{2}))?)$")  # Z, +08, +08:00, -0700
_HALF_A_YEAR = timedelta(days=183)
_SHANGHAI = timedelta(hours=8)
_FARTHEST_OFFSET = timedelta(hours=14)
# China had summer time from 1986 to 1991, and local times before 1949.
_FIRST_STEADY_YEAR = 1992


@dataclass(frozen=True)
class Context:
    """What a cell cannot say itself: the year of dates written without one, the day from which serials count.

    `period` are the first and the last day that the file reports, both included.
    """

    default_year: int | None = None
    is_1904: bool = False
    period: tuple[date, date] | None = None

    def day_without_year(self, month: int, day: int) -> date | None:
        """The day that 12月30日 means: one within the period, else that of the year, unless it is far ahead.

        In the first issue of 2025, 2024-12-30 to 2025-01-03, 12月30日 is in 2024. Raises ValueError for no such day.
        """
        if self.default_year is None:
            return None
        if self.period is None:
            return date(self.default_year, month, day)
        first, last = self.period
        for year in (self.default_year, self.default_year - 1, self.default_year + 1):
            with suppress(ValueError):
                if first <= date(year, month, day) <= last:
                    return date(year, month, day)
        usual = date(self.default_year, month, day)
        # A log of the whole year looks back as far as January; what lies half a year ahead was written last year.
        is_far_ahead = usual - last > _HALF_A_YEAR
        return date(self.default_year - 1, month, day) if is_far_ahead else usual


@dataclass(frozen=True)
class Moment:
    """A day and a time as they are written: 24:00 is the end of its day."""

    day: date
    clock: Clock = MIDNIGHT

    @property
    def has_time(self) -> bool:
        """Whether more than a day is written: what would be cut off where only a day may stand."""
        return self.clock != MIDNIGHT

    def as_datetime(self) -> datetime:
        """The moment itself; raises ValueError or OverflowError where there is none."""
        if self.clock == END_OF_DAY:
            return datetime.combine(self.day, time(0)) + timedelta(days=1)
        return datetime.combine(self.day, time(*self.clock))


def parse_moment(text: str, context: Context) -> datetime | None:
    """A date or timestamp in any of the notations of exports, or None if it is none or no such day exists.

    2023年4月17日 9时05分 → 2023-04-17 09:05. A number of five digits is a spreadsheet's serial (1927 to 2173) in the
    file's own date system, rounded to a second that is near. A time with an offset from UTC becomes that of
    Asia/Shanghai.
    """
    moment = read_moment(text, context)
    return moment.as_datetime() if moment else None


def read_moment(text: str, context: Context) -> Moment | None:
    """The same as it is written, with 24:00 told from the midnight that follows."""
    written = plain(text).strip()
    if _SERIAL.fullmatch(written):
        return _moment_of(_from_serial(written, context))
    if is_decimal(written):
        return None
    for notation in _WITH_YEAR:
        parts = notation.match(written)
        if parts:
            year, month, day = map(int, parts.groups())
            moment = _moment(year, month, day, written[parts.end() :])
            if moment:
                return moment
    return _without_year(written, context)


def _without_year(written: str, context: Context) -> Moment | None:
    """4月17日 9:05 in a file of 2023 → 2023-04-17 09:05; None in a file that names no year."""
    for notation in _WITHOUT_YEAR:
        parts = notation.match(written)
        if parts is None:
            continue
        month, day = map(int, parts.groups())
        with suppress(ValueError):
            meant = context.day_without_year(month, day)
            return _moment(meant.year, month, day, written[parts.end() :]) if meant else None
        return None
    return None


def lacks_year(text: str) -> bool:
    """Whether a text is a day of some month and says no year; 4.2 is a number, not the second of April."""
    written = _WEEKDAY.sub("", plain(text).strip())
    if is_decimal(written):
        return False
    return any(notation.fullmatch(written) for notation in _WITHOUT_YEAR)


def _moment_of(moment: datetime) -> Moment:
    return Moment(moment.date(), (moment.hour, moment.minute, moment.second, moment.microsecond))


def _from_serial(text: str, context: Context) -> datetime:
    """45033 → 2023-04-17 00:00, 45033.5 → 2023-04-17 12:00, 45033.99999999 → 2023-04-18 00:00."""
    epoch = _EPOCH_1904 if context.is_1904 else _EPOCH
    milliseconds = (Decimal(text) * _MILLISECONDS_OF_DAY).to_integral_value()
    return whole_second(epoch + timedelta(milliseconds=int(milliseconds)))


def _moment(year: int, month: int, day: int, rest: str) -> Moment | None:
    """The moment of a day and of what follows it in the cell, such as "（星期一）9:05"; None where they contradict."""
    try:
        written_day = date(year, month, day)
        weekday = _WEEKDAY.match(rest)
        if weekday is None:
            return _moment_at(written_day, rest)
        if _weekday_number(weekday[0]) != written_day.weekday():
            return None
        return _moment_at(written_day, rest[weekday.end() :])
    except (ValueError, OverflowError):
        return None


def _weekday_number(text: str) -> int:
    """The number of a weekday, Monday 0: 周日 → 6, (星期一) → 0."""
    letter = text.strip().rstrip(")")[-1].replace("天", "日")
    return WEEKDAYS.index(letter)


def _moment_at(day: date, rest: str) -> Moment | None:
    """The moment of a day that the rest of a text says; raises ValueError or OverflowError where there is none."""
    if not rest:
        return Moment(day)
    offset = _offset_in(rest)
    written_clock = rest[: offset.start()] if offset else rest
    written_clock = written_clock.strip().removeprefix("T").strip()
    if not written_clock:
        # A day alone has no offset: 2023-04-17Z.
        return None if offset else Moment(day)
    clock = read_clock(written_clock)
    if clock is None:
        return None
    moment = Moment(day, clock)
    exact = moment.as_datetime()
    if offset is None:
        return moment
    in_shanghai = _in_shanghai(exact, offset)
    return _moment_of(in_shanghai) if in_shanghai else None


def _offset_in(rest: str) -> re.Match[str] | None:
    """The offset from UTC at the end of "T09:05:00+08:00"; None where there is none, or 09:05-10:00 is two times."""
    offset = _OFFSET.search(rest)
    if offset is None:
        return None
    # A minus may also stand between two times; behind a T it cannot.
    is_between_times = offset[1] == "-" and not rest.startswith("T")
    return None if is_between_times else offset


def _in_shanghai(moment: datetime, offset: re.Match[str]) -> datetime | None:
    """What the clock says in Shanghai at that moment; None where the offset or China's time of then is unknown."""
    ahead = _ahead_of_utc(offset)
    if ahead is None:
        return None
    if ahead == _SHANGHAI:
        return moment
    if moment.year < _FIRST_STEADY_YEAR:
        return None
    in_utc = moment - ahead
    return in_utc + _SHANGHAI


def _ahead_of_utc(offset: re.Match[str]) -> timedelta | None:
    """Z → 0, +08:00 → 8 hours, -0700 → -7 hours; None for +25:00 and +08:75, which no country has."""
    sign, *digits = offset.groups(default="0")
    hours, minutes = map(int, digits)
    distance = timedelta(hours=hours, minutes=minutes)
    if minutes >= 60 or distance > _FARTHEST_OFFSET:
        return None
    return -distance if sign == "-" else distance
