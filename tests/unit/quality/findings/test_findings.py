from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.suites import TableSuite
from pipeline.quality.desk.gate import gate
from pipeline.quality.findings.findings import MOST_CAUSES_PER_WEEK
from pipeline.quality.run.runner import run_checks
from pipeline.quality.schema import create_tables
from pipeline.settings import Settings

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
WEEKS = ["2023-01", "2023-02"]


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute("CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT)")
    con.execute("INSERT INTO charts.t VALUES ('2023-01', 'a', -1), ('2023-02', 'a', -2), ('2023-02', 'b', 4)")
    return con


def findings(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Any, ...]]:
    rows = con.execute(
        "SELECT finding_id, status, first_seen, last_seen, weeks, keys, evidence, explanation FROM quality.finding"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_the_same_cause_in_two_weeks_is_one_finding(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    ((status, first, last, weeks, keys, evidence, _),) = findings(table).values()
    assert (status, first, last, weeks, evidence) == ("open", "2023-01", "2023-02", 2, "a 的数为 -2")
    assert json.loads(keys) == [{"week_id": "2023-02", "k": "a"}]


def test_the_id_is_the_same_week_by_week_and_in_one_run(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    together = findings(table)
    table.execute("DELETE FROM quality.finding; DELETE FROM quality.finding_week")
    for week in reversed(WEEKS):
        run_checks(table, settings, [week], [suite_of(not_negative)])
    assert findings(table) == together


def test_a_cause_that_names_the_week_is_a_new_finding_each_week(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    not_negative["meta"]["cause"] = ["week_id", "k"]
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert sorted(row[1] for row in findings(table).values()) == WEEKS


def test_a_finding_whose_failure_is_gone_is_fixed_at_source_and_opens_again_under_the_same_id(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    (identity,) = findings(table)
    table.execute("UPDATE charts.t SET n = 0")
    run_checks(table, settings, WEEKS[1:], [suite_of(not_negative)])
    assert findings(table)[identity][:4] == ("open", "2023-01", "2023-01", 1)
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert findings(table)[identity][0] == "fixed_at_source"
    table.execute("UPDATE charts.t SET n = -1 WHERE k = 'a'")
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    assert findings(table)[identity][0] == "open"


def test_a_run_of_one_table_leaves_the_findings_of_another_alone(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    table.execute("CREATE TABLE charts.u AS SELECT '2023-01' AS week_id, 'a' AS k, 1 AS n")
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    before = findings(table)
    run_checks(table, settings, WEEKS, [suite_of(not_negative, table="charts.u")])
    assert findings(table) == before


def test_a_check_taken_out_of_its_suite_leaves_no_open_finding(
    table: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    not_negative: dict[str, Any],
    make_check: MakeCheck,
) -> None:
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    other = make_check("expect_column_values_to_not_be_null", {"column": "n"}, name="other")
    run_checks(table, settings, ["2023-02"], [suite_of(other)])
    assert {row[0] for row in findings(table).values()} == {"fixed_at_source"}


@pytest.mark.parametrize(("rule", "status"), [("n >= -2", "explained"), ("n >= -1", "open"), ("n > NULL", "open")])
def test_a_finding_is_explained_only_where_the_rule_covers_every_row(
    table: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    not_negative: dict[str, Any],
    rule: str,
    status: str,
) -> None:
    not_negative["meta"]["explained_when"] = {"sql": rule, "how_zh": "因为 {n} 可以解释"}
    run_checks(table, settings, WEEKS, [suite_of(not_negative)])
    ((found, *_, explanation),) = findings(table).values()
    assert found == status
    assert explanation == ("因为 -2 可以解释" if status == "explained" else None)


def test_too_many_causes_in_a_week_become_one_finding(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    many = MOST_CAUSES_PER_WEEK + 1
    table.execute(f"INSERT INTO charts.t SELECT '2023-01', 'x' || i, -1 FROM range({many}) AS r(i)")
    run_checks(table, settings, ["2023-01"], [suite_of(not_negative)])
    ((_, _, _, _, keys, evidence, _),) = findings(table).values()
    assert evidence.startswith(f"共 {many + 1} 处，分属 {many + 1} 个原因")
    assert len(json.loads(keys)) == 5


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
        f"1. 一项检查（charts.t，2023-01 至 2023-02，编号 {finding.finding_id}）：a 的数为 -2。"
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


def test_a_week_that_nobody_checked_is_not_released(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    verdict = gate(con, ["2023-01"])
    assert not verdict.is_open
    assert verdict.unchecked_weeks == ("2023-01",)
    assert "2023-01 还没有检查过" in verdict.message


def test_a_warehouse_of_the_earlier_version_gets_the_new_columns_and_keeps_its_rows(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("""
        CREATE SCHEMA quality;
        CREATE TABLE quality.decision (decision_id VARCHAR NOT NULL, finding_id VARCHAR NOT NULL,
            kind VARCHAR NOT NULL, reason VARCHAR, value VARCHAR, until DATE, decided_by VARCHAR,
            decided_at TIMESTAMP NOT NULL);
        INSERT INTO quality.decision VALUES ('d1', 'f1', 'accept', 'r', NULL, NULL, '王', '2023-04-24 09:00:00')""")
    create_tables(con)
    create_tables(con)
    kept = con.execute("SELECT decision_id, kind, correction_id, origin FROM quality.decision").fetchall()
    assert kept == [("d1", "accept", None, None)]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2023-04-20", []),
        ("2023-04-21", [("f1", "open")]),
        ("2023-04-28", [("f1", "waived")]),
        ("2023-05-01", [("f1", "expired")]),
    ],
)
def test_the_state_of_any_past_day_can_be_asked(con: duckdb.DuckDBPyConnection, day: str, state: list[Any]) -> None:
    create_tables(con)
    con.execute("""
        INSERT INTO quality.finding_event (finding_id, event_no, happened_at, origin, to_status, until, words) VALUES
            ('f1', 1, '2023-04-21 09:00:00', '检查', 'open', NULL, '发现'),
            ('f1', 2, '2023-04-24 09:00:00', '数据专员', 'waived', '2023-04-30', '暂缓')""")
    assert con.execute("SELECT finding_id, status FROM quality.state_on(?)", [day]).fetchall() == state
