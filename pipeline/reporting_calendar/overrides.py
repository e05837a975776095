"""Reads the hall's own corrections of the calendar from a CSV; `working_days` and `weeks` apply them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, cast

from pipeline.reporting_calendar.errors import CalendarError
from pipeline.reporting_calendar.week_ids import is_week_id

CalendarStatus = Literal["announced", "provisional"]
OverrideKind = Literal["working_day", "holiday", "issue_no", "total_issue_no", "year_status"]

KINDS: Final[tuple[OverrideKind, ...]] = ("working_day", "holiday", "issue_no", "total_issue_no", "year_status")
STATUSES: Final[tuple[CalendarStatus, ...]] = ("announced", "provisional")
COLUMNS: Final = ("kind", "date_or_week_id", "value", "reason")
# "2027"
_YEAR = re.compile(r"\d{4}")
# "16": a number without a sign or leading zeros
_COUNT = re.compile(r"[1-9]\d*")


@dataclass(frozen=True)
class CalendarOverride:
    """One line of the override CSV: `kind`, the day (ISO) or week_id or year it speaks of, its value, and why."""

    kind: OverrideKind
    date_or_week_id: str
    value: str = ""
    reason: str = ""


def read_overrides(path: Path) -> tuple[CalendarOverride, ...]:
    """Reads every line of the CSV and checks it; `issue_no,2023-15,16,补发一期` makes 2023's issue 15 number 16.

    Raises CalendarError with file and line for a line that says nothing.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        header = tuple(reader.fieldnames or ())
        if header != COLUMNS:
            raise CalendarError(f"{path} 第 1 行：表头应为 {','.join(COLUMNS)}。")
        return tuple(_read_line(path, reader.line_num, row) for row in reader)


def _read_line(path: Path, line: int, row: dict[str, str | None]) -> CalendarOverride:
    kind, key, value, reason = (_cell_of(row, column) for column in COLUMNS)
    problem = _problem(kind, key, value)
    if problem:
        raise CalendarError(f"{path} 第 {line} 行：{problem}")
    return CalendarOverride(cast(OverrideKind, kind), key, value, reason)


def _cell_of(row: dict[str, str | None], column: str) -> str:
    # csv gives None for the cells that a short line does not have.
    return (row[column] or "").strip()


def _problem(kind: str, key: str, value: str) -> str | None:
    """Returns in a sentence what is wrong with a line, or None where nothing is."""
    if kind not in KINDS:
        return f"kind“{kind}”不认识，应为 {'、'.join(KINDS)} 之一。"
    if kind in ("working_day", "holiday"):
        return _day_problem(key)
    if kind == "year_status":
        return _status_problem(key, value)
    return _number_problem(key, value)


def _day_problem(key: str) -> str | None:
    if _is_iso_date(key):
        return None
    return f"日期“{key}”读不懂，应写成 2027-02-06。"


def _status_problem(key: str, value: str) -> str | None:
    is_year = _YEAR.fullmatch(key) is not None
    if is_year and value in STATUSES:
        return None
    return f"“{key},{value}”读不懂，应为四位年份和 {'、'.join(STATUSES)} 之一。"


def _number_problem(key: str, value: str) -> str | None:
    names_a_week = is_week_id(key) or _is_iso_date(key)
    if not names_a_week:
        return f"“{key}”读不懂，应为期号（2023-15）或该周的一天（2023-04-17）。"
    if _COUNT.fullmatch(value) is None:
        return f"期数“{value}”应为正整数。"
    return None


def _is_iso_date(text: str) -> bool:
    # `fromisoformat` also takes 20270208 and 2027-W06-1, which nobody means here: only ten characters will do.
    if len(text) != len("2027-02-06"):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def numbers_of(overrides: Sequence[CalendarOverride], kind: OverrideKind) -> dict[str, int]:
    """Returns the overridden numbers of one kind by what names their week: week_id or day."""
    numbers = {}
    for override in overrides:
        if override.kind == kind:
            numbers[override.date_or_week_id] = int(override.value)
    return numbers


def statuses_of(overrides: Sequence[CalendarOverride]) -> dict[int, CalendarStatus]:
    """Returns the overridden statuses by year."""
    statuses = {}
    for override in overrides:
        if override.kind == "year_status":
            statuses[int(override.date_or_week_id)] = cast(CalendarStatus, override.value)
    return statuses


def worked_days_of(overrides: Sequence[CalendarOverride]) -> dict[date, bool]:
    """Returns whether each overridden day is worked. Raises CalendarError where two lines contradict each other."""
    worked: dict[date, bool] = {}
    for override in overrides:
        if override.kind not in ("working_day", "holiday"):
            continue
        day = date.fromisoformat(override.date_or_week_id)
        is_working = override.kind == "working_day"
        if worked.setdefault(day, is_working) is not is_working:
            raise CalendarError(f"日历调整自相矛盾：{day} 既写为工作日又写为休息日。")
    return worked
