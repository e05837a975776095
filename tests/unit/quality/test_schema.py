"""The quality tables: what an older warehouse lacks is added, and any past day can be asked."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from pipeline.quality.schema import create_tables


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


def postpone(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at) "
        "VALUES ('d1', 'f1', 'postpone', '等待核实', '2023-04-25', '张三', '2023-04-20 12:00:00')"
    )


def test_an_older_warehouse_gets_the_columns_that_came_later_and_keeps_its_rows(con: duckdb.DuckDBPyConnection):
    con.execute("CREATE SCHEMA quality")
    con.execute(
        "CREATE TABLE quality.decision (decision_id VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, kind VARCHAR NOT "
        "NULL, reason VARCHAR, value VARCHAR, until DATE, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL)"
    )
    postpone(con)
    create_tables(con)
    create_tables(con)
    assert con.execute("SELECT reason, origin, basis FROM quality.decision").fetchall() == [("等待核实", None, None)]
