"""Asks Great Expectations which checks some week of a run breaks.

In: suites and a connection. Out: names of checks. Which rows and weeks fail is found in `pipeline.quality.run.runner`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.run.batches import batch_sql

if TYPE_CHECKING:
    import duckdb

# Counts only: no failing value leaves DuckDB here.
RESULT_FORMAT: Final = {"result_format": "BASIC", "partial_unexpected_count": 0}


class CheckError(RuntimeError):
    """Checks that could not be run, which is neither a pass nor a failure; the text names each and why."""


def failed_checks(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], suites: Sequence[TableSuite]
) -> frozenset[tuple[str, str]]:
    """Returns the checks that some week of `weeks` breaks, by table and name.

    Raises CheckError for every check that could not be run.
    """
    failed: set[tuple[str, str]] = set()
    problems: list[str] = []
    with data_source(con) as source:
        for suite in suites:
            outcomes = validate(source, suite, batch_sql(suite, weeks), problems)
            failed |= {(suite.table, name) for name, is_passed in outcomes.items() if not is_passed}
    if problems:
        raise CheckError("以下检查无法执行，请核对表和列是否存在：\n" + "\n".join(problems))
    return frozenset(failed)


@contextmanager
def data_source(con: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    """Opens Great Expectations over cursors of `con`: nothing sent, nothing drawn, nothing written to disk."""
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


def validate(source: Any, suite: TableSuite, batch: str, problems: list[str]) -> dict[str, bool]:
    """Returns whether each check of one suite holds over all weeks of the batch, by name.

    What could not run goes to `problems`, a line each. An example or the words of a check never get here.
    """
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
        outcomes[name] = bool(result.success)
        reason = _exception(result.exception_info)
        if reason:
            problems.append(f"- {suite.table}，检查 {name}：{reason}")
    for check in suite.expectations:
        if check.name not in outcomes:
            problems.append(f"- {suite.table}，检查 {check.name}：没有得到结果")
    return outcomes


def _exception(info: Mapping[str, Any]) -> str | None:
    """The message of what Great Expectations caught; None where it caught nothing.

    It comes flat, `{"raised_exception": True, "exception_message": …}`, or so once per metric, `{metric: {…}}`.
    """
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return _first_line(str(entry.get("exception_message")))
    return None


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0].strip() if lines else "没有说明"
