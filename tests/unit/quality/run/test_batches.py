"""The rows that fail are the rows that Great Expectations counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.run.batches import Observation, batch_sql, failing_sql, observed_sql
from pipeline.quality.run.validation import data_source, validate

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
WEEKS = ["2023-01", "2023-02"]


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute("CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT, m BIGINT, d DATE)")
    con.execute("""INSERT INTO charts.t VALUES
        ('2023-01', 'a', 1, 1, '2023-01-03'), ('2023-01', 'b', 2, 1, NULL),
        ('2023-02', 'a', -1, 1, '2023-01-09'), ('2023-02', 'b', 3, 5, '2023-01-10'), ('2023-03', 'a', -7, 1, NULL)""")
    return con


@pytest.mark.parametrize(
    ("kind", "kwargs", "failing"),
    [
        ("expect_column_values_to_not_be_null", {"column": "d"}, 1),
        ("expect_column_values_to_be_in_set", {"column": "k", "value_set": ["a", "c'"]}, 2),
        ("expect_column_values_to_be_between", {"column": "n", "min_value": 0, "max_value": 2}, 2),
        ("expect_column_values_to_be_between", {"column": "n", "min_value": 0}, 1),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "n", "column_B": "m", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
            2,
        ),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "n", "column_B": "m", "or_equal": False, "ignore_row_if": "either_value_is_missing"},
            3,
        ),
        ("expect_compound_columns_to_be_unique", {"column_list": ["week_id", "m"]}, 2),
    ],
)
def test_the_second_phase_counts_the_rows_that_great_expectations_counts(
    table: duckdb.DuckDBPyConnection, suite_of: SuiteOf, make_check: MakeCheck, kind: str, kwargs: Any, failing: int
) -> None:
    suite = suite_of(make_check(kind, kwargs))
    batch = batch_sql(suite, WEEKS)
    own = table.execute(f"SELECT count(*) FROM ({failing_sql(suite.expectations[0], batch)})").fetchall()
    with data_source(table) as source:
        results = validate(source, suite.table, suite.expectations, batch, problems := [])
    assert own == [(failing,)]
    assert results["a_check"].success is False
    assert problems == []


def test_the_failing_weeks_of_a_check_are_rows_like_any_others(table: duckdb.DuckDBPyConnection) -> None:
    seen = {"2023-01": Observation("it's 3", 2), "2023-02": Observation("0", 0)}
    rows = table.execute(f"SELECT * FROM ({observed_sql(seen)}) ORDER BY ALL").fetchall()
    assert rows == [("2023-01", "it's 3", 2), ("2023-02", "0", 0)]


@pytest.mark.parametrize("weeks", [{}, {"2023-01'; DROP TABLE t --": Observation("", 0)}])
def test_what_is_no_week_becomes_no_part_of_a_statement(weeks: dict[str, Observation]) -> None:
    with pytest.raises(ValueError, match="no week_id"):
        observed_sql(weeks)
