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
    """Rounds the text of a moment as `whole_second` does; other texts stay.

    `2023-04-19 23:59:59.999` → `2023-04-20 00:00:00`; `2023-04-19 09:05:00.500` stays.
    """
    if not _MOMENT.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
        rounded = whole_second(moment)
    except (ValueError, OverflowError):
        # 2023-02-30, or the last second that there is: the field says what it thinks of it.
        return text
    return text if rounded == moment and moment.microsecond else str(rounded)


def whole_second(moment: datetime) -> datetime:
    """Returns the second of which a moment lacks less than a tenth, or has so much more; any other moment as it is.

    Raises OverflowError at the end of the year 9999.
    """
    rest = timedelta(microseconds=moment.microsecond)
    if rest < _LOST:
        return moment - rest
    if _SECOND - rest < _LOST:
        return moment - rest + _SECOND
    return moment
