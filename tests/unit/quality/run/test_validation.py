"""Which checks some week breaks, as Great Expectations says it; how its exceptions come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.run.dialect import ReadingDialect, register
from pipeline.quality.run.validation import _exception, failed_checks

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]


def test_a_check_that_one_week_breaks_is_named_with_its_table(
    con: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    con.execute("CREATE TABLE charts.t AS SELECT '2023-01' AS week_id, 'a' AS k, CAST(NULL AS BIGINT) AS n")
    null = "expect_column_values_to_not_be_null"
    suite = suite_of(make_check(null, {"column": "n"}, name="broken"), make_check(null, {"column": "k"}, name="kept"))
    assert failed_checks(con, ["2023-01"], [suite]) == {("charts.t", "broken")}


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
