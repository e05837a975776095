"""Results of checks and writing them; the tables are in schema, what a failure means in findings and gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pipeline.common.tables import insert_rows

if TYPE_CHECKING:
    import duckdb


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
