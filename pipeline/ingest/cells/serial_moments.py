"""Rounds the moments of serial numbers to the second that was meant: libraries lose digits of a fraction of a day.

What a text says as a day or time, `dates` and `clock` say; that a cell holds a serial number, its sheet knows.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

# 2023-04-19 23:59:59.999, as a reader writes the number 45035.99999999
MOMENT_WITH_FRACTION = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,6}"
_MOMENT = re.compile(MOMENT_WITH_FRACTION)
# Six decimals of a day, to which some libraries cut a serial number, are a tenth of a second.
_LOST = timedelta(milliseconds=100)
_SECOND = timedelta(seconds=1)


def rounded_moment(text: str) -> str:
    """Rounds a moment that lacks less than a tenth of a second, or has so much more than one; others stay.

    `2023-04-19 23:59:59.999` → `2023-04-20 00:00:00`; `2023-04-19 09:05:00.500` stays.
    """
    if not _MOMENT.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
        rest = timedelta(microseconds=moment.microsecond)
        if rest < _LOST:
            return str(moment - rest)
        if _SECOND - rest < _LOST:
            return str(moment - rest + _SECOND)
    except (ValueError, OverflowError):
        # 2023-02-30, or the last second that there is: the field says what it thinks of it.
        return text
    return text
