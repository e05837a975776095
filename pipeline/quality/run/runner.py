"""Runs the suites over the weeks of a run: which checks fail, in which weeks and rows, and writes what comes of it.

Great Expectations is asked in `pipeline.quality.run.validation`, the SQL is made in `pipeline.quality.run.batches`,
the words in `pipeline.quality.findings.faults`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import beijing_now
from pipeline.common.transaction import transaction
from pipeline.contracts.loader import load_contracts
from pipeline.quality.checks.library import write_library
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.suites import refuse_personal
from pipeline.quality.checks.vocabulary import Vocabulary, vocabulary, write_words
from pipeline.quality.findings.faults import evidence
from pipeline.quality.findings.findings import FindingWeek, failing_causes, findings_of_check, replace_findings
from pipeline.quality.findings.places import places_of_check
from pipeline.quality.findings.settling import settle
from pipeline.quality.findings.wording import ROWS_IN_KEYS, Row, display_columns, shown_keys
from pipeline.quality.run.batches import batch_sql, failing_sql, observed_sql
from pipeline.quality.run.results import CheckResult, replace_results
from pipeline.quality.run.score_rows import count_rows, replace_rows
from pipeline.quality.run.validation import failed_checks, failing_weeks
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings


@dataclass(frozen=True)
class WeekFailure:
    """The failing rows of one check in one week: how many, and a few of them."""

    count: int
    rows: Sequence[Row]


_NO_FAILURE: Final = WeekFailure(0, ())


def run_checks(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    weeks: Sequence[str],
    suites: Sequence[TableSuite],
    now: datetime | None = None,
) -> list[CheckResult]:
    """Checks `weeks` with `suites`; writes quality.check_result, checked_rows, findings and their events as one.

    Every expectation runs once over all weeks; only one that fails is looked at week by week. What `con` has not
    committed is not seen. `now` (Beijing time) dates the results and what changes, and says which waivers ran out.
    Returns one result per week, table and check, ordered so. Raises CheckError where a table or a column is missing,
    SuiteError where a suite would show a column that the contracts call personal, and ValueError for what is no
    week_id; nothing is written then.
    """
    create_tables(con)
    chosen = sorted(set(weeks))
    if not chosen or not suites:
        return []
    moment = now or beijing_now()
    contracts = load_contracts(settings.contracts)
    refuse_personal(suites, contracts.values())
    words = vocabulary(settings, contracts, suites)
    failed = failed_checks(con, chosen, suites)
    observed = failing_weeks(con, chosen, suites)

    results: list[CheckResult] = []
    findings: list[FindingWeek] = []
    failing_rows: dict[tuple[str, str], str] = {}
    for suite in suites:
        batch = batch_sql(suite, chosen)
        rows_by_week = _rows_by_week(con, batch)
        spoken = words.of(suite.table)
        for check in suite.expectations:
            failing = None
            if (suite.table, check.name) in failed:
                failing = failing_sql(check, batch)
            if (suite.table, check.name) in observed:
                failing = observed_sql(observed[suite.table, check.name])
            failures = _failures(con, check, failing) if failing else {}
            for week in chosen:
                failure = failures.get(week, _NO_FAILURE)
                results.append(_result(suite, check, week, rows_by_week.get(week, 0), failure, moment, spoken))
            if failing and failures:
                failing_rows[suite.table, check.name] = failing
                findings += _findings(con, suite, check, failing, spoken, rows_by_week)

    counted = count_rows(con, chosen, suites, failing_rows, contracts.values())
    with transaction(con):
        tables = [suite.table for suite in suites]
        written = replace_results(con, chosen, tables, results)
        replace_rows(con, chosen, tables, counted)
        replace_findings(con, chosen, suites, findings)
        settle(con, moment, checked=frozenset((table, week) for table in tables for week in chosen))
        write_library(con, suites)
        write_words(con, words, tables)
    return sorted(written, key=lambda result: result.key)


def _rows_by_week(con: duckdb.DuckDBPyConnection, batch: str) -> dict[str, int]:
    rows = con.execute(f"SELECT week_id, count(*) FROM ({batch}) AS checked GROUP BY week_id").fetchall()
    return {str(week): int(count) for week, count in rows}


def _failures(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> dict[str, WeekFailure]:
    """Failing rows by week: one bounded query, a few example rows a week in the order of their keys."""
    order = ", ".join(display_columns(check))
    rows = con.execute(
        f"SELECT week_id, count(*), arg_min(failing, row({order}), {ROWS_IN_KEYS}) "
        f"FROM ({failing}) AS failing GROUP BY week_id"
    ).fetchall()
    return {str(week): WeekFailure(int(count), examples) for week, count, examples in rows}


def _findings(
    con: duckdb.DuckDBPyConnection,
    suite: TableSuite,
    check: Check,
    failing: str,
    words: Vocabulary,
    rows_by_week: Mapping[str, int],
) -> list[FindingWeek]:
    causes = failing_causes(con, check, failing)
    places = places_of_check(con, check, failing)
    return findings_of_check(suite, check, causes, places, words, rows_by_week)


def _result(
    suite: TableSuite,
    check: Check,
    week: str,
    rows_checked: int,
    failure: WeekFailure,
    moment: datetime,
    words: Vocabulary,
) -> CheckResult:
    has_data = rows_checked > 0 or failure.count > 0
    return CheckResult(
        week_id=week,
        table_name=suite.table,
        check_name=check.name,
        severity=check.meta.severity,
        status="failed" if failure.count else "passed",
        unexpected_count=failure.count,
        element_count=rows_checked,
        observed=f"查了 {rows_checked} 行，不符 {failure.count} 处" if has_data else "本周没有数据",
        evidence=evidence(check, failure.rows, failure.count, words),
        keys=shown_keys(check.meta.keys, failure.rows),
        checked_at=moment,
    )
