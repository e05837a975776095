"""Which findings hold a week back, and what people are told then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.desk.gate import gate
from pipeline.quality.findings.settling import settle, weeks_of
from pipeline.quality.findings.states import basis_of
from pipeline.quality.run.runner import run_checks
from pipeline.quality.schema import create_tables
from pipeline.settings import Settings

SuiteOf = Callable[..., TableSuite]
WEEKS = ["2023-01", "2023-02"]


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute("CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT)")
    con.execute("INSERT INTO charts.t VALUES ('2023-01', 'a', -1), ('2023-02', 'a', -2), ('2023-02', 'b', 4)")
    return con


def test_a_critical_open_finding_blocks_its_week_and_the_message_says_what_to_do(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    verdict = gate(table, ["2023-02"])
    (finding,) = verdict.blocking
    assert not verdict.is_open
    assert verdict.message == (
        "2023-02 暂不能发布：1 项严重问题未处理，请在 review/2023-02/findings.xlsx 中逐项选处理意见，"
        "放回收件夹后再运行一次。\n"
        f"1. a 的数为 -2（charts.t，2023-01 至 2023-02，编号 {finding.finding_id}）。"
        "处理：请更正数据（数据专员）"
    )


def test_warnings_explained_findings_and_other_weeks_do_not_block(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    table.execute("INSERT INTO charts.t VALUES ('2023-03', 'a', 1)")
    run_checks(table, settings, [*WEEKS, "2023-03"], [suite_of(not_negative)])
    assert gate(table, ["2023-03"]).is_open
    not_negative["meta"]["severity"] = "warning"
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert gate(table, WEEKS).is_open
    assert gate(table, WEEKS).message == "2023-01 至 2023-02 可以发布：没有未处理的严重问题。"
    rule = {"sql": "n < 0", "how_zh": "有说明"}
    not_negative["meta"].update(severity="critical", explained_when=rule)
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert gate(table, WEEKS).is_open


def decide(con: duckdb.DuckDBPyConnection, kind: str, until: str | None = None) -> None:
    """Decide on every finding in the same way, as a steward's workbook does."""
    for (identity,) in con.execute("SELECT finding_id FROM quality.finding").fetchall():
        con.execute(
            "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at, basis)"
            " VALUES (?, ?, ?, '部门复核', ?, '张三', '2023-04-20 12:00:00', ?)",
            [f"d-{kind}-{identity}", identity, kind, until, basis_of(weeks_of(con, identity))],
        )
    settle(con, datetime(2023, 4, 20, 12))


@pytest.mark.parametrize(
    "decided",
    [
        ("critical", "accept", None, True),
        ("critical", "send_back", None, False),
        ("warning", "send_back", None, False),
        ("critical", "postpone", "2023-05-05", False),
        ("warning", "postpone", "2023-05-05", True),
        ("critical", "note", "2023-05-05", True),
        ("critical", "withhold", None, True),
    ],
)
def test_a_decision_means_what_people_mean_by_it(
    table: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    not_negative: dict[str, Any],
    decided: tuple[str, str, str | None, bool],
) -> None:
    severity, kind, until, is_open = decided
    not_negative["meta"]["severity"] = severity
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    decide(table, kind, until)
    verdict = gate(table, WEEKS, date(2023, 4, 21))
    assert verdict.is_open == is_open
    assert ("改选“待核实发布”" in verdict.message) != is_open


def test_what_was_sent_back_blocks_on_after_its_day_and_until_a_corrected_delivery_comes(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    not_negative["meta"]["severity"] = "warning"
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    decide(table, "send_back", "2023-05-05")
    settle(table, datetime(2023, 5, 6, 12))
    assert table.execute("SELECT DISTINCT status FROM quality.finding").fetchall() == [("expired",)]
    assert not gate(table, WEEKS, date(2023, 5, 6)).is_open
    table.execute("UPDATE charts.t SET n = 3")
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert gate(table, WEEKS, date(2023, 5, 6)).is_open


def test_nothing_opens_the_gate_to_personal_data_but_its_removal(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    not_negative["meta"].update(severity="warning", category="个人信息")
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    for kind in ("send_back", "postpone", "note", "withhold", "accept", "correct"):
        decide(table, kind, "2023-05-05")
        # A home of an earlier version may hold such a state.
        table.execute("UPDATE quality.finding SET status = 'waived'")
        verdict = gate(table, WEEKS, date(2023, 4, 21))
        assert not verdict.is_open
        assert "个人信息，任何处理意见都不能放行" in verdict.message
    table.execute("UPDATE charts.t SET n = 3")
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert gate(table, WEEKS, date(2023, 4, 21)).is_open


def test_a_week_that_nobody_checked_is_not_released(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    verdict = gate(con, ["2023-01"])
    assert not verdict.is_open
    assert verdict.unchecked_weeks == ("2023-01",)
    assert "2023-01 还没有检查过" in verdict.message
