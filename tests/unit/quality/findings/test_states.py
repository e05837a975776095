from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from pipeline.quality.findings.states import Settled, WeekFacts, basis_of, settle, state_of
from pipeline.quality.schema import create_tables

TODAY = date(2023, 4, 20)
NOON = datetime(2023, 4, 20, 12)
SHOWN: WeekFacts = ("2023-14", 2, "办结超出受理 224 件", None)
RULED: WeekFacts = ("2023-14", 2, "办结超出受理 224 件", "上年结转 300 件可以解释")
NEXT: WeekFacts = ("2023-15", 1, "办结超出受理 9 件", None)


def settled(
    kind: str, *, until: date | None = None, basis: str | None = None, correction: str | None = None
) -> Settled:
    known = basis_of([SHOWN]) if basis is None else basis
    return Settled("d1", kind, "手工合计", until, "张三", NOON, "2023-14", known, correction)


@pytest.mark.parametrize(
    ("facts", "decision", "status"),
    [
        pytest.param([SHOWN], None, "open", id="nobody has decided"),
        pytest.param([RULED], None, "explained", id="a rule explains it"),
        pytest.param([RULED, NEXT], None, "open", id="a rule explains only one of its weeks"),
        pytest.param([], None, "fixed_at_source", id="the check passes now"),
        pytest.param([SHOWN], settled("accept"), "waived", id="accepted as it is"),
        pytest.param([SHOWN, NEXT], settled("accept"), "open", id="accepted and a week came after"),
        pytest.param([(*SHOWN[:1], 3, *SHOWN[2:])], settled("accept"), "open", id="accepted and a figure moved"),
        pytest.param([SHOWN, NEXT], settled("accept", until=TODAY), "waived", id="accepted to a day covers new weeks"),
        pytest.param([SHOWN], settled("postpone", until=TODAY), "waived", id="postponed, on its last day"),
        pytest.param([SHOWN], settled("postpone", until=date(2023, 4, 19)), "expired", id="postponed, a day after"),
        pytest.param([RULED], settled("postpone", until=date(2023, 4, 19)), "explained", id="run out but explained"),
        pytest.param([SHOWN], settled("send_back"), "sent_back", id="sent back"),
        pytest.param([], settled("send_back"), "fixed_at_source", id="sent back and delivered anew"),
        pytest.param([SHOWN], settled("withdraw"), "open", id="the decision is taken back"),
        pytest.param([SHOWN], settled("correct", correction="active"), "corrected", id="corrected, not checked yet"),
        pytest.param([], settled("correct", correction="active"), "corrected", id="corrected and the check passes"),
        pytest.param([SHOWN], settled("correct", correction="failed"), "open", id="corrected and the source moved"),
        pytest.param([SHOWN], settled("correct", correction="obsolete"), "open", id="source right, check still fails"),
        pytest.param([], settled("correct", correction="obsolete"), "fixed_at_source", id="source says it right now"),
    ],
)  # fmt: skip
def test_a_findings_state_follows_from_its_weeks_and_its_last_decision(
    facts: list[WeekFacts], decision: Settled | None, status: str
):
    assert state_of(facts, decision, frozenset(), False, TODAY).status == status


def test_a_correction_that_a_check_finds_to_be_no_cure_reopens_and_stays_open():
    decision = settled("correct", correction="active")
    assert state_of([SHOWN], decision, frozenset(), True, TODAY).status == "open"
    assert state_of([SHOWN], decision, frozenset({"d1"}), False, TODAY).status == "open"


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
        "2023-04-20": [("waived",)],
        "2023-04-25": [("waived",)],
        "2023-04-26": [("expired",)],
    }


def test_a_waiver_that_ran_out_is_an_event_and_earlier_events_stay(desk: duckdb.DuckDBPyConnection):
    postpone(desk)
    settle(desk, NOON)
    settle(desk, datetime(2023, 4, 26, 8))
    trail = "SELECT event_no, from_status, to_status FROM quality.finding_event ORDER BY event_no"
    assert desk.execute(trail).fetchall() == [(1, None, "open"), (2, "open", "waived"), (3, "waived", "expired")]
    assert desk.execute("SELECT status FROM quality.finding").fetchall() == [("expired",)]


def test_settling_again_appends_nothing(desk: duckdb.DuckDBPyConnection):
    postpone(desk)
    assert [settle(desk, NOON), settle(desk, NOON), settle(desk, datetime(2023, 4, 22, 8))] == [1, 0, 0]
    assert desk.execute("SELECT count(*) FROM quality.finding_event").fetchone() == (2,)


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
