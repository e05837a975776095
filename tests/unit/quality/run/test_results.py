"""A result that says what it said before keeps its time, so that checking a week twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import duckdb

from pipeline.quality.run.results import CheckResult, replace_results
from pipeline.quality.schema import create_tables

MONDAY, TUESDAY = datetime(2023, 4, 24, 9), datetime(2023, 4, 25, 9)
RESULT = CheckResult("2023-15", "charts.t", "a", "critical", "passed", 0, 9, "查了 9 行，不符 0 处", "", "[]", MONDAY)


def kept(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, datetime]]:
    return con.execute("SELECT week_id, status, checked_at FROM quality.check_result ORDER BY ALL").fetchall()


def test_the_same_result_keeps_its_time_and_another_one_has_its_own(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    replace_results(con, ["2023-15"], ["charts.t"], [RESULT])
    assert replace_results(con, ["2023-15"], ["charts.t"], [replace(RESULT, checked_at=TUESDAY)]) == [RESULT]
    changed = replace(RESULT, status="failed", unexpected_count=1, checked_at=TUESDAY)
    replace_results(con, ["2023-15"], ["charts.t"], [changed])
    assert kept(con) == [("2023-15", "failed", TUESDAY)]
    assert (RESULT.is_passed, changed.is_passed) == (True, False)


def test_results_of_other_weeks_and_tables_stay(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    replace_results(con, ["2023-14"], ["charts.t"], [replace(RESULT, week_id="2023-14")])
    replace_results(con, ["2023-15"], ["charts.t"], [RESULT])
    replace_results(con, ["2023-15"], ["charts.u"], [])
    assert [week for week, _, _ in kept(con)] == ["2023-14", "2023-15"]
