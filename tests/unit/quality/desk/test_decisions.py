"""What a decision needs, and that each is recorded once."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from pipeline.quality.codes import Kind
from pipeline.quality.desk.decisions import (
    Decision,
    DecisionError,
    basis_now,
    check_terms,
    decision_key,
    record,
    recorded_at,
)
from pipeline.quality.findings.states import basis_of
from pipeline.quality.schema import create_tables

TODAY = date(2023, 4, 20)
NOON = datetime(2023, 4, 20, 12)


@pytest.mark.parametrize(
    ("kind", "reason", "until", "words"),
    [
        ("accept", None, None, "没有写理由"),
        ("postpone", "等待核实", None, "没有写截至日期"),
        ("postpone", "等待核实", date(2023, 4, 19), "已经过去"),
        ("note", "等待核实", None, "选了“带说明发布”但没有写截至日期"),
        ("withhold", None, None, "没有写理由"),
        ("accept", "系统升级", date(2024, 4, 22), "超过一年"),
        ("correct", "漏打一位", TODAY, "“更正”不需要截至日期"),
        ("withdraw", "看错了", TODAY, "“撤回”不需要截至日期"),
    ],
)
def test_a_decision_that_lacks_something_says_what(
    kind: Kind, reason: str | None, until: date | None, words: str
) -> None:
    with pytest.raises(DecisionError, match=words):
        check_terms(kind, reason, until, TODAY)


@pytest.mark.parametrize(
    ("kind", "until"),
    [("accept", None), ("postpone", TODAY), ("correct", None), ("send_back", date(2024, 4, 20)), ("withhold", None)],
)
def test_a_decision_with_all_it_needs_is_taken(kind: Kind, until: date | None) -> None:
    check_terms(kind, "写明理由", until, TODAY)


def test_the_same_words_on_the_same_finding_are_the_same_decision() -> None:
    assert decision_key("f1", "v1", "接受并说明", None) == decision_key("f1", "v1", "接受并说明", None)
    assert decision_key("f1", "v1", "接受并说明", None) != decision_key("f1", "v2", "接受并说明", None)


def test_a_recorded_decision_is_known_with_its_time(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    assert recorded_at(con, "d1") is None
    decision = Decision("d1", "f1", "accept", "系统升级", None, TODAY, "张三", NOON, None, "w1", "2023-14", "")
    record(con, decision)
    assert recorded_at(con, "d1") == NOON
    assert con.execute("SELECT finding_id, until, decided_by FROM quality.decision").fetchall() == [
        ("f1", TODAY, "张三")
    ]


def test_the_basis_of_a_decision_is_what_each_week_shows_now(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, "
        "evidence) VALUES ('f1', '2023-14', 'charts.t', 'c', 2, '[]', '超出 224 件')"
    )
    assert basis_now(con, "f1") == basis_of([("2023-14", 2, "超出 224 件", None)])
    assert basis_now(con, "f2") == ""
