"""Every change of a finding's state is an event that is never rewritten."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from pipeline.quality.findings.settling import last_decisions, settle, weeks_of
from pipeline.quality.schema import create_tables

NOON = datetime(2023, 4, 20, 12)


@pytest.fixture
def desk(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One critical finding of 2023-14, met for the first time on 18 April."""
    create_tables(con)
    con.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, "
        "last_seen, weeks, unexpected_count, keys, evidence, action) VALUES ('f1', 'charts.t', 'c', '题', 'critical', "
        "'open', '数据专员', '2023-14', '2023-14', 1, 2, '[]', '办结超出受理 224 件', '请更正')"
    )
    con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, "
        "evidence) VALUES ('f1', '2023-14', 'charts.t', 'c', 2, '[]', '办结超出受理 224 件')"
    )
    settle(con, datetime(2023, 4, 18, 9))
    return con


def postpone(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at) "
        "VALUES ('d1', 'f1', 'postpone', '等待核实', '2023-04-25', '张三', '2023-04-20 12:00:00')"
    )


def test_the_state_of_any_past_day_can_be_asked(desk: duckdb.DuckDBPyConnection):
    postpone(desk)
    settle(desk, datetime(2023, 4, 21, 8))
    days = ("2023-04-17", "2023-04-18", "2023-04-19", "2023-04-20", "2023-04-25", "2023-04-26")
    asked = {day: desk.execute("SELECT status FROM quality.state_on(?)", [day]).fetchall() for day in days}
    assert asked == {
        "2023-04-17": [],
        "2023-04-18": [("open",)],
        "2023-04-19": [("open",)],
        "2023-04-20": [("postponed",)],
        "2023-04-25": [("postponed",)],
        "2023-04-26": [("expired",)],
    }


def test_a_waiver_that_ran_out_is_an_event_and_earlier_events_stay(desk: duckdb.DuckDBPyConnection):
    postpone(desk)
    settle(desk, NOON)
    settle(desk, datetime(2023, 4, 26, 8))
    trail = "SELECT event_no, from_status, to_status FROM quality.finding_event ORDER BY event_no"
    assert desk.execute(trail).fetchall() == [(1, None, "open"), (2, "open", "postponed"), (3, "postponed", "expired")]
    assert desk.execute("SELECT status FROM quality.finding").fetchall() == [("expired",)]


def test_settling_again_appends_nothing(desk: duckdb.DuckDBPyConnection):
    postpone(desk)
    assert [settle(desk, NOON), settle(desk, NOON), settle(desk, datetime(2023, 4, 22, 8))] == [1, 0, 0]
    assert desk.execute("SELECT count(*) FROM quality.finding_event").fetchone() == (2,)


def test_the_latest_decision_counts_and_of_two_at_one_moment_the_one_written_last(
    desk: duckdb.DuckDBPyConnection,
):
    assert last_decisions(desk) == {}
    postpone(desk)
    desk.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, decided_at) VALUES "
        "('d0', 'f1', 'accept', '早先', '2023-04-19 12:00:00'), "
        "('d2', 'f1', 'send_back', '同时', '2023-04-20 12:00:00')"
    )
    (decision,) = last_decisions(desk).values()
    assert (decision.decision_id, decision.kind, decision.correction_status) == ("d2", "send_back", None)


def test_the_facts_of_a_finding_come_by_week(desk: duckdb.DuckDBPyConnection):
    assert weeks_of(desk, "f1") == [("2023-14", 2, "办结超出受理 224 件", None)]
    assert weeks_of(desk, "f2") == []
