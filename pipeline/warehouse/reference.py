"""Code lists and the calendar as tables of the schema `raw`; what exports bring belongs in ingest."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.transaction import transaction
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse.fingerprints import digest, prepare_state

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Sequence[object]
_WEEK_COLUMNS: Final = {
    "week_id": "VARCHAR",
    "year": "BIGINT",
    "issue_no": "BIGINT",
    "total_issue_no": "BIGINT",
    "period_start": "DATE",
    "period_end": "DATE",
    "coverage_start": "DATE",
    "coverage_end": "DATE",
    "working_days": "BIGINT",
    "calendar_status": "VARCHAR",
}
_DAY_COLUMNS: Final = {"day": "DATE", "week_id": "VARCHAR", "is_working_day": "BOOLEAN"}


def load_reference(con: DuckDBPyConnection, settings: Settings, calendar: ReportingCalendar) -> tuple[str, ...]:
    """Write the code lists and the calendar of `first_year`–`last_year`; returns the tables that changed.

    Out: `raw.ref_<csv name>` (all VARCHAR, keys as in the CSV), `raw.report_week` (week_id), `raw.calendar_day` (day).
    A table whose content is the same is left alone. Raises ValueError for a CSV with an uneven row.
    """
    prepare_state(con)
    con.execute("CREATE SCHEMA IF NOT EXISTS raw")
    tables = {f"ref_{path.stem}": _read_csv(path) for path in sorted(settings.reference_dir.glob("*.csv"))}
    years = range(settings.first_year, settings.last_year + 1)
    tables["report_week"] = _WEEK_COLUMNS, [astuple(week) for year in years for week in calendar.weeks(year)]
    tables["calendar_day"] = _DAY_COLUMNS, list(_days(calendar, years))
    return tuple(name for name, (columns, rows) in tables.items() if _write(con, name, columns, rows))


def _read_csv(path: Path) -> tuple[dict[str, str], list[Row]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [row for row in csv.reader(file) if row]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise ValueError(
                f"代码表 {path.name} 第 {number} 行有 {len(row)} 列，表头有 {len(header)} 列（{'、'.join(header)}）。"
            )
    return dict.fromkeys(header, "VARCHAR"), [[value.strip() or None for value in row] for row in rows]


def _days(calendar: ReportingCalendar, years: range) -> Iterator[Row]:
    for year in years:
        for week in calendar.weeks(year):
            for i in range((week.coverage_end - week.coverage_start).days + 1):
                day = week.coverage_start + timedelta(days=i)
                yield day, week.week_id, calendar.is_working_day(day)


def _write(con: DuckDBPyConnection, name: str, columns: dict[str, str], rows: Sequence[Row]) -> bool:
    content = digest([*columns.items(), *map(tuple, rows)])
    known = con.execute("SELECT content_hash FROM ledger.reference WHERE name = ?", [name]).fetchone()
    if known is not None and known[0] == content:
        return False
    types = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    values = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    with transaction(con):
        con.execute(f"CREATE OR REPLACE TABLE raw.{name} ({types})")
        if rows:
            con.execute(f"INSERT INTO raw.{name} SELECT {values}", [list(column) for column in zip(*rows, strict=True)])
        con.execute("DELETE FROM ledger.reference WHERE name = ?", [name])
        now = datetime.now(UTC).replace(tzinfo=None)
        con.execute("INSERT INTO ledger.reference VALUES (?, ?, ?, ?)", [name, content, len(rows), now])
    return True
