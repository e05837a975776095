"""The quality tables and what is written into them; deciding what a failure means belongs in findings and gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import duckdb

DDL = """
CREATE SCHEMA IF NOT EXISTS quality;
CREATE TABLE IF NOT EXISTS quality.check_result (
    week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, unexpected_count BIGINT NOT NULL, element_count BIGINT NOT NULL,
    observed VARCHAR NOT NULL, evidence VARCHAR NOT NULL, keys VARCHAR NOT NULL, checked_at TIMESTAMP NOT NULL
);
CREATE TABLE IF NOT EXISTS quality.finding_week (
    finding_id VARCHAR NOT NULL, week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    unexpected_count BIGINT NOT NULL, keys VARCHAR NOT NULL, evidence VARCHAR NOT NULL, explanation VARCHAR
);
CREATE TABLE IF NOT EXISTS quality.finding (
    finding_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, owner VARCHAR NOT NULL, first_seen VARCHAR NOT NULL,
    last_seen VARCHAR NOT NULL, weeks BIGINT NOT NULL, unexpected_count BIGINT NOT NULL, keys VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL, explanation VARCHAR, action VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS quality.decision (
    decision_id VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, reason VARCHAR, value VARCHAR,
    until DATE, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL
);
"""
_SQL_TYPES = {"int": "BIGINT", "datetime": "TIMESTAMP"}


@dataclass(frozen=True)
class CheckResult:
    """What one check said about one week. Key: week_id, table_name, check_name. Counts are rows."""

    week_id: str
    table_name: str
    check_name: str
    severity: str
    status: Literal["passed", "failed"]
    unexpected_count: int
    element_count: int
    observed: str
    evidence: str
    keys: str
    checked_at: datetime

    @property
    def is_passed(self) -> bool:
        """Whether the week met the expectation."""
        return self.status == "passed"


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make quality.check_result, finding, finding_week and decision where they are missing."""
    con.execute(DDL)


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, row_type: type, rows: Sequence[Any]) -> None:
    """Insert dataclass rows by column name: one statement, types given, nothing guessed."""
    if not rows:
        return
    columns = fields(row_type)
    lists = ", ".join(f"unnest(?::{_SQL_TYPES.get(str(column.type), 'VARCHAR')}[])" for column in columns)
    names = ", ".join(column.name for column in columns)
    values = [list(column) for column in zip(*(astuple(row) for row in rows), strict=True)]
    con.execute(f"INSERT INTO {table} ({names}) SELECT {lists}", values)


def replace_results(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], tables: Sequence[str], results: Sequence[CheckResult]
) -> list[CheckResult]:
    """Put `results` in the place of every result of `tables` in `weeks`; belongs inside the caller's transaction.

    A result that says what it said before keeps its checked_at, so that checking a week twice changes nothing.
    """
    scope = [list(weeks), list(tables)]
    held = con.execute(
        "SELECT * FROM quality.check_result WHERE list_contains(?, week_id) AND list_contains(?, table_name)", scope
    ).fetchall()
    earlier = {row[:3]: CheckResult(*row) for row in held}
    kept = [_keep_time(earlier.get((row.week_id, row.table_name, row.check_name)), row) for row in results]
    con.execute(
        "DELETE FROM quality.check_result WHERE list_contains(?, week_id) AND list_contains(?, table_name)", scope
    )
    insert_rows(con, "quality.check_result", CheckResult, kept)
    return kept


def _keep_time(earlier: CheckResult | None, now: CheckResult) -> CheckResult:
    if earlier is None or replace(earlier, checked_at=now.checked_at) != now:
        return now
    return earlier
