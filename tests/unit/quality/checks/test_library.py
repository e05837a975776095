"""The library of checks as a table: what was expected, in words that a page can show."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.library import write_library
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.schema import create_tables
from pipeline.settings import Settings

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]


def rules(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("SELECT check_name, rule FROM quality.check_rule ORDER BY 1").fetchall())


@pytest.fixture
def library(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    create_tables(con)
    return con


@pytest.mark.parametrize(
    ("kind", "kwargs", "words"),
    [
        ("expect_column_values_to_not_be_null", {"column": "n"}, "n 不为空"),
        ("expect_column_values_to_be_in_set", {"column": "k", "value_set": ["a", "b"]}, "k 只取：a、b"),
        ("expect_column_values_to_be_between", {"column": "n", "min_value": 0}, "n 不小于 0"),
        ("expect_column_values_to_be_between", {"column": "n", "min_value": 0, "max_value": 1}, "n 不小于 0，不大于 1"),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "n", "column_B": "m", "or_equal": True},
            "n 大于等于 m",
        ),
        ("expect_compound_columns_to_be_unique", {"column_list": ["k", "n"]}, "k、n 合起来不重复"),
    ],
)
def test_a_native_expectation_is_said_in_words(
    library: duckdb.DuckDBPyConnection,
    suite_of: SuiteOf,
    make_check: MakeCheck,
    kind: str,
    kwargs: dict[str, Any],
    words: str,
) -> None:
    write_library(library, [suite_of(make_check(kind, kwargs))])
    assert rules(library) == {"a_check": words}


def test_a_query_is_shown_with_its_table_and_its_thresholds(
    library: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    query = "SELECT week_id, k, n FROM {batch} WHERE n > {most} AND k NOT SIMILAR TO '[a-z]{{2}}'"
    threshold = {"name": "most", "value": 3, "since": "2026-11-23", "reason_zh": "试行"}
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, thresholds=[threshold])
    write_library(library, [suite_of(check)])
    assert rules(library)["a_check"] == (
        "SELECT week_id, k, n FROM charts.t WHERE n > 3 AND k NOT SIMILAR TO '[a-z]{2}'"
    )
    (stored,) = library.execute("SELECT thresholds FROM quality.check_rule").fetchone() or ("",)
    assert json.loads(stored) == [{"name": "most", "value": 3, "since": "2026-11-23", "reason": "试行"}]


def test_a_check_taken_out_of_its_suite_leaves_the_library_and_other_tables_stay(
    library: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    one, two = (make_check("expect_column_values_to_not_be_null", {"column": "n"}, name=name) for name in "ab")
    write_library(library, [suite_of(one, two), suite_of(one, table="charts.u")])
    write_library(library, [suite_of(two)])
    found = library.execute("SELECT table_name, check_name FROM quality.check_rule ORDER BY ALL").fetchall()
    assert found == [("charts.t", "b"), ("charts.u", "a")]


def test_every_check_of_the_project_has_words(library: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    suites = load_suites(settings.expectations)
    write_library(library, suites)
    found = library.execute("SELECT count(*), count(*) FILTER (rule = '' OR title = '') FROM quality.check_rule")
    assert found.fetchone() == (sum(len(suite.expectations) for suite in suites), 0)
