"""Asks Great Expectations which checks some week of a run breaks.

In: suites and a connection. Out: names of checks. Which rows and weeks fail is found in `pipeline.quality.run.runner`.
"""

from __future__ import annotations

import importlib
import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import single_number
from pipeline.quality.checks.core_types import counts_rows
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.run.batches import Observation, batch_sql

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
        for suite, checks in _chosen(suites, is_of_weeks=False):
            results = validate(source, suite.table, checks, batch_sql(suite, weeks), problems)
            failed |= {(suite.table, name) for name, result in results.items() if not result.success}
    _refuse_problems(problems)
    return frozenset(failed)


def failing_weeks(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], suites: Sequence[TableSuite]
) -> dict[tuple[str, str], dict[str, Observation]]:
    """Returns what checks that look at a week as a whole saw in the weeks that break them, by table and name.

    A week without rows breaks only what counts rows. Raises CheckError for every check that could not be run.
    """
    chosen = list(_chosen(suites, is_of_weeks=True))
    if not chosen:
        return {}
    failing: dict[tuple[str, str], dict[str, Observation]] = defaultdict(dict)
    problems: list[str] = []
    with data_source(con) as source:
        for suite, checks in chosen:
            for week in weeks:
                batch = batch_sql(suite, [week])
                is_empty = single_number(con, f"SELECT count(*) FROM ({batch}) AS batch_rows") == 0
                asked = [check for check in checks if counts_rows(check.type) or not is_empty]
                results = validate(source, suite.table, asked, batch, problems)
                for name, result in results.items():
                    if not result.success:
                        failing[suite.table, name][week] = _observation(result.result)
    _refuse_problems(problems)
    return dict(failing)


def _chosen(suites: Iterable[TableSuite], *, is_of_weeks: bool) -> Iterator[tuple[TableSuite, list[Check]]]:
    """Yields the suites that have checks of one kind, each with these."""
    for suite in suites:
        checks = [check for check in suite.expectations if check.is_of_weeks is is_of_weeks]
        if checks:
            yield suite, checks


def _observation(result: Mapping[str, Any]) -> Observation:
    count = int(result.get("unexpected_count") or 0)
    observed = result.get("observed_value")
    if observed is None:
        return Observation(f"{result.get('element_count', 0)} 行中 {count} 行不符", count)
    return Observation(json.dumps(observed, ensure_ascii=False, default=str), count)


def _refuse_problems(problems: Sequence[str]) -> None:
    if problems:
        raise CheckError("以下检查无法执行，请核对表和列是否存在：\n" + "\n".join(problems))


_IMPORTED_BY_OTHERS: Final = ("numpy", "pandas", "sqlalchemy.orm", "jinja2")


def import_beforehand() -> threading.Thread:
    """Begins to import what checks need beside the work that comes before them: it takes nearly two seconds.

    Most of that work is DuckDB's, which needs no Python meanwhile. Where the import fails, the checks say so. Packages
    that other work imports as well are imported here first: of a package whose modules import each other, two threads
    that begin at once may see a half of it ("partially initialized module"). For the same reason a caller opens
    Dagster's instance before.
    """
    for name in _IMPORTED_BY_OTHERS:
        importlib.import_module(name)
    importing = threading.Thread(target=_import, name="great_expectations", daemon=True)
    importing.start()
    return importing


def _import() -> None:
    _send_nothing()
    with suppress(Exception):
        importlib.import_module("great_expectations")
        importlib.import_module("pipeline.quality.run.dialect")
        importlib.import_module("pipeline.quality.run.counted_rows")


def _send_nothing() -> None:
    """Keeps Great Expectations from telling anybody that it is used; it asks when it is imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


@contextmanager
def data_source(con: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    """Opens Great Expectations over cursors of `con`: nothing sent, nothing drawn, nothing written to disk."""
    _send_nothing()
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


def validate(source: Any, table: str, checks: Sequence[Check], batch: str, problems: list[str]) -> dict[str, Any]:
    """Returns Great Expectations' result of each check of one table over the batch, by name.

    What could not run goes to `problems`, a line each. An example or the words of a check never get here.
    """
    import great_expectations as gx

    from pipeline.quality.run.counted_rows import type_to_run

    if not checks:
        return {}
    # Given to the constructor, because add_expectation_configuration takes a second unexpected-rows query of a suite
    # for a new version of the first and drops it without a word.
    expectations = gx.ExpectationSuite(
        name=table,
        expectations=[
            {"type": type_to_run(check.type), "kwargs": check.resolved_kwargs, "meta": {"name": check.name}}
            for check in checks
        ],
    )
    try:
        # The batch is asked itself: a validation definition writes suite, definition and result into stores first,
        # which took longer than the checks.
        data = source.add_query_asset(f"{table} {len(source.assets)}", query=batch)
        outcome = data.get_batch(data.build_batch_request()).validate(expectations, result_format=RESULT_FORMAT)
    except Exception as error:
        problems.append(f"- {table}：{_first_line(str(error))}")
        return {}
    return _by_name(table, checks, outcome.results, problems)


def _by_name(table: str, checks: Sequence[Check], results: Sequence[Any], problems: list[str]) -> dict[str, Any]:
    """Results by check name. An exception is not a failure, and a result that never came is not a success."""
    named: dict[str, Any] = {}
    for result in results:
        name = result.expectation_config.meta["name"]
        named[name] = result
        reason = _exception(result.exception_info)
        if reason:
            problems.append(f"- {table}，检查 {name}：{reason}")
    for check in checks:
        if check.name not in named:
            problems.append(f"- {table}，检查 {check.name}：没有得到结果")
    return named


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
