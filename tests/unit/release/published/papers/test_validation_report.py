"""The checks of the latest issue as a validation report: one event a check, and how many failed."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.release.published.papers.validation_report import validation_report

TABLES = """
ATTACH ':memory:' AS publication; CREATE SCHEMA publication.quality; CREATE SCHEMA quality; CREATE SCHEMA release;
CREATE TABLE release.issue (week_id VARCHAR, revision INTEGER);
CREATE TABLE release.activation (activation_no INTEGER, week_id VARCHAR, revision INTEGER, activated_at TIMESTAMP,
    kind VARCHAR);
CREATE TABLE release.withdrawal (week_id VARCHAR, revision INTEGER);
CREATE TABLE quality.check_result (week_id VARCHAR); CREATE TABLE quality.check_rule (table_name VARCHAR);
CREATE TABLE publication.quality.check_result (week_id VARCHAR, table_name VARCHAR, check_name VARCHAR,
    severity VARCHAR, status VARCHAR, checked_at TIMESTAMP);
CREATE TABLE publication.quality.check_rule (table_name VARCHAR, check_name VARCHAR, title VARCHAR,
    expectation VARCHAR, rule VARCHAR, dimension VARCHAR, validation_level INTEGER);
INSERT INTO publication.quality.check_result VALUES
    ('2023-01', 'charts.a', 'key_unique', 'critical', 'failed', '2023-01-10 09:00:00'),
    ('2023-02', 'charts.a', 'key_unique', 'critical', 'passed', '2023-01-17 09:00:00'),
    ('2023-02', 'charts.a', 'in_band', 'warning', 'failed', '2023-01-17 09:00:05'),
    ('2023-02', 'charts.a', 'unknown', 'warning', 'error', NULL);
INSERT INTO publication.quality.check_rule VALUES
    ('charts.a', 'key_unique', '键不重复', 'expect_compound_columns_to_be_unique', 'week_id 不重复', '准确性', 1),
    ('charts.a', 'in_band', '在常值之内', 'unexpected_rows_expectation', 'SELECT 1',
        NULL, NULL);
"""


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(TABLES)
    return connection


def release(con: duckdb.DuckDBPyConnection, week_id: str, revision: int, activation: int) -> None:
    con.execute("INSERT INTO release.issue VALUES (?, ?)", [week_id, revision])
    con.execute(
        "INSERT INTO release.activation VALUES (?, ?, ?, '2023-01-20', 'released')", [activation, week_id, revision]
    )


def test_it_is_of_the_latest_issue_that_readers_see(con: duckdb.DuckDBPyConnection) -> None:
    release(con, "2023-01", 1, 1)
    release(con, "2023-02", 1, 2)
    report = validation_report(con, "publication")
    assert [entry["id"] for entry in report] == [
        "2023-02/charts.a/in_band",
        "2023-02/charts.a/key_unique",
        "2023-02/charts.a/unknown",
        "2023-02/failed",
    ]
    in_band, key_unique, unknown, failed = report
    assert [entry["value"] for entry in report] == ["0", "1", "NA", "1"]
    assert (in_band["rule"]["severity"], key_unique["rule"]["severity"]) == ("warning", "error")
    assert (in_band["rule"]["expression"], in_band["rule"]["language"]) == ("SELECT 1", "SQL (DuckDB), no row")
    assert key_unique["event"]["time"] == "20230117T090000+0800"
    assert key_unique["event"]["trigger"] == "release 2023-02 r1"
    assert key_unique["rule"]["description"] == "键不重复（准确性；validation level 1）"
    assert in_band["rule"]["description"] == "在常值之内"
    assert unknown["rule"]["expression"] == "unknown"
    assert (failed["type"], len(failed["data"]["source"])) == ("aggregation", 3)
    assert failed["event"]["time"] == "20230117T090005+0800"


def test_without_an_issue_or_a_check_there_is_nothing_to_report(con: duckdb.DuckDBPyConnection) -> None:
    assert validation_report(con, "publication") == []
    release(con, "2022-50", 1, 1)
    assert validation_report(con, "publication") == []
    con.execute("DROP TABLE quality.check_rule")
    assert validation_report(con, "publication") == []
