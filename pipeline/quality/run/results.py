"""The rows of quality.check_result and how they are written; the table itself is made in `pipeline.quality.schema`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.common.tables import insert_rows
from pipeline.quality.codes import ResultStatus, Severity

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class CheckResult:
    """What one check said about one week. Key: week_id, table_name, check_name. Counts are rows, times Beijing's."""

    week_id: str
    table_name: str
    check_name: str
    severity: Severity
    status: ResultStatus
    unexpected_count: int
    element_count: int
    observed: str
    evidence: str
    keys: str
    checked_at: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """The key of quality.check_result, in the order of the results of a run."""
        return self.week_id, self.table_name, self.check_name

    @property
    def is_passed(self) -> bool:
        """Whether the week met the expectation."""
        return self.status == "passed"


def replace_results(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], tables: Sequence[str], results: Sequence[CheckResult]
) -> list[CheckResult]:
    """Puts `results` in the place of every result of `tables` in `weeks`; belongs inside the caller's transaction.

    A result that says what it said before keeps its checked_at, so that checking a week twice changes nothing.
    """
    scope = [list(weeks), list(tables)]
    columns = ", ".join(column.name for column in fields(CheckResult))
    in_scope = "list_contains(?, week_id) AND list_contains(?, table_name)"
    rows = con.execute(f"SELECT {columns} FROM quality.check_result WHERE {in_scope}", scope).fetchall()
    earlier = {result.key: result for result in (CheckResult(*row) for row in rows)}
    dated = [_with_earlier_time(result, earlier.get(result.key)) for result in results]
    con.execute(f"DELETE FROM quality.check_result WHERE {in_scope}", scope)
    insert_rows(con, "quality.check_result", CheckResult, dated)
    return dated


def _with_earlier_time(result: CheckResult, earlier: CheckResult | None) -> CheckResult:
    if earlier is None:
        return result
    is_unchanged = replace(earlier, checked_at=result.checked_at) == result
    return earlier if is_unchanged else result
