"""Which checks some week breaks, as Great Expectations says it; how its exceptions come."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.run.batches import Observation
from pipeline.quality.run.dialect import ReadingDialect, register
from pipeline.quality.run.validation import _exception, failed_checks, failing_weeks

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]


def test_a_check_that_one_week_breaks_is_named_with_its_table(
    con: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    con.execute("CREATE TABLE charts.t AS SELECT '2023-01' AS week_id, 'a' AS k, CAST(NULL AS BIGINT) AS n")
    null = "expect_column_values_to_not_be_null"
    suite = suite_of(make_check(null, {"column": "n"}, name="broken"), make_check(null, {"column": "k"}, name="kept"))
    assert failed_checks(con, ["2023-01"], [suite]) == {("charts.t", "broken")}


def test_a_check_of_whole_weeks_is_asked_week_by_week_and_an_empty_week_breaks_only_what_counts_rows(
    con: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    con.execute(
        "CREATE TABLE charts.t AS SELECT * FROM (VALUES ('2023-01', 1), ('2023-01', 3), ('2023-02', 10)) t (week_id, n)"
    )
    of_week = {"keys": ["week_id"], "cause": ["week_id"], "evidence_zh": "{observed}"}
    mean = make_check("expect_column_mean_to_be_between", {"column": "n", "max_value": 5}, name="mean", **of_week)
    rows = make_check("expect_table_row_count_to_be_between", {"min_value": 1}, name="rows", **of_week)
    unique = make_check("expect_column_values_to_not_be_in_set", {"column": "n", "value_set": [3]}, **of_week)
    suite = suite_of(mean, rows, unique)
    assert failed_checks(con, ["2023-01"], [suite]) == frozenset()
    assert failing_weeks(con, ["2023-01", "2023-02", "2023-03"], [suite]) == {
        ("charts.t", "mean"): {"2023-02": Observation("10.0", 0)},
        ("charts.t", "rows"): {"2023-03": Observation("0", 0)},
        ("charts.t", "a_check"): {"2023-01": Observation("2 行中 1 行不符", 1)},
    }


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"raised_exception": False, "exception_message": None}, None),
        ({"raised_exception": True, "exception_message": "\n  no column n\ntrace"}, "no column n"),
        ({"a metric": {"raised_exception": True, "exception_message": "no table"}}, "no table"),
        ({"a metric": {"raised_exception": True, "exception_message": ""}}, "没有说明"),
        ({}, None),
    ],
)
def test_an_exception_comes_flat_or_once_per_metric(info: dict[str, Any], message: str | None) -> None:
    assert _exception(info) == message


def test_the_dialect_is_registered_under_its_own_name_and_opens_no_transaction() -> None:
    assert register() == "duckdb_zhoubao:///:memory:"
    dialect = ReadingDialect()
    assert [dialect.do_begin(None), dialect.do_commit(None), dialect.do_rollback(None)] == [None, None, None]


def test_what_other_work_imports_as_well_is_whole_before_the_thread_begins() -> None:
    says = (
        "import sys, threading; from pipeline.quality.run.validation import import_beforehand; "
        "threading.Thread.start = lambda self: print(*sorted({'numpy', 'pandas', 'sqlalchemy.orm', 'jinja2'} "
        "- sys.modules.keys()), 'great_expectations' in sys.modules); import_beforehand()"
    )
    done = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


def test_what_checks_need_is_imported_beside_other_work_and_tells_nobody() -> None:
    says = (
        "import os, sys; from pipeline.quality.run.validation import import_beforehand; "
        "assert 'great_expectations' not in sys.modules; import_beforehand().join(); "
        "print('great_expectations' in sys.modules, os.environ['GX_ANALYTICS_ENABLED'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GX_ANALYTICS_ENABLED"}
    done = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["True", "false"]
