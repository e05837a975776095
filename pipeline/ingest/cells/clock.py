"""Reads times of day in the notations of exports; which day they belong to, `dates` says."""

from __future__ import annotations

import re

Clock = tuple[int, int, int, int]
"""Hour, minute, second, microsecond as they are written: (24, 0, 0, 0) is the end of a day."""
MIDNIGHT: Clock = (0, 0, 0, 0)
END_OF_DAY: Clock = (24, 0, 0, 0)

_HALVES = "上午|下午|凌晨|晚上"
_HALF = re.compile(rf"({_HALVES})\s*")
# What the hour is that people write behind each half; where a half starts or ends they differ, so that 上午12 is none.
_HOURS_OF_HALF = {
    "凌晨": {hour: hour for hour in range(6)},
    "上午": {hour: hour for hour in range(12)},
    "下午": {12: 12} | {hour: hour + 12 for hour in range(1, 12)} | {hour: hour for hour in range(13, 20)},
    "晚上": {hour: hour + 12 for hour in range(5, 12)} | {hour: hour for hour in range(17, 24)},
}
# 9时, 9点, 9时5分, 9时5分0秒; blanks are taken out before
_SPOKEN = re.compile(r"(\d{1,2})[时点](?:(\d{1,2})分(?:(\d{1,2})秒)?)?")
# 9:05, 09:05:00, 09:05:00.4; 9时05分 comes as 9:05
_COLONS = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?")
# 090500
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})")

CLOCK_IN_TEXT = (
    rf"(?:(?:{_HALVES})\s*)?"
    r"(?:\d{1,2}\s*[时点]\s*\d{1,2}\s*分(?:\s*\d{1,2}\s*秒)?"  # 9时5分, 9点05分30秒
    r"|\d{1,2}[:时]\d{2}(?:[:分]\d{2}(?:\.\d{1,6})?秒?|分)?"  # 9:05, 09:05:30, 9时05分30
    r"|\d{1,2}\s*[时点](?!\s*\d)"  # 9时, 9点; not 9时5, which may be cut off
    r"|\d{6}(?!\d))"  # 090500
)
"""What may be a time of day in running text; whether it is one, `read_clock` says."""


def read_clock(text: str) -> Clock | None:
    """The time of day that a text is: 9:05, 下午3时5分, 090500 → (9, 5, 0, 0); None where it is none or unclear.

    9时5 is none: nobody can say whether it is 9:05 or 9:50 cut off.
    """
    half = _HALF.match(text)
    if half is None:
        return _read_whole_day_clock(text)
    clock = _read_whole_day_clock(text[half.end() :])
    if clock is None:
        return None
    hour = _HOURS_OF_HALF[half[1]].get(clock[0])
    return None if hour is None else (hour, *clock[1:])


def _read_whole_day_clock(text: str) -> Clock | None:
    """A time without 上午 and the like: 21:05 → (21, 5, 0, 0)."""
    spoken = _SPOKEN.fullmatch("".join(text.split()))
    if spoken:
        hours, minutes, seconds = spoken.groups(default="0")
        return int(hours), int(minutes), int(seconds), 0
    with_colons = text.replace("时", ":").replace("分", ":").removesuffix("秒").strip(": ")
    parted = _COLONS.fullmatch(with_colons)
    if parted:
        hours, minutes, seconds, fraction = parted.groups(default="0")
        return int(hours), int(minutes), int(seconds), int(fraction.ljust(6, "0"))
    compact = _COMPACT.fullmatch(with_colons)
    if compact:
        hours, minutes, seconds = compact.groups()
        return int(hours), int(minutes), int(seconds), 0
    return None
