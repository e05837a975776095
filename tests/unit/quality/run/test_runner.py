from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.suites import SuiteError
from pipeline.quality.run.runner import run_checks
from pipeline.quality.run.validation import CheckError, validate
from pipeline.settings import Settings

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
NOW = datetime(2023, 4, 24, 9)
WEEKS = ["2023-01", "2023-02"]


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute("CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT, m BIGINT, d DATE)")
    con.execute("""INSERT INTO charts.t VALUES
        ('2023-01', 'a', 1, 1, '2023-01-03'), ('2023-01', 'b', 2, 1, NULL),
        ('2023-02', 'a', -1, 1, '2023-01-09'), ('2023-02', 'b', 3, 5, '2023-01-10'), ('2023-03', 'a', -7, 1, NULL)""")
    return con


def results_of(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("SELECT * FROM quality.check_result ORDER BY week_id, table_name, check_name").fetchall()


def test_a_failure_is_attributed_to_its_week_and_the_other_week_passes(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    first, second = run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert (first.week_id, first.status, first.unexpected_count, first.element_count) == ("2023-01", "passed", 0, 2)
    assert (second.week_id, second.status, second.unexpected_count) == ("2023-02", "failed", 1)
    assert second.evidence == "a 的数为 -1"
    assert json.loads(second.keys) == [{"week_id": "2023-02", "k": "a"}]


def test_only_the_weeks_of_the_run_are_checked(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    assert [row.status for row in run_checks(table, settings, ["2023-01"], [suite_of(not_negative)])] == ["passed"]


def test_a_week_without_rows_passes_and_says_that_it_saw_nothing(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    (result,) = run_checks(table, settings, ["2023-09"], [suite_of(not_negative)])
    assert (result.status, result.element_count, result.observed) == ("passed", 0, "本周没有数据")


def test_running_a_week_twice_leaves_the_same_rows(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    table.execute("UPDATE quality.check_result SET checked_at = TIMESTAMP '2023-04-24 10:00:00'")
    findings = table.execute("SELECT * FROM quality.finding").fetchall()
    before = results_of(table)
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert results_of(table) == before
    assert table.execute("SELECT * FROM quality.finding").fetchall() == findings


def test_a_changed_result_takes_the_place_of_the_old_one(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    table.execute("UPDATE charts.t SET n = 1")
    run_checks(table, settings, WEEKS[1:], [suite_of(not_negative)])
    assert [(row[0], row[4]) for row in results_of(table)] == [("2023-01", "passed"), ("2023-02", "passed")]


def test_a_table_with_a_delivery_instead_of_a_week_finds_its_week(
    con: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    con.execute("""
        CREATE TABLE ledger.delivery (delivery_id VARCHAR, week_id VARCHAR, source VARCHAR, file_name VARCHAR,
            status VARCHAR, rows_physical BIGINT);
        CREATE TABLE ledger.control_total (delivery_id VARCHAR, k VARCHAR, n BIGINT);
        INSERT INTO ledger.delivery VALUES ('d1', '2023-01', 's', 'f1.xlsx', 'current', 1),
            ('d2', '2023-02', 's', 'f2.xlsx', 'current', 1);
        INSERT INTO ledger.control_total VALUES ('d1', 'a', 0), ('d2', 'a', 9)""")
    query = "SELECT week_id, file_name, k, n FROM {batch} WHERE n <> 0"
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, keys=["file_name"])
    suite = suite_of(check, table="ledger.control_total", week_through="ledger.delivery")
    first, second = run_checks(con, settings, WEEKS, [suite])
    assert (first.status, second.status, second.keys) == ("passed", "failed", '[{"file_name": "f2.xlsx"}]')


def test_a_check_that_cannot_run_is_neither_passed_nor_failed(
    table: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    make_check: MakeCheck,
    not_negative: dict[str, Any],
) -> None:
    query = "SELECT week_id, k, n FROM {batch} WHERE absent < 0"
    broken = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, name="broken")
    with pytest.raises(CheckError, match=r"charts\.t，检查 broken"):
        run_checks(table, settings, WEEKS, [suite_of(not_negative, broken)])
    with pytest.raises(CheckError, match=r"charts\.absent"):
        run_checks(table, settings, WEEKS, [suite_of(not_negative, table="charts.absent")])
    assert results_of(table) == []


def test_a_text_that_is_no_week_never_becomes_sql(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="周次应写作"):
        run_checks(table, settings, ["2023-01') OR ('1'='1"], [suite_of(not_negative)])


def test_a_suite_that_shows_personal_columns_does_not_run(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    query = "SELECT week_id, k, n, k AS applicant_name FROM {batch}"
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, evidence_zh="{applicant_name}")
    with pytest.raises(SuiteError, match="applicant_name"):
        run_checks(table, settings, WEEKS, [suite_of(check)])


def test_nothing_is_sent_and_nothing_is_written_beside_the_database(
    table: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    not_negative: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert len(run_checks(table, settings, WEEKS, [suite_of(not_negative)])) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_database_file_can_be_opened_by_others_after_the_checks(
    settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path), config={"memory_limit": "500MB", "threads": "2"}) as own:
        own.execute("CREATE SCHEMA charts; CREATE TABLE charts.t AS SELECT '2023-01' AS week_id, 'a' AS k, -1 AS n")
        run_checks(own, settings, ["2023-01"], [suite_of(not_negative)])
    with duckdb.connect(str(path), read_only=True) as reader:
        assert reader.execute("SELECT status FROM quality.check_result").fetchall() == [("failed",)]


def test_fifteen_weeks_at_once_say_the_same_as_one_by_one(
    con: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    weeks = [f"2023-{issue:02d}" for issue in range(1, 16)]
    con.execute("""CREATE TABLE charts.t AS SELECT printf('2023-%02d', i % 15 + 1) AS week_id, 'k' || i AS k,
        CASE WHEN i % 4 = 0 THEN -i ELSE i END AS n FROM range(1, 200) AS r (i)""")
    suites = [suite_of(not_negative)]
    one_by_one = [row for week in weeks[::7] for row in run_checks(con, settings, [week], suites)]
    con.execute("DELETE FROM quality.check_result")
    together = run_checks(con, settings, weeks, suites)
    said = [replace(row, checked_at=NOW) for row in together]
    assert said[::7] == [replace(row, checked_at=NOW) for row in one_by_one]
    assert sum(row.unexpected_count for row in together) == 49


def test_each_expectation_is_asked_once_for_all_weeks_and_only_a_failing_one_again(
    table: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    not_negative: dict[str, Any],
    make_check: MakeCheck,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pipeline.quality.run import runner, validation

    asked: list[str] = []
    failures = runner._failures

    def counted_validate(*arguments: Any) -> dict[str, Any]:
        asked.append("suite")
        return validate(*arguments)

    def counted_failures(own: Any, check: Any, failing: str) -> Any:
        asked.append(check.name)
        return failures(own, check, failing)

    monkeypatch.setattr(validation, "validate", counted_validate)
    monkeypatch.setattr(runner, "_failures", counted_failures)
    passing = make_check("expect_column_values_to_not_be_null", {"column": "k"}, name="passing")
    run_checks(table, settings, [f"2023-{issue:02d}" for issue in range(1, 16)], [suite_of(passing, not_negative)])
    assert asked == ["suite", "not_negative"]


@given(rows=st.lists(st.tuples(st.sampled_from(WEEKS), st.integers(-3, 3)), max_size=12))
@hypothesis_settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_failing_row_is_counted_in_its_own_week(
    settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any], rows: list[tuple[str, int]]
) -> None:
    with duckdb.connect() as own:
        own.execute("CREATE SCHEMA charts; CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT)")
        for number, (week, n) in enumerate(rows):
            own.execute("INSERT INTO charts.t VALUES (?, ?, ?)", [week, f"k{number}", n])
        results = run_checks(own, settings, WEEKS, [suite_of(not_negative)])
    for result in results:
        in_week = [n for week, n in rows if week == result.week_id]
        assert result.element_count == len(in_week)
        assert result.unexpected_count == sum(n < 0 for n in in_week)
        assert result.is_passed == all(n >= 0 for n in in_week)
        assert len(json.loads(result.keys)) == min(result.unexpected_count, 5)


def test_a_check_of_whole_weeks_gives_one_finding_of_what_was_observed(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    of_week = {"keys": ["week_id"], "cause": ["week_id"], "evidence_zh": None}
    check = make_check("expect_table_row_count_to_be_between", {"max_value": 0}, **of_week)
    results = run_checks(table, settings, WEEKS, [suite_of(check)])
    failed = [result for result in results if not result.is_passed]
    assert failed, "the table has rows"
    assert {result.unexpected_count for result in failed} == {1}
    assert all(result.evidence.startswith("不符合“一项检查”，观测到 ") for result in failed)
    found = table.execute("SELECT count(*) FROM quality.finding").fetchall()
    assert found == [(len(failed),)]
