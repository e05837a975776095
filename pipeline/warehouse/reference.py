"""Writes the code lists and the calendar as tables of the schema `raw`.

What exports bring is written there by `pipeline.ingest.load`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import utc_now
from pipeline.common.digests import digest
from pipeline.common.transaction import transaction
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.reporting_calendar.working_days import days_between
from pipeline.settings import Settings
from pipeline.warehouse.fingerprints import prepare_state

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
    """Writes the code lists and the calendar of `settings.calendar_years`; returns the tables that changed.

    Lists that the hall has in `settings.names_dir` are added to those of their name.
    Out: `raw.ref_<csv name>` (all VARCHAR, keys as in the CSV), `raw.report_week` (week_id), `raw.calendar_day` (day).
    A table whose content is the same is left alone. Raises ValueError for a CSV with an uneven row.
    """
    prepare_state(con)
    con.execute("CREATE SCHEMA IF NOT EXISTS raw")
    paths = sorted(settings.reference_dir.glob("*.csv"))
    tables = [_with_own(_read_csv(path), settings.names_dir / path.name) for path in paths]
    weeks: list[ReportWeek] = []
    for year in settings.calendar_years:
        weeks += calendar.weeks(year)
    tables.append(_Table("report_week", _WEEK_COLUMNS, list(map(astuple, weeks))))
    tables.append(_Table("calendar_day", _DAY_COLUMNS, list(_days(calendar, weeks))))
    changed = []
    for table in tables:
        if _is_new(con, table):
            _write(con, table)
            changed.append(table.name)
    return tuple(changed)


@dataclass(frozen=True)
class _Table:
    """A table of `raw`: its columns (name → SQL type) and its rows."""

    name: str
    columns: dict[str, str]
    rows: Sequence[Row]

    @property
    def content_hash(self) -> str:
        """A digest of columns and rows in their order."""
        return digest([*self.columns.items(), *map(tuple, self.rows)])


def _read_csv(path: Path) -> _Table:
    """Reads channel.csv as `ref_channel`: every value a text without blanks around it, null where nothing is left."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        # csv gives [] for an empty line.
        header, *lines = filter(None, csv.reader(file))
    rows = []
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise ValueError(
                f"代码表 {path.name} 第 {number} 行有 {len(line)} 列，表头有 {len(header)} 列（{'、'.join(header)}）。"
            )
        rows.append([value.strip() or None for value in line])
    return _Table(f"ref_{path.stem}", dict.fromkeys(header, "VARCHAR"), rows)


def _with_own(table: _Table, own_list: Path) -> _Table:
    """Returns a code list with the lines of the hall's own list of that name behind it, where there is one.

    Raises ValueError where the columns are others.
    """
    if not own_list.exists():
        return table
    own = _read_csv(own_list)
    if own.columns != table.columns:
        raise ValueError(f"代码表 {own_list} 的表头应为 {'、'.join(table.columns)}。")
    return replace(table, rows=[*table.rows, *own.rows])


def _days(calendar: ReportingCalendar, weeks: Iterable[ReportWeek]) -> Iterator[Row]:
    """Yields every day of the weeks: day, week_id, is_working_day."""
    for week in weeks:
        for day in days_between(week.coverage_start, week.coverage_end):
            yield day, week.week_id, calendar.is_working_day(day)


def _is_new(con: DuckDBPyConnection, table: _Table) -> bool:
    """Whether the table is not yet in the warehouse with this content."""
    row = con.execute("SELECT content_hash FROM ledger.reference WHERE name = ?", [table.name]).fetchone()
    return row is None or row[0] != table.content_hash


def _write(con: DuckDBPyConnection, table: _Table) -> None:
    names = ", ".join(table.columns)
    declarations = ", ".join(f"{name} {sql_type}" for name, sql_type in table.columns.items())
    with transaction(con):
        con.execute(f"CREATE OR REPLACE TABLE raw.{table.name} ({declarations})")
        if table.rows:
            lists = ", ".join(f"unnest(?::{sql_type}[])" for sql_type in table.columns.values())
            columns = list(map(list, zip(*table.rows, strict=True)))
            con.execute(f"INSERT INTO raw.{table.name} ({names}) SELECT {lists}", columns)
        con.execute("DELETE FROM ledger.reference WHERE name = ?", [table.name])
        con.execute(
            "INSERT INTO ledger.reference (name, content_hash, row_count, loaded_at) VALUES (?, ?, ?, ?)",
            [table.name, table.content_hash, len(table.rows), utc_now()],
        )
