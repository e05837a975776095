"""Reads days and times in the notations of exports, exactly or not at all; what a field may hold belongs in values."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pipeline.common.characters import visible

_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_GAPS = re.compile(r"\s*([年月])\s*|\s+(?=[日号])")
_DAY_NAME = "(?:星期|周|礼拜)([一二三四五六日天])"
_WEEKDAY = re.compile(rf"\s*(?:\({_DAY_NAME}\)|{_DAY_NAME})\s*")
_WEEKDAYS = "一二三四五六日"
_HALF = re.compile(r"(上午|下午|凌晨|晚上)\s*")
# What the hour is that people write behind each half; where a half starts or ends they differ.
_HOURS = {
    "凌晨": {hour: hour for hour in range(6)},
    "上午": {hour: hour for hour in range(12)},
    "下午": {12: 12} | {hour: hour + 12 for hour in range(1, 12)} | {hour: hour for hour in range(13, 20)},
    "晚上": {hour: hour + 12 for hour in range(5, 12)} | {hour: hour for hour in range(17, 24)},
}
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?|(\d{2})(\d{2})(\d{2})")
_SPOKEN = re.compile(r"(\d{1,2})[时点](?:(\d{1,2})分(?:(\d{1,2})秒)?)?")
_OFFSET = re.compile(r"(?:Z|([+-])(\d{2})(?::?(\d{2}))?)$")
_HERE = timedelta(hours=8)
# China had summer time from 1986 to 1991, and local times before 1949.
_FIRST_STEADY_YEAR = 1992
Clock = tuple[int, int, int, int]


@dataclass(frozen=True)
class Context:
    """What a cell cannot say itself: the year of dates written without one, the day from which serials count."""

    default_year: int | None = None
    is_1904: bool = False


@dataclass(frozen=True)
class Moment:
    """A day and a time as they are written: 24:00 is the end of its day."""

    day: date
    clock: Clock = (0, 0, 0, 0)

    @property
    def has_time(self) -> bool:
        """Whether more than a day is written: what would be cut off where only a day may stand."""
        return self.clock != (0, 0, 0, 0)

    def as_datetime(self) -> datetime:
        """The moment itself; raises ValueError or OverflowError where there is none."""
        if self.clock == (24, 0, 0, 0):
            return datetime.combine(self.day, time(0)) + timedelta(days=1)
        return datetime.combine(self.day, time(*self.clock))


def parse_moment(text: str, context: Context) -> datetime | None:
    """A date or timestamp in any of the notations of exports, or None if it is none or no such day exists.

    A number of five digits is a spreadsheet's serial (1927 to 2173) in the file's own date system, to the millisecond.
    A time with an offset from UTC becomes that of Asia/Shanghai.
    """
    found = read_moment(text, context)
    return found.as_datetime() if found else None


def lacks_year(text: str) -> bool:
    """Whether a text is a day of some month and says no year; 4.2 is a number, not the second of April."""
    normal = _WEEKDAY.sub("", _normal(text))
    return _MONTH_DAY.fullmatch(normal) is not None and not _NUMBER.fullmatch(normal)


def read_moment(text: str, context: Context) -> Moment | None:
    """The same as it is written, with 24:00 told from the midnight that follows."""
    normal = _normal(text)
    if _SERIAL.fullmatch(normal):
        return _split(_from_serial(normal, context))
    if _NUMBER.fullmatch(normal):
        return None
    for pattern in (_DATE, _COMPACT_DATE, _MONTH_DAY):
        match = pattern.match(normal)
        if match and (moment := _moment(match, normal[match.end() :], context)):
            return moment
    return None


def _normal(text: str) -> str:
    return _GAPS.sub(r"\1", unicodedata.normalize("NFKC", visible(text)).strip())


def _split(moment: datetime) -> Moment:
    return Moment(moment.date(), (moment.hour, moment.minute, moment.second, moment.microsecond))


def _from_serial(text: str, context: Context) -> datetime:
    epoch = datetime(1904, 1, 1) if context.is_1904 else datetime(1899, 12, 30)
    milliseconds = (Decimal(text) * 86_400_000).to_integral_value()
    return epoch + timedelta(milliseconds=int(milliseconds))


def _moment(match: re.Match[str], rest: str, context: Context) -> Moment | None:
    parts = [int(part) for part in match.groups()]
    if len(parts) == 2:
        if context.default_year is None:
            return None
        parts.insert(0, context.default_year)
    try:
        day = date(*parts)
        weekday = _WEEKDAY.match(rest)
        if weekday:
            if _WEEKDAYS.index((weekday[1] or weekday[2]).replace("天", "日")) != day.weekday():
                return None
            rest = rest[weekday.end() :]
        return _at(day, rest)
    except (ValueError, OverflowError):
        return None


def _at(day: date, rest: str) -> Moment | None:
    """The moment of a day that the rest of a text says; raises ValueError or OverflowError where there is none."""
    offset = _OFFSET.search(rest)
    # A minus may also stand between two times, 09:05-10:00; behind a T it cannot.
    if offset is not None and offset[1] == "-" and not rest.startswith("T"):
        offset = None
    written = (rest[: offset.start()] if offset else rest).strip().removeprefix("T").strip()
    clock = _clock(written) if written else (0, 0, 0, 0)
    if clock is None or (offset is not None and not written):
        return None
    moment = Moment(day, clock)
    itself = moment.as_datetime()
    if offset is None:
        return moment
    here = _in_shanghai(itself, offset)
    return _split(here) if here else None


def _in_shanghai(moment: datetime, offset: re.Match[str]) -> datetime | None:
    sign, hours, minutes = offset.groups()
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if ahead == _HERE:
        return moment
    is_known = moment.year >= _FIRST_STEADY_YEAR and abs(ahead) <= timedelta(hours=14) and int(minutes or 0) < 60
    return moment - ahead + _HERE if is_known else None


def _clock(text: str) -> Clock | None:
    half = _HALF.match(text)
    clock = _whole_clock(text[half.end() :] if half else text)
    return clock if clock is None or half is None else _in_half(half[1], clock)


def _whole_clock(text: str) -> Clock | None:
    spoken = _SPOKEN.fullmatch("".join(text.split()))
    if spoken:
        return int(spoken[1]), int(spoken[2] or 0), int(spoken[3] or 0), 0
    match = _TIME.fullmatch(text.replace("时", ":").replace("分", ":").removesuffix("秒").strip(": "))
    if match is None:
        return None
    hours, minutes, seconds, fraction, *compact = match.groups()
    if hours is None:
        return int(compact[0]), int(compact[1]), int(compact[2]), 0
    return int(hours), int(minutes), int(seconds or 0), int((fraction or "0").ljust(6, "0"))


def _in_half(half: str, clock: Clock) -> Clock | None:
    """A time of a half of the day on the clock of 24 hours; None where that is unclear (上午12:05) or absurd."""
    hour = _HOURS[half].get(clock[0])
    return None if hour is None else (hour, *clock[1:])
