"""Runs the suites in DuckDB through Great Expectations, then finds the weeks that fail; words are made elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.common.clock import beijing_now
from pipeline.common.transaction import transaction
from pipeline.contracts.loader import load_contracts
from pipeline.quality.checks.library import write_library
from pipeline.quality.checks.suites import Check, TableSuite, refuse_personal
from pipeline.quality.checks.vocabulary import Vocabulary, vocabulary, write_words
from pipeline.quality.findings.findings import FindingWeek, causes_sql, findings_of_check, replace_findings
from pipeline.quality.findings.places import places_of_check
from pipeline.quality.findings.states import settle
from pipeline.quality.findings.wording import ROWS_IN_KEYS, Row, display_columns, evidence, shown_keys
from pipeline.quality.run.batches import batch_sql, failing_sql
from pipeline.quality.run.results import CheckResult, replace_results
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


class CheckError(RuntimeError):
    """Checks that could not be run, which is neither a pass nor a failure; the text names each and why."""


@dataclass(frozen=True)
class WeekFailure:
    """The failing rows of one check in one week: how many, and a few of them."""

    count: int
    rows: Sequence[Row]


def run_checks(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    weeks: Sequence[str],
    suites: Sequence[TableSuite],
    now: datetime | None = None,
) -> list[CheckResult]:
    """Check `weeks` with `suites`; writes quality.check_result, finding_week, finding and its events as one.

    Every expectation runs once over all weeks; only one that fails is looked at week by week. What `con` has not
    committed is not seen. `now` (Beijing time) dates what changes and says which waivers ran out. Returns one result
    per week, table and check, ordered so. Raises CheckError where a table or a column is missing, SuiteError where a
    suite would show a column that the contracts call personal, and ValueError for what is no week_id; nothing is
    written then.
    """
    create_tables(con)
    chosen = sorted(set(weeks))
    if not chosen or not suites:
        return []
    contracts = load_contracts(settings.contracts_dir)
    refuse_personal(suites, contracts.values())
    words = vocabulary(settings.reference_dir, contracts)
    failed = _failed_checks(con, chosen, suites)
    results: list[CheckResult] = []
    seen: list[FindingWeek] = []
    for suite in suites:
        batch = batch_sql(suite, chosen)
        elements = _rows_by_week(con, batch)
        for check in suite.expectations:
            failures = _failures(con, check, batch) if (suite.table, check.name) in failed else {}
            results += _results(suite, check, chosen, elements, failures, words)
            seen += _findings(con, suite, check, batch, words) if failures else []
    return _write(con, chosen, suites, results, seen, now or beijing_now(), words)


def _write(
    con: duckdb.DuckDBPyConnection,
    weeks: Sequence[str],
    suites: Sequence[TableSuite],
    results: Sequence[CheckResult],
    seen: Sequence[FindingWeek],
    now: datetime,
    words: Vocabulary,
) -> list[CheckResult]:
    with transaction(con):
        kept = replace_results(con, weeks, [suite.table for suite in suites], results)
        replace_findings(con, weeks, suites, seen)
        settle(con, now, checked=frozenset((suite.table, week) for suite in suites for week in weeks))
        write_library(con, suites)
        write_words(con, words)
    return sorted(kept, key=lambda row: (row.week_id, row.table_name, row.check_name))


def _failed_checks(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], suites: Sequence[TableSuite]
) -> frozenset[tuple[str, str]]:
    """The checks that some week of the run breaks, by table and name."""
    failed: set[tuple[str, str]] = set()
    problems: list[str] = []
    with _data_source(con) as source:
        for suite in suites:
            outcomes = _validate(source, suite, batch_sql(suite, weeks), problems)
            failed |= {(suite.table, name) for name, is_passed in outcomes.items() if not is_passed}
    if problems:
        raise CheckError("以下检查无法执行，请核对表和列是否存在：\n" + "\n".join(problems))
    return frozenset(failed)


@contextmanager
def _data_source(con: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    """Great Expectations over cursors of `con`: nothing sent, nothing drawn, nothing written to disk."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import duckdb_engine
    import great_expectations as gx
    from great_expectations.data_context.types import base

    from pipeline.quality.run.dialect import register

    config = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    cursors: list[duckdb.DuckDBPyConnection] = []

    def creator() -> Any:
        cursors.append(con.cursor())
        return duckdb_engine.ConnectionWrapper(cursors[-1])

    source = context.data_sources.add_sql("zhoubao", connection_string=register(), kwargs={"creator": creator})  # type: ignore[call-arg]
    try:
        yield source
    finally:
        for cursor in cursors:
            cursor.close()


def _validate(source: Any, suite: TableSuite, batch: str, problems: list[str]) -> dict[str, bool]:
    """Whether each check of one suite holds over all weeks of the batch; what could not run goes to `problems`."""
    import great_expectations as gx

    # Given to the constructor, because add_expectation_configuration takes a second unexpected-rows query of a suite
    # for a new version of the first and drops it without a word.
    expectations = gx.ExpectationSuite(
        name=suite.table,
        expectations=[
            {"type": check.type, "kwargs": check.resolved_kwargs, "meta": {"name": check.name}}
            for check in suite.expectations
        ],
    )
    try:
        # The batch is asked itself: a validation definition writes suite, definition and result into stores first,
        # which took longer than the checks.
        data = source.add_query_asset(suite.table, query=batch)
        outcome = data.get_batch(data.build_batch_request()).validate(expectations, result_format=RESULT_FORMAT)
    except Exception as error:
        problems.append(f"- {suite.table}：{_first_line(str(error))}")
        return {}
    return _outcomes(suite, outcome.results, problems)


def _outcomes(suite: TableSuite, results: Sequence[Any], problems: list[str]) -> dict[str, bool]:
    """Success by check name. An exception is not a failure, and a result that never came is not a success."""
    outcomes: dict[str, bool] = {}
    for result in results:
        name = result.expectation_config.meta["name"]
        if reason := _exception(result.exception_info):
            problems.append(f"- {suite.table}，检查 {name}：{reason}")
        outcomes[name] = bool(result.success)
    for check in suite.expectations:
        if check.name not in outcomes:
            problems.append(f"- {suite.table}，检查 {check.name}：没有得到结果")
    return outcomes


def _exception(info: dict[str, Any]) -> str | None:
    """The message of what Great Expectations caught: it comes flat, or once per metric."""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [entry for entry in entries if entry.get("raised_exception")]
    return _first_line(str(raised[0].get("exception_message"))) if raised else None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "没有说明")


def _rows_by_week(con: duckdb.DuckDBPyConnection, batch: str) -> dict[str, int]:
    rows = con.execute(f"SELECT week_id, count(*) FROM ({batch}) AS checked GROUP BY week_id").fetchall()
    return {str(week): int(count) for week, count in rows}


def _failures(con: duckdb.DuckDBPyConnection, check: Check, batch: str) -> dict[str, WeekFailure]:
    """Failing rows by week: one bounded query, a few example rows a week in the order of their keys."""
    order = ", ".join(display_columns(check))
    rows = con.execute(
        f"SELECT week_id, count(*), arg_min(failing, row({order}), {ROWS_IN_KEYS}) "
        f"FROM ({failing_sql(check, batch)}) AS failing GROUP BY week_id"
    ).fetchall()
    return {str(week): WeekFailure(int(count), examples) for week, count, examples in rows}


def _findings(
    con: duckdb.DuckDBPyConnection, suite: TableSuite, check: Check, batch: str, words: Vocabulary
) -> list[FindingWeek]:
    failing = failing_sql(check, batch)
    causes = con.execute(causes_sql(check, failing)).fetchall()
    return findings_of_check(suite, check, causes, places_of_check(con, check, failing), words)


def _results(
    suite: TableSuite,
    check: Check,
    weeks: Sequence[str],
    elements: dict[str, int],
    failures: dict[str, WeekFailure],
    words: Vocabulary,
) -> list[CheckResult]:
    now = datetime.now().replace(microsecond=0)
    return [_result(suite, check, week, elements.get(week, 0), failures.get(week), now, words) for week in weeks]


def _result(
    suite: TableSuite,
    check: Check,
    week: str,
    elements: int,
    failure: WeekFailure | None,
    now: datetime,
    words: Vocabulary,
) -> CheckResult:
    count = failure.count if failure else 0
    return CheckResult(
        week_id=week,
        table_name=suite.table,
        check_name=check.name,
        severity=check.meta.severity,
        status="failed" if failure else "passed",
        unexpected_count=count,
        element_count=elements,
        observed=f"查了 {elements} 行，不符 {count} 处" if elements or count else "本周没有数据",
        evidence=evidence(check, failure.rows, count, words) if failure else "",
        keys=shown_keys(check.meta.keys, failure.rows) if failure else "[]",
        checked_at=now,
    )
