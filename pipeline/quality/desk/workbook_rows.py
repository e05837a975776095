"""The rows of a steward's workbook as the loader brought them in, and the findings that they are about.

In: raw.review_decisions, quarantine.cell, ledger.delivery, quality.finding. What becomes of a row is decided in
`pipeline.quality.desk.answers`; how the workbook is written is in `pipeline.present.steward`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pipeline.quality.codes import Severity, Status
from pipeline.quality.findings.places import Place, read_places

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "review_decisions"
# 20261220, 二〇二六年十二月二十日; 2026.12.20 has three numbers, 12月20日 and 12-20 have two and no year
_YEAR: Final = re.compile(r"\d{8}|[〇零一二三四五六七八九]{2,4}年")
_NUMBER: Final = re.compile(r"\d+")
_YEARS_TO_A_LEAP_DAY: Final = 9
# The columns come in the order of the fields of Row.
_ROWS: Final = f"""
SELECT r.sheet, r.row_no, r.finding_id, r.problem, r.evidence, r.decision, r.decision_reason, r.until, r.row_meant,
    r.column_meant, r.corrected_value, r.decided_by, r.seal,
    (SELECT map_from_entries(list((q.column_name, q.message) ORDER BY q.column_name)) FROM quarantine.cell AS q
        WHERE q.delivery_id = r.delivery_id AND q.sheet = r.sheet AND q.row_no = r.row_no) AS problems,
    r.as_written['until'] AS until_written, r.approved_by, r.comment
FROM raw.{SOURCE} AS r WHERE r.delivery_id = ? ORDER BY r.sheet, r.row_no
"""
# Rows that the loader could not take at all: they are answered too.
_LEFT_OUT: Final = """
SELECT sheet, row_no, string_agg(DISTINCT message, '；') FROM quarantine.cell
WHERE delivery_id = ? AND row_disposition = 'quarantined' GROUP BY sheet, row_no ORDER BY sheet, row_no
"""
# A finding as the workbook of a week shows it: the week's own words, or the last ones where it is gone.
_FINDING: Final = """
SELECT f.finding_id, f.status, f.decision_id, coalesce(w.unexpected_count, f.unexpected_count),
    coalesce(w.evidence, f.evidence), CASE WHEN w.finding_id IS NULL THEN f.explanation ELSE w.explanation END,
    w.finding_id IS NOT NULL, coalesce(w.places, f.places), f.severity, f.category, coalesce(w.keys, f.keys)
FROM quality.finding AS f
LEFT JOIN quality.finding_week AS w ON w.finding_id = f.finding_id AND w.week_id = ?
WHERE f.finding_id = ?
"""


@dataclass(frozen=True)
class Workbook:
    """A delivered workbook that has not been answered. Key: delivery_id."""

    delivery_id: str
    week_id: str
    file_name: str


@dataclass(frozen=True)
class Row:
    """One row as the steward filled it in; `problems` says by column what the loader could not read.

    `comment` is what the steward says to whoever reads the next workbook; it decides nothing.
    `until_written` is the text of `until` where it is not written as 2023-12-20; `same_as` is the row above that a 同上
    stands for.
    """

    sheet: str
    row_no: int
    finding_id: str
    problem: str | None
    evidence: str | None
    decision: str | None
    reason: str | None
    until: date | None
    row_meant: str | None
    column_meant: str | None
    value: str | None
    decided_by: str | None
    seal: str | None
    problems: Mapping[str, str] | None
    until_written: str | None = None
    approved_by: str | None = None
    comment: str | None = None
    same_as: int | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in; a proposed row or column of a correction alone is nothing."""
        people = (self.decided_by, self.approved_by)
        filled_in = (self.decision, self.reason, self.until, self.value, *people, self.problems)
        return not any(filled_in)

    @property
    def inputs(self) -> tuple[object, ...]:
        """Everything that the steward may fill in; rows of before there was a second person keep their key."""
        second_person = (self.approved_by,) if self.approved_by else ()
        return (
            self.decision,
            self.reason,
            self.until,
            self.row_meant,
            self.column_meant,
            self.value,
            self.decided_by,
            *second_person,
        )


@dataclass(frozen=True)
class LeftOutRow:
    """A row that the loader could not take; `message` says why."""

    sheet: str
    row_no: int
    message: str


@dataclass(frozen=True)
class FindingInWeek:
    """A finding as the workbook of a week shows it; `is_shown` says whether the week still has it.

    `keys` are the first of its failing rows, as JSON.
    """

    finding_id: str
    status: Status
    decision_id: str | None
    count: int
    evidence: str
    explanation: str | None
    is_shown: bool
    places: tuple[Place, ...]
    severity: Severity
    category: str | None
    keys: str = "[]"


def unanswered(con: duckdb.DuckDBPyConnection) -> list[Workbook]:
    """Returns the delivered workbooks whose rows have not been answered, in the order of their arrival."""
    rows = con.execute(
        "SELECT delivery_id, week_id, file_name FROM ledger.delivery WHERE source = ? AND status = 'current' "
        "ORDER BY received_at, delivery_id",
        [SOURCE],
    ).fetchall()
    return [Workbook(*row) for row in rows]


def rows_of(con: duckdb.DuckDBPyConnection, workbook: Workbook, today: date) -> list[Row]:
    """Reads the rows of a workbook by sheet and number; a last day without a year is the next such day from `today`."""
    rows = [Row(*row) for row in con.execute(_ROWS, [workbook.delivery_id]).fetchall()]
    return [replace(row, until=day_to_come(row.until, row.until_written, today)) for row in rows]


def day_to_come(day: date | None, written: str | None, today: date) -> date | None:
    """Returns the day that a steward means: 12月20日, written on 29 November 2026, is 2026-12-20; 1月5日 is in 2027.

    The loader gives a day without a year that of the week, which may be long past. A day written with its year stays.
    """
    if day is None or written is None:
        return day
    if _has_year(written):
        return day
    for year in range(today.year, today.year + _YEARS_TO_A_LEAP_DAY):
        to_come = _in_year(day, year)
        if to_come is not None and to_come >= today:
            return to_come
    return day


def _has_year(written: str) -> bool:
    numbers = _NUMBER.findall(written)
    return len(numbers) > len(("month", "day")) or _YEAR.search(written) is not None


def _in_year(day: date, year: int) -> date | None:
    """Returns the day in another year; None for 29 February where that year has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def left_out_rows(con: duckdb.DuckDBPyConnection, workbook: Workbook) -> list[LeftOutRow]:
    """Reads the rows of a workbook that were quarantined whole, by sheet and number."""
    return [LeftOutRow(*row) for row in con.execute(_LEFT_OUT, [workbook.delivery_id]).fetchall()]


def finding_in_week(con: duckdb.DuckDBPyConnection, week_id: str, finding_id: str) -> FindingInWeek | None:
    """Reads a finding as the workbook of a week shows it; None where there is no such finding."""
    row: tuple[Any, ...] | None = con.execute(_FINDING, [week_id, finding_id]).fetchone()
    if row is None:
        return None
    identity, status, decision_id, count, evidence, explanation, is_shown, places, severity, category, keys = row
    return FindingInWeek(
        finding_id=identity,
        status=status,
        decision_id=decision_id,
        count=count,
        evidence=evidence,
        explanation=explanation,
        is_shown=is_shown,
        places=tuple(read_places(places)),
        severity=severity,
        category=category,
        keys=keys or "[]",
    )
