from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.findings.findings import (
    FEW_CAUSES,
    MOST_CAUSES_PER_WEEK,
    FailingCause,
    failing_causes,
    findings_of_check,
    replace_findings,
)
from pipeline.quality.findings.places import Place
from pipeline.quality.run.runner import run_checks
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


def test_what_most_rows_of_a_week_break_is_one_finding_and_what_few_break_is_one_each(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    table.execute("DELETE FROM charts.t")
    several = FEW_CAUSES + 1
    table.execute(f"INSERT INTO charts.t SELECT '2023-01', 'x' || i, -1 FROM range({several}) AS r(i)")
    run_checks(table, settings, ["2023-01"], [suite_of(not_negative)])
    assert len(findings(table)) == 1
    table.execute(f"INSERT INTO charts.t SELECT '2023-01', 'y' || i, 1 FROM range({several}) AS r(i)")
    run_checks(table, settings, ["2023-01"], [suite_of(not_negative)])
    ((shown,),) = table.execute("SELECT count(*) FROM quality.finding_week").fetchall()
    assert shown == several


@pytest.mark.parametrize("causes", [FEW_CAUSES + 4, MOST_CAUSES_PER_WEEK + 1])
def test_what_a_rule_explains_is_folded_apart_from_what_it_does_not(
    causes: int, table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    not_negative["meta"]["explained_when"] = {"sql": "n >= -2", "how_zh": "因为 {n} 可以解释"}
    table.execute("DELETE FROM charts.t")
    table.execute(f"INSERT INTO charts.t SELECT '2023-01', 'x' || i, -1 FROM range({causes}) AS r(i)")
    run_checks(table, settings, ["2023-01"], [suite_of(not_negative)])
    (explained,) = findings(table).values()
    assert explained[0] == "explained"
    assert explained[6] == "每一处都有说明，如：因为 -1 可以解释"
    table.execute("INSERT INTO charts.t VALUES ('2023-01', 'z', -9)")
    run_checks(table, settings, ["2023-01"], [suite_of(not_negative)])
    told = sorted((row[0], row[5]) for row in findings(table).values())
    assert told == [("explained", explained[5]), ("open", "z 的数为 -9")]


def test_rows_that_a_query_makes_beyond_those_of_the_table_are_no_share_of_them(
    suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    suite = suite_of(not_negative)
    (check,) = suite.expectations
    several = FEW_CAUSES + 1
    causes = [
        FailingCause("2023-02", 1, False, {"week_id": "2023-02", "k": f"x{number}", "n": -5}, several, several)
        for number in range(several)
    ]
    for rows_checked in (0, 1):
        found = findings_of_check(suite, check, causes, {}, Vocabulary(), {"2023-02": rows_checked})
        assert len(found) == several


def test_rows_of_one_cause_are_one_row_with_an_example_and_the_counts_of_their_week(
    table: duckdb.DuckDBPyConnection, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    table.execute("INSERT INTO charts.t VALUES ('2023-02', 'a', -5), ('2023-02', 'c', -1)")
    (check,) = suite_of(not_negative).expectations
    failing = "SELECT week_id, k, n FROM charts.t WHERE n < 0 AND week_id = '2023-02'"
    assert failing_causes(table, check, failing) == [
        FailingCause("2023-02", 2, False, {"week_id": "2023-02", "k": "a", "n": -5}, 2, 3),
        FailingCause("2023-02", 1, False, {"week_id": "2023-02", "k": "c", "n": -1}, 2, 3),
    ]


def test_a_finding_has_the_words_of_an_example_the_number_of_its_rows_and_its_places(
    suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    suite = suite_of(not_negative)
    (check,) = suite.expectations
    cause = FailingCause("2023-02", 2, False, {"week_id": "2023-02", "k": "a", "n": -5}, 1, 2)
    places = {("2023-02", "a"): [Place("f.xlsx", None, None, None, None)]}
    (finding,) = findings_of_check(suite, check, [cause], places, Vocabulary(), {})
    assert finding.evidence == "共 2 处，如：a 的数为 -5"
    assert json.loads(finding.places)[0]["file_name"] == "f.xlsx"
    assert (finding.explanation, finding.figures, finding.unexpected_count) == (None, None, 2)


def test_findings_of_checked_weeks_are_replaced_and_those_of_other_weeks_stay(
    table: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, not_negative: dict[str, Any]
) -> None:
    suite = suite_of(not_negative)
    run_checks(table, settings, WEEKS, [suite])
    replace_findings(table, ["2023-02"], [suite], [])
    assert table.execute("SELECT week_id FROM quality.finding_week").fetchall() == [("2023-01",)]
    assert table.execute("SELECT last_seen, weeks FROM quality.finding").fetchall() == [("2023-01", 1)]
