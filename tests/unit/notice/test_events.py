"""Which findings and waivers are worth a message, and when the same one is news again."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipeline.notice.events import Event, as_asked, run_events, waiver_events
from pipeline.notice.known import Waiver, known_of

WEEKS = ["2023-15"]


def test_a_decision_that_ran_out_since_the_last_checks_blocks_and_is_told(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE quality.finding SET until = '2023-04-30' WHERE finding_id = 'f4'")
    assert [event.key for event in run_events(con, WEEKS)] == ["critical/f1/1", "critical/f4/0"]


def test_a_finding_that_was_sent_back_until_a_day_is_announced_as_such(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE quality.finding SET status = 'sent_back', decision_id = 'd4' WHERE finding_id = 'f4'")
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, decided_at) "
        "VALUES ('d4', 'f4', 'send_back', '2023-04-25 09:00:00')"
    )
    (waiver,) = known_of(con).waivers
    (event,) = waiver_events([waiver], waiver.until, 7)
    assert event.words.startswith("期限在受理之后（公安厅）：退回，到 2999-04-30 为止，今天到期。")


def test_what_is_settled_or_a_warning_is_no_news(con: duckdb.DuckDBPyConnection) -> None:
    assert [event.key for event in run_events(con, WEEKS)] == ["critical/f1/1"]
    con.execute("UPDATE quality.finding SET status = 'corrected' WHERE finding_id = 'f1'")
    assert run_events(con, WEEKS) == []


def test_a_week_that_nobody_checked_blocks_and_is_told(con: duckdb.DuckDBPyConnection) -> None:
    (event,) = [event for event in run_events(con, ["2023-14"]) if event.key.startswith("unchecked")]
    assert event.words == "2023-14 期还没有检查过。处理：请先运行这一期"


@pytest.mark.parametrize(("days", "is_told"), [(-1, False), (0, True), (7, True), (8, False)])
def test_a_waiver_is_announced_in_its_last_days_only(days: int, is_told: bool) -> None:
    today = date(2023, 4, 24)
    waiver = Waiver("f4", "期限在受理之后", "公安厅", today + timedelta(days=days), "接受并说明")
    assert bool(waiver_events([waiver], today, 7)) is is_told


def test_a_waiver_that_is_extended_is_announced_anew() -> None:
    today = date(2023, 4, 24)
    waivers = [Waiver("f4", "期限在受理之后", "公安厅", today + timedelta(days=days), "接受并说明") for days in (1, 3)]
    first, second = waiver_events(waivers, today, 7)
    assert first.key != second.key
    assert "接受并说明，到 2023-04-25 为止，还有 1 天" in first.words


def test_a_finding_about_a_refused_file_carries_the_code_of_the_refusal(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE ledger.delivery (delivery_id VARCHAR, status VARCHAR, code VARCHAR)")
    con.execute("INSERT INTO ledger.delivery VALUES ('d1', 'refused', 'too_large')")
    place = '[{"file_name": "a.csv", "sheet": null, "first_row_no": null, "last_row_no": null, "delivery_id": "d1"}]'
    con.execute("UPDATE quality.finding SET places = ? WHERE finding_id = 'f1'", [place])
    (event,) = run_events(con, WEEKS)
    assert event.words.endswith("编号 f1，拒收代码 too_large")


def test_a_blocking_finding_is_told_as_critical_to_who_asked_for_critical_ones() -> None:
    blocked = Event("blocked", "critical/f1/1", "合计不符")
    assert as_asked(blocked, ("blocked",)) == blocked
    assert as_asked(blocked, ("critical",)) == Event("critical", "critical/f1/1", "合计不符")
    assert as_asked(blocked, ("waiver",)) is None
