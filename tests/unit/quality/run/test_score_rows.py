from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.run.batches import batch_sql, failing_sql
from pipeline.quality.run.runner import run_checks
from pipeline.quality.run.score_rows import count_rows
from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
QUERY = "unexpected_rows_expectation"
DEPARTMENTS = """
CREATE SCHEMA core;
CREATE TABLE core.report_week (week_id VARCHAR, coverage_end DATE);
INSERT INTO core.report_week VALUES ('2023-01', '2023-01-06'), ('2023-02', '2023-01-13');
CREATE TABLE core.department_alias (alias VARCHAR, department_id VARCHAR, valid_from DATE, valid_to DATE);
INSERT INTO core.department_alias VALUES ('建设厅', 'zhujian', '1900-01-01', '2023-01-06'),
    ('建设厅', 'jiaotong', '2023-01-07', '9999-12-31'), ('水利厅', 'shuili', '1900-01-01', '9999-12-31');
"""
# Rows of a file: which of them a check of which column holds is plain to see.
CASES = [
    ("2023-01", "建设厅", 1, -1, 0),
    ("2023-01", "建设厅", 2, -1, -1),
    ("2023-01", "水利厅", 3, 5, 5),
    ("2023-02", "建设厅", 4, 5, -1),
    ("2023-02", "无名厅", 5, -1, 5),
]


@pytest.fixture
def cases(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute(DEPARTMENTS)
    create_tables(con, "ledger")
    con.execute(
        "CREATE TABLE charts.t (week_id VARCHAR, department VARCHAR, k BIGINT, n BIGINT, m BIGINT,"
        " delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT)"
    )
    for week, department, row_no, n, m in CASES:
        con.execute("INSERT INTO charts.t VALUES (?, ?, ?, ?, ?, 'd', '', ?)", [week, department, row_no, n, m, row_no])
    return con


def not_negative(make_check: MakeCheck, column: str, **meta: Any) -> dict[str, Any]:
    query = f"SELECT * FROM {{batch}} WHERE {column} < 0"
    words = {"dimension": "准确性", "name": f"{column}_not_negative", **meta}
    return make_check(QUERY, {"unexpected_rows_query": query}, **words)


def rows_of(con: duckdb.DuckDBPyConnection, dimension: str = "准确性") -> dict[tuple[str, str], tuple[int, int]]:
    """(week, department) -> rows checked, rows held."""
    rows = con.execute(
        "SELECT week_id, department_id, rows_checked, rows_held FROM quality.checked_rows WHERE dimension = ?",
        [dimension],
    ).fetchall()
    assert len({row[:2] for row in rows}) == len(rows)
    return {(week, department): (checked, held) for week, department, checked, held in rows}


def counted_otherwise(columns: tuple[int, ...]) -> dict[tuple[str, str], tuple[int, int]]:
    """The same from CASES in plain Python: a row is held where one of these columns is negative."""
    names = {"2023-01": {"建设厅": "zhujian", "水利厅": "shuili"}, "2023-02": {"建设厅": "jiaotong"}}
    rows: dict[tuple[str, str], tuple[int, int]] = {}
    for case in CASES:
        key = (case[0], names[case[0]].get(case[1], "UNKNOWN"))
        checked, held = rows.get(key, (0, 0))
        rows[key] = (checked + 1, held + any(case[column] < 0 for column in columns))
    return rows


WEEKS = ["2023-01", "2023-02"]


def test_a_row_that_two_checks_hold_counts_once_in_its_department(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    suite = suite_of(not_negative(make_check, "n"), not_negative(make_check, "m"))
    run_checks(cases, settings, WEEKS, [suite])
    assert rows_of(cases) == counted_otherwise((3, 4))


def test_the_same_rule_twice_changes_nothing(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    run_checks(cases, settings, WEEKS, [suite_of(not_negative(make_check, "n"))])
    before = rows_of(cases)
    again = not_negative(make_check, "n", name="again")
    run_checks(cases, settings, WEEKS, [suite_of(not_negative(make_check, "n"), again)])
    assert rows_of(cases) == before == counted_otherwise((3,))


def test_each_dimension_has_counts_of_its_own(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    suite = suite_of(not_negative(make_check, "n"), not_negative(make_check, "m", dimension="一致性"))
    run_checks(cases, settings, WEEKS, [suite])
    assert rows_of(cases) == counted_otherwise((3,))
    assert rows_of(cases, "一致性") == counted_otherwise((4,))


def test_checks_of_the_program_itself_say_nothing_of_the_data(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    run_checks(cases, settings, WEEKS, [suite_of(not_negative(make_check, "n", owner="平台维护"))])
    assert rows_of(cases) == {}


def test_a_week_without_rows_has_no_count(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    run_checks(cases, settings, ["2023-09"], [suite_of(not_negative(make_check, "n"))])
    assert rows_of(cases) == {}


def test_what_breaks_a_whole_week_holds_all_its_rows(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    mean = make_check(
        "expect_column_mean_to_be_between",
        {"column": "n", "min_value": 1.5, "max_value": 9},
        keys=["week_id"],
        cause=["week_id"],
        evidence_zh=None,
    )
    run_checks(cases, settings, WEEKS, [suite_of(mean)])
    # The means of n are 1 and 2.
    assert rows_of(cases) == {
        ("2023-01", "zhujian"): (2, 2),
        ("2023-01", "shuili"): (1, 1),
        ("2023-02", "jiaotong"): (1, 0),
        ("2023-02", "UNKNOWN"): (1, 0),
    }


def test_a_row_that_is_missing_counts_as_checked_and_held(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    """水利厅 has a row in week 1 alone: in week 2 one is missing."""
    query = (
        "SELECT DISTINCT week_id, '水利厅' AS reporter, 0 AS n, 0 AS k FROM {batch} WHERE week_id NOT IN "
        "(SELECT week_id FROM charts.t WHERE department = '水利厅')"
    )
    missing = make_check(QUERY, {"unexpected_rows_query": query}, dimension="完整性", department="reporter")
    run_checks(cases, settings, WEEKS, [suite_of(missing)])
    assert rows_of(cases, "完整性")[("2023-02", "shuili")] == (1, 1)
    assert rows_of(cases, "完整性")[("2023-01", "shuili")] == (1, 0)


def test_only_the_weeks_of_a_run_are_counted_anew(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    suite = suite_of(not_negative(make_check, "n"))
    run_checks(cases, settings, WEEKS, [suite])
    before = rows_of(cases)
    cases.execute("UPDATE charts.t SET n = 1")
    run_checks(cases, settings, ["2023-02"], [suite])
    after = rows_of(cases)
    assert {key: rows for key, rows in after.items() if key[0] == "2023-01"} == {
        key: rows for key, rows in before.items() if key[0] == "2023-01"
    }
    assert [held for (week, _), (_, held) in after.items() if week == "2023-02"] == [0, 0]


@pytest.fixture
def files(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute(DEPARTMENTS)
    create_tables(con, "ledger")
    con.execute("""INSERT INTO ledger.delivery
        (delivery_id, source, week_id, status, rows_physical, file_name) VALUES
        ('a', 'case_detail', '2023-01', 'current', 900, 'late.csv'),
        ('b', 'item_volume', '2023-01', 'current', 100, 'b.csv'),
        ('old', 'item_volume', '2023-01', 'superseded', 70, 'o.csv'),
        ('c', 'item_volume', '2023-02', 'current', 120, 'c.csv')""")
    return con


def test_a_file_that_is_held_counts_with_its_rows(
    files: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    query = "SELECT week_id, delivery_id, source AS k, 0 AS n FROM {batch} WHERE file_name = 'late.csv'"
    late = make_check(QUERY, {"unexpected_rows_query": query}, dimension="时效性")
    run_checks(files, settings, WEEKS, [suite_of(late, table="ledger.delivery", counts="deliveries")])
    assert rows_of(files, "时效性") == {("2023-01", "UNKNOWN"): (1000, 900), ("2023-02", "UNKNOWN"): (120, 0)}


def test_a_missing_export_counts_with_the_rows_of_its_last_delivery(
    files: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    query = "SELECT week_id, 'case_detail' AS source, 'x' AS k, 0 AS n FROM {batch} WHERE week_id = '2023-02'"
    missing = make_check(QUERY, {"unexpected_rows_query": query}, dimension="完整性")
    run_checks(files, settings, WEEKS, [suite_of(missing, table="core.report_week", counts="deliveries")])
    # 900 rows came the week before; 120 are there.
    assert rows_of(files, "完整性") == {("2023-01", "UNKNOWN"): (1000, 0), ("2023-02", "UNKNOWN"): (1020, 900)}


def test_a_file_that_several_totals_hold_counts_once(
    files: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    file = "(SELECT * FROM {batch} WHERE delivery_id = 'a') AS b"
    query = f"SELECT b.*, t.column_name, 'x' AS k, 0 AS n FROM {file} CROSS JOIN range(5) AS t (column_name)"
    totals = make_check(QUERY, {"unexpected_rows_query": query}, dimension="一致性", keys=["week_id", "column_name"])
    late = "SELECT week_id, source, file_name, 'x' AS k, 0 AS n FROM {batch} WHERE delivery_id = 'a'"
    named = make_check(QUERY, {"unexpected_rows_query": late}, dimension="一致性", name="named_by_its_source")
    suite = suite_of(totals, named, table="ledger.delivery", counts="deliveries")
    run_checks(files, settings, WEEKS, [suite])
    assert rows_of(files, "一致性")[("2023-01", "UNKNOWN")] == (1000, 900)


def test_a_file_that_a_later_one_replaced_holds_nothing(
    files: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    query = "SELECT week_id, delivery_id, source AS k, 0 AS n FROM {batch} WHERE source = 'item_volume'"
    check = make_check(QUERY, {"unexpected_rows_query": query}, dimension="时效性")
    run_checks(files, settings, WEEKS, [suite_of(check, table="ledger.delivery", counts="deliveries")])
    assert rows_of(files, "时效性")[("2023-01", "UNKNOWN")] == (1000, 100)


def test_a_refused_file_comes_on_top_of_the_rows_that_were_checked(
    files: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    files.execute(
        "INSERT INTO ledger.delivery (delivery_id, source, week_id, status) VALUES ('r', 's', '2023-02', 'refused')"
    )
    query = "SELECT week_id, delivery_id, source AS k, 0 AS n FROM {batch} WHERE status = 'refused'"
    refused = make_check(QUERY, {"unexpected_rows_query": query}, dimension="可访问性")
    run_checks(files, settings, WEEKS, [suite_of(refused, table="ledger.delivery", counts="deliveries")])
    assert rows_of(files, "可访问性")[("2023-02", "UNKNOWN")] == (121, 1)


def test_rows_of_a_replaced_file_hold_nothing_in_any_table(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    cases.execute("INSERT INTO ledger.delivery (delivery_id, week_id, status) VALUES ('d', '2023-01', 'superseded')")
    run_checks(cases, settings, WEEKS, [suite_of(not_negative(make_check, "n"))])
    assert {held for _, held in rows_of(cases).values()} == {0}


def test_what_only_tells_of_a_later_export_holds_nothing_and_checks_no_dimension(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    told = not_negative(make_check, "m", dimension="一致性", holds="nothing")
    run_checks(cases, settings, WEEKS, [suite_of(not_negative(make_check, "n"), told)])
    assert rows_of(cases, "一致性") == {}
    assert rows_of(cases) == counted_otherwise((3,))


def test_a_row_known_by_its_place_counts_once_beside_a_check_that_shows_no_place(
    cases: duckdb.DuckDBPyConnection, settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    """One row fails in five columns; the other check of the dimension has no place to know rows by."""
    row = "(SELECT * FROM {batch} WHERE k = 3) AS b"
    cells = f"SELECT b.*, c.column_no FROM {row} CROSS JOIN range(5) AS c (column_no)"
    by_cell = make_check(
        QUERY, {"unexpected_rows_query": cells}, dimension="准确性", name="cells", keys=["k", "column_no"]
    )
    whole = (
        "SELECT DISTINCT week_id, '水利厅' AS department, 'whole' AS k, 0 AS n FROM {batch} WHERE week_id = '2023-02'"
    )
    without_place = make_check(QUERY, {"unexpected_rows_query": whole}, dimension="准确性")
    run_checks(cases, settings, WEEKS, [suite_of(by_cell, without_place)])
    assert rows_of(cases)[("2023-01", "shuili")] == (1, 1)


@pytest.fixture
def led(con: duckdb.DuckDBPyConnection, settings: Settings) -> tuple[duckdb.DuckDBPyConnection, Contract]:
    """The rows of an export that calls the department 牵头部门; its department-level table has a row for each."""
    con.execute(DEPARTMENTS)
    create_tables(con, "ledger")
    con.execute("""
        CREATE SCHEMA staging;
        CREATE TABLE staging.matters (week_id VARCHAR, delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT,
            leading_department VARCHAR, n BIGINT);
        INSERT INTO staging.matters VALUES ('2023-02', 'd', 's', 1, '建设厅', -4),
            ('2023-02', 'd', 's', 2, '建设厅', 1),
            ('2023-02', 'd', 's', 3, '水利厅', 2), ('2023-02', 'd', 's', 4, NULL, 3);
        CREATE TABLE marts.by_department (week_id VARCHAR, department_id VARCHAR, k VARCHAR, n BIGINT);
        INSERT INTO marts.by_department VALUES ('2023-02', 'jiaotong', 'a', -4), ('2023-02', 'shuili', 'b', 2);
    """)
    field = {"name": "leading_department", "title": "牵头部门", "codes": "department"}
    contract = Contract.model_validate(
        {
            "name": "matters",
            "version": 1,
            "title": "一件事",
            "owner": "报送部门",
            "delivery": {"kind": "weekly"},
            "fields": [field],
        }
    )
    return con, contract


def test_a_departments_rows_are_those_that_the_contract_gives_to_it(
    led: tuple[duckdb.DuckDBPyConnection, Contract], suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    """The failing row shows its place alone, and belongs to the department of the row that stands there."""
    con, contract = led
    query = "SELECT week_id, delivery_id, sheet, row_no, 'x' AS k, n FROM {batch} WHERE n < 0"
    suite = suite_of(make_check(QUERY, {"unexpected_rows_query": query}), table="staging.matters")
    failing = {("staging.matters", "a_check"): failing_sql(suite.expectations[0], batch_sql(suite, WEEKS))}
    counted = count_rows(con, WEEKS, [suite], failing, [contract])
    assert {rows.department_id: (rows.rows_checked, rows.rows_held) for rows in counted} == {
        "jiaotong": (2, 1),
        "shuili": (1, 0),
        "UNKNOWN": (1, 0),
    }


def test_what_is_computed_by_department_is_no_row_of_one(
    led: tuple[duckdb.DuckDBPyConnection, Contract], settings: Settings, suite_of: SuiteOf, make_check: MakeCheck
) -> None:
    con, _ = led
    run_checks(con, settings, WEEKS, [suite_of(not_negative(make_check, "n"), table="marts.by_department")])
    assert rows_of(con) == {("2023-02", "UNKNOWN"): (2, 1)}
