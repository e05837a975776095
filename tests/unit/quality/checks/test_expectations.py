"""Every expectation of the project passes on good data and fails on data that breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from pipeline.quality.checks.handbook import refreshed
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.run.runner import run_checks
from pipeline.settings import Settings, load_settings
from tests.unit.quality.tiny_warehouse import good_warehouse

WEEKS = ["2023-01", "2023-02"]
SUITES = load_suites(load_settings().expectations)
CHECKS = [(suite, check) for suite in SUITES for check in suite.expectations]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with good_warehouse(SUITES) as con:
        yield con


def only(suite: TableSuite, check: Check) -> TableSuite:
    return suite.model_copy(update={"expectations": (check,)})


def test_no_expectation_lacks_an_example_that_breaks_it() -> None:
    assert [(suite.table, check.name) for suite, check in CHECKS if check.example is None] == []


def test_good_data_passes_every_expectation_in_every_week(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    results = run_checks(warehouse, settings, WEEKS, SUITES)
    assert [(row.table_name, row.check_name, row.evidence) for row in results if not row.is_passed] == []
    assert len(results) == len(CHECKS) * len(WEEKS)
    assert all(any(row.element_count for row in results if row.table_name == suite.table) for suite in SUITES)
    assert warehouse.execute("SELECT count(*) FROM quality.finding").fetchone() == (0,)


@pytest.mark.parametrize(("suite", "check"), CHECKS, ids=[f"{suite.table}-{check.name}" for suite, check in CHECKS])
def test_data_that_breaks_an_expectation_fails_it_in_that_week_and_says_why(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, suite: TableSuite, check: Check
) -> None:
    example = check.example
    assert example is not None
    warehouse.execute(example.sql)
    failed = [row for row in run_checks(warehouse, settings, WEEKS, [only(suite, check)]) if not row.is_passed]
    assert len(failed) == 1
    assert example.says_zh in failed[0].evidence
    assert failed[0].unexpected_count >= 1
    assert all(set(keys) == set(check.meta.keys) for keys in json.loads(failed[0].keys))
    findings = warehouse.execute("SELECT status, last_seen, evidence FROM quality.finding").fetchall()
    assert [(last, status) for status, last, _ in findings] == [
        (failed[0].week_id, "explained" if check.meta.explained_when else "open")
    ]


def test_more_late_cases_than_were_quarantined_stay_open(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    ((suite, check),) = [one for one in CHECKS if one[1].name == "restated_late"]
    assert check.example is not None
    late_case, _ = check.example.sql.split(";", 1)
    warehouse.execute(late_case)
    run_checks(warehouse, settings, WEEKS, [only(suite, check)])
    assert warehouse.execute("SELECT status FROM quality.finding").fetchall() == [("open",)]


def test_the_excess_of_completed_stays_open_where_the_carry_over_does_not_cover_it(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    warehouse.execute("UPDATE charts.item_ytd SET excess_over_accepted = 4 WHERE measure = 'completed'")
    run_checks(warehouse, settings, WEEKS, [suite for suite in SUITES if suite.table == "charts.item_ytd"])
    assert warehouse.execute("SELECT status, severity, weeks FROM quality.finding").fetchall() == [
        ("open", "warning", 2)
    ]


def test_the_readme_says_of_every_check_what_fails_who_fixes_it_and_whether_it_stops_the_release() -> None:
    folder = load_settings().expectations.folder_of_program
    text = (folder / "README.md").read_text("utf-8")
    assert text == refreshed(text, SUITES), "run: python -m pipeline.quality.checks.handbook"
    assert text.count("| 是 |") + text.count("| 否 |") == len(CHECKS)


def test_the_examples_use_only_columns_that_the_models_have(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    for schema, table, column in rows.fetchall():
        model = load_settings().models.path_of(f"{schema}/{table}.sql")
        if model is not None:
            names = sqlglot.parse_one(model.read_text("utf-8"), read="duckdb").named_selects
            assert column in names, f"{schema}.{table} has no {column}"


QUERIES = [(suite, check) for suite, check in CHECKS if check.query]


@pytest.mark.parametrize(("suite", "check"), QUERIES, ids=[f"{suite.table}-{check.name}" for suite, check in QUERIES])
def test_a_query_fits_a_screen_gives_the_week_and_keeps_to_what_two_engines_know(
    suite: TableSuite, check: Check
) -> None:
    query = check.query.replace("{{", "{").replace("}}", "}").replace("{batch}", "batch_rows")
    tree = sqlglot.parse_one(query, read="duckdb")
    assert "week_id" in tree.named_selects
    assert len(query.splitlines()) <= 25
    assert "*" not in tree.named_selects, "name the columns of the last select"
    functions = {node.sql_name().lower() for node in tree.find_all(exp.Func)} | {
        str(node.this).lower() for node in tree.find_all(exp.Anonymous)
    }
    assert not functions & {"date_diff", "datediff", "strftime", "week", "isodow", "dayofweek", "percentile_cont"}
    assert not list(tree.find_all(exp.Pivot, exp.Qualify))
    sqlglot.transpile(query, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
