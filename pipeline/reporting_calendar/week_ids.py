"""Writes and reads week ids (`2023-15`: year and issue number); no other module looks inside one.

SQL joins `core.report_week` (or `raw.report_week`) for the year and the issue number, Python asks `ReportWeek`.
"""

from __future__ import annotations

import re

from pipeline.reporting_calendar.errors import CalendarError

# "2023-15": four digits of the year, two of the issue number.
_WEEK_ID = re.compile(r"(\d{4})-(\d{2})")


def is_week_id(text: str) -> bool:
    """Whether the text is written as a week id; there need be no such issue."""
    return _WEEK_ID.fullmatch(text) is not None


def week_id_of(year: int, issue_no: int) -> str:
    """Returns the week id of an issue: 2023 and 5 → `2023-05`."""
    return f"{year}-{issue_no:02d}"


def year_bounds(week_id: str) -> tuple[str, str]:
    """Returns two ids between which every week of the id's year lies, and none of another year.

    `2023-15` gives `2023-00` and `2023-99`: where only a table of weeks is at hand, it is cut at its year with them.
    """
    year, _ = read_week_id(week_id)
    return week_id_of(year, 0), week_id_of(year, 99)


def read_week_id(text: str) -> tuple[int, int]:
    """Returns year and issue number of a week id that a person typed: `2023-15` → 2023 and 15.

    Raises CalendarError for any other way of writing.
    """
    match = _WEEK_ID.fullmatch(text)
    if match is None:
        raise CalendarError(f"期号“{text}”写法不对：应为“年份-两位期号”，例如 2023-15。")
    return int(match[1]), int(match[2])


def weeks_in_words(first: str, last: str) -> str:
    """Returns `2023-03`, or `2023-03 至 2023-05` where these are two weeks."""
    return first if first == last else f"{first} 至 {last}"
