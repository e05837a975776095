"""The colours of checks: red only where somebody still has to decide, and never a settled failure in green."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.quality.findings.lights import Light, lights, why_words
from pipeline.quality.schema import create_tables

WEEK = "2023-15"


@pytest.fixture
def hall() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        create_tables(con)
        yield con


def result(
    con: duckdb.DuckDBPyConnection, check: str, status: str = "failed", severity: str = "critical", week: str = WEEK
) -> None:
    con.execute(
        "INSERT INTO quality.check_result VALUES (?, 'charts.t', ?, ?, ?, 1, 9, '', '12 与 11 不等', '[]', now())",
        [week, check, severity, status],
    )


def finding(
    con: duckdb.DuckDBPyConnection,
    check: str,
    status: str,
    *,
    severity: str = "critical",
    week: str = WEEK,
    owner: str = "报送部门",
    until: str | None = None,
) -> str:
    identity = f"{check}-{status}-{owner}-{week}"
    con.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, "
        "last_seen, weeks, unexpected_count, keys, evidence, action, until) "
        "VALUES (?, 'charts.t', ?, '合计', ?, ?, ?, ?, ?, 1, 1, '[]', '12 与 11 不等', '核对', ?)",
        [identity, check, severity, status, owner, week, week, until],
    )
    con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, "
        "evidence, explanation) VALUES (?, ?, 'charts.t', ?, 1, '[]', '12 与 11 不等', '上年结转可以解释')",
        [identity, week, check],
    )
    return identity


def only(con: duckdb.DuckDBPyConnection) -> Light:
    (light,) = lights(con)
    return light


@pytest.mark.parametrize(
    ("severity", "status", "colour"),
    [
        ("critical", "open", "red"),
        ("critical", "expired", "red"),
        ("critical", "waived", "yellow"),
        ("critical", "corrected", "yellow"),
        ("critical", "sent_back", "red"),
        ("critical", "postponed", "red"),
        ("critical", "noted", "yellow"),
        ("critical", "withheld", "yellow"),
        ("warning", "sent_back", "red"),
        ("warning", "postponed", "yellow"),
        ("critical", "explained", "yellow"),
        ("warning", "open", "yellow"),
        ("warning", "expired", "yellow"),
        ("warning", "explained", "yellow"),
    ],
)
def test_only_what_still_stops_the_release_is_red(
    hall: duckdb.DuckDBPyConnection, severity: str, status: str, colour: str
) -> None:
    result(hall, "a", severity=severity)
    finding(hall, "a", status, severity=severity)
    assert (only(hall).colour, only(hall).state) == (colour, status)


def test_a_check_that_passed_is_green(hall: duckdb.DuckDBPyConnection) -> None:
    result(hall, "a", status="passed")
    assert (only(hall).colour, only(hall).state, only(hall).why) == ("green", "passed", "")


def test_one_open_finding_among_settled_ones_keeps_the_check_red_and_each_says_why(
    hall: duckdb.DuckDBPyConnection,
) -> None:
    result(hall, "a")
    finding(hall, "a", "explained")
    finding(hall, "a", "open", owner="水利厅")
    light = only(hall)
    assert (light.colour, light.state) == ("red", "open")
    assert light.why == "上年结转可以解释；等待处理：水利厅"


def test_a_waiver_says_who_accepted_why_and_until_when(hall: duckdb.DuckDBPyConnection) -> None:
    result(hall, "a")
    identity = finding(hall, "a", "waived", until="2023-06-30")
    hall.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at) "
        "VALUES ('d1', ?, 'accept', '来源系统升级', '2023-06-30', '张专员', '2023-04-25 09:30:00')",
        [identity],
    )
    hall.execute("UPDATE quality.finding SET decision_id = 'd1'")
    assert only(hall).why == "接受并说明，到 2023-06-30：来源系统升级（张专员，2023-04-25）"


def test_a_finding_that_opened_again_says_why(hall: duckdb.DuckDBPyConnection) -> None:
    result(hall, "a")
    identity = finding(hall, "a", "open")
    event = "INSERT INTO quality.finding_event VALUES (?, ?, '2023-04-25', '检查', NULL, 'open', NULL, NULL, ?)"
    hall.execute(event, [identity, 1, "12 与 11 不等"])
    assert only(hall).why == "等待处理：报送部门"
    hall.execute(event, [identity, 2, "来源又有变化，更正不再适用：12 与 11 不等"])
    assert only(hall).why == "来源又有变化，更正不再适用。等待处理：报送部门"


def test_every_week_has_its_own_light(hall: duckdb.DuckDBPyConnection) -> None:
    for week, status in (("2023-13", "passed"), ("2023-14", "failed"), (WEEK, "passed")):
        result(hall, "a", status=status, week=week)
    finding(hall, "a", "open", week="2023-14")
    assert [light.colour for light in lights(hall)] == ["green", "red", "green"]


def test_a_decision_without_name_or_reason_says_so() -> None:
    row = {"status": "waived", "kind": None, "until": None, "reason": None, "decided_by": None, "decided_at": None}
    assert why_words(row) == "已处理：未写理由"
