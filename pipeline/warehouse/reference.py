"""Writes the code lists and the calendar as tables of the schema `raw`.

What exports bring is written there by `pipeline.ingest.load`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import utc_now
from pipeline.common.digests import digest
from pipeline.common.tables import single_number
from pipeline.common.transaction import transaction
from pipeline.contracts import Contract
from pipeline.contracts.expected import expected_exports
from pipeline.contracts.loader import load_contracts
from pipeline.hall.code_list import CodeList, code_lists, read_code_list
from pipeline.hall.errors import HallError
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.reporting_calendar.periods import periods_of
from pipeline.reporting_calendar.working_days import days_between
from pipeline.settings import Settings
from pipeline.warehouse.fingerprints import prepare_state
from pipeline.warehouse.measures.dictionary import MEASURE_COLUMNS, measure_rows
from pipeline.warehouse.models import HALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Sequence[object]
_OF_HALL: Final = frozenset({"department", "department_alias"})
"""Lists in which two halls mean different things by one name: each has a 公安局 of its own."""
_NEVER: Final = "9999-99"
"""The first week of a hall of which the calendar expects none."""
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
    "is_expected": "BOOLEAN",
}
_EXPORT_COLUMNS: Final = dict.fromkeys(
    ("hall_id", "source", "source_label", "kind", "expected", "required", "period"), "VARCHAR"
)
_PERIOD_COLUMNS: Final = {
    "period_id": "VARCHAR",
    "kind": "VARCHAR",
    "year": "BIGINT",
    "number": "BIGINT",
    "label": "VARCHAR",
    "first_day": "DATE",
    "last_day": "DATE",
    "week_id": "VARCHAR",
    "is_expected": "BOOLEAN",
}
_HALL_COLUMNS: Final = dict.fromkeys(("hall_id", "hall_name", "first_week_id"), "VARCHAR")
_DAY_COLUMNS: Final = {"day": "DATE", "week_id": "VARCHAR", "is_working_day": "BOOLEAN"}


def load_reference(con: DuckDBPyConnection, settings: Settings, calendar: ReportingCalendar) -> tuple[str, ...]:
    """Writes the code lists and the calendar of `settings.calendar_years`; returns the tables that changed.

    Lists that the home has in `settings.names_dir` are added to those of their name.
    Out: `raw.ref_<csv name>` (all VARCHAR, keys as in the CSV), `raw.ref_hall` (hall_id), `raw.ref_export` (hall_id,
    source), `raw.ref_measure` (metric, valid_from), `raw.report_week` (week_id), `raw.report_period` (period_id),
    `raw.calendar_day` (day). The lists of departments begin with the hall whose they are. A table whose content is the
    same is left alone. Raises HallError for a CSV with an uneven row, and for words of hall.toml that fit no export or
    power type.
    """
    prepare_state(con)
    con.execute("CREATE SCHEMA IF NOT EXISTS raw")
    tables = []
    for code_list in code_lists(settings.reference, settings.power_groups):
        own = settings.names_dir / f"{code_list.name}.csv"
        tables.append(_table_of(_with_own(code_list, own), settings.hall_id))
    contracts = load_contracts(settings.contracts)
    tables.append(_Table("ref_export", _EXPORT_COLUMNS, list(_exports(contracts, settings))))
    tables.append(_Table("ref_measure", MEASURE_COLUMNS, list(measure_rows(contracts.values()))))
    weeks: list[ReportWeek] = []
    for year in settings.calendar_years:
        weeks += calendar.weeks(year)
    tables.append(_Table("ref_hall", _HALL_COLUMNS, [_hall(settings, calendar, weeks)]))
    tables.append(_Table("report_week", _WEEK_COLUMNS, list(_weeks(calendar, weeks))))
    tables.append(_Table("report_period", _PERIOD_COLUMNS, list(_periods(settings.calendar_years, calendar))))
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


def _table_of(code_list: CodeList, hall_id: str) -> _Table:
    """channel.csv → `ref_channel`; of a list that is the hall's own each row begins with the hall."""
    # Rows are lists, as they always were: their digest says whether a table has changed.
    rows = list(map(list, code_list.rows))
    columns = code_list.columns
    if code_list.name in _OF_HALL:
        columns = (HALL, *columns)
        rows = [[hall_id, *row] for row in rows]
    return _Table(f"ref_{code_list.name}", dict.fromkeys(columns, "VARCHAR"), rows)


def _with_own(code_list: CodeList, own_list: Path) -> CodeList:
    """Returns a code list with the lines of the home's list of that name behind it, where there is one.

    Raises HallError where the columns are others.
    """
    if not own_list.exists():
        return code_list
    own = read_code_list(own_list)
    if own.columns != code_list.columns:
        raise HallError(f"代码表 {own_list} 的表头应为 {'、'.join(code_list.columns)}。")
    return replace(code_list, rows=(*code_list.rows, *own.rows))


def _exports(contracts: Mapping[str, Contract], settings: Settings) -> Iterator[Row]:
    """Yields every export: hall, source, title, kind, how often it is expected, what its absence does, its period."""
    for name, export in expected_exports(contracts, settings.exports).items():
        contract = contracts[name]
        delivery = contract.delivery
        yield settings.hall_id, name, contract.title, delivery.kind, export.expected, export.required, delivery.period


def _hall(settings: Settings, calendar: ReportingCalendar, weeks: Iterable[ReportWeek]) -> Row:
    """Returns this hall: its code, its name, and the first week that is expected of it."""
    expected = (week.week_id for week in weeks if calendar.is_expected(week))
    return settings.hall_id, settings.hall_name, min(expected, default=_NEVER)


def _weeks(calendar: ReportingCalendar, weeks: Iterable[ReportWeek]) -> Iterator[Row]:
    """Yields every week as the calendar has it, and whether the hall reports it."""
    for week in weeks:
        yield (*astuple(week), calendar.is_expected(week))


def _periods(years: range, calendar: ReportingCalendar) -> Iterator[Row]:
    """Yields every month and quarter with the release that tells it, and whether the hall reports it.

    It does where the period ends in its first issue or later. What ends with the last year has no release yet.
    """
    for year in years:
        for period in periods_of(year):
            day_after = period.last_day + timedelta(days=1)
            if day_after.year not in years:
                continue
            release = calendar.release_of(period)
            is_expected = calendar.is_expected(calendar.week_of(period.last_day))
            days = (period.first_day, period.last_day)
            yield period.period_id, period.kind, year, period.number, period.label, *days, release.week_id, is_expected


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
        _note(con, table.name, table.content_hash, len(table.rows))


def note_reference(con: DuckDBPyConnection, table: str, contents: Sequence[str]) -> None:
    """Notes that `raw.ref_x` was filled from elsewhere; `contents` are digests of what it was filled with."""
    rows = single_number(con, f"SELECT count(*) FROM {table}")
    _note(con, table.removeprefix("raw."), digest(contents), rows)


def _note(con: DuckDBPyConnection, name: str, content_hash: str, rows: int) -> None:
    con.execute("DELETE FROM ledger.reference WHERE name = ?", [name])
    con.execute(
        "INSERT INTO ledger.reference (name, content_hash, row_count, loaded_at) VALUES (?, ?, ?, ?)",
        [name, content_hash, rows, utc_now()],
    )
