"""Who is told what and when: once per event and channel, again where something is news, and never at a run's cost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from pipeline.common.clock import BEIJING
from pipeline.contracts import load_contracts
from pipeline.notice.events import Event
from pipeline.notice.known import Known, known_of, write_known
from pipeline.notice.tell import tell, tell_between_runs, tell_of_run, try_channels
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import DueTime, Settings, load_settings
from tests.unit.notice.hall_settings import settings_of
from tests.unit.notice.receivers import HttpReceiver

WEEKS = ["2023-15"]
AFTER_DUE = datetime(2023, 4, 24, 10, 1, tzinfo=BEIJING)


def test_nothing_is_sent_without_a_url(home: Path, con: duckdb.DuckDBPyConnection) -> None:
    told = tell_of_run(con, load_settings(home=home), WEEKS)
    assert (told.events, told.outcomes, told.message) == ((), (), "没有新的事情要通知")


def test_a_blocked_release_is_told_with_what_where_whose_and_what_to_do(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    told = tell_of_run(con, told_over, WEEKS)
    assert told.message == "已通知 1 件事：1. webhook 127.0.0.1"
    (request,) = http.requests
    assert request.json["title"] == "【周报】暂不能发布 1 项"
    assert request.json["message"].split("\n") == [
        "■ 暂不能发布",
        "1. 合计与明细相等（2023-15 期，报送部门、水利厅）：合计 12 与逐行相加 11 不等。"
        "处理：请核对后重新报送。编号 f1",
        "在哪里看：review/2023-15/ 中的处理单 findings.xlsx 和质量页 quality.html（可离线打开）。",
    ]


def test_the_same_news_is_told_once_and_a_finding_that_opens_again_is_news(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    for _ in range(2):
        tell_of_run(con, told_over, WEEKS)
    assert len(http.requests) == 1
    con.execute(
        "INSERT INTO quality.finding_event VALUES "
        "('f1', 2, '2023-05-01', 'run', 'open', 'waived', NULL, NULL, ''), "
        "('f1', 3, '2023-05-08', 'run', 'waived', 'expired', NULL, NULL, '')"
    )
    con.execute("UPDATE quality.finding SET status = 'expired' WHERE finding_id = 'f1'")
    tell_of_run(con, told_over, WEEKS)
    assert len(http.requests) == 2


def test_a_new_finding_is_told_alone_beside_a_count_of_the_old(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    tell_of_run(con, told_over, WEEKS)
    con.execute("UPDATE quality.finding SET status = 'open' WHERE finding_id = 'f2'")
    tell_of_run(con, told_over, WEEKS)
    body = http.requests[1].json["message"]
    assert "编号 f2" in body
    assert "编号 f1" not in body
    assert "另有 1 项先前已通知、仍未处理。" in body


def test_a_channel_that_failed_is_tried_again_and_the_other_is_not(
    home: Path, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    with HttpReceiver(status=500) as broken:
        settings = settings_of(home, f"json://127.0.0.1:{http.port}", f"json://127.0.0.1:{broken.port}")
        first = tell_of_run(con, settings, WEEKS)
        assert len(first.failures) == 1
        assert first.failures[0].startswith("2. webhook 127.0.0.1 发送失败：")
        broken.status = 200
        assert tell_of_run(con, settings, WEEKS).failures == ()
        assert (len(http.requests), len(broken.requests)) == (1, 2)


def test_only_the_chosen_kinds_are_told(home: Path, http: HttpReceiver, con: duckdb.DuckDBPyConnection) -> None:
    settings = settings_of(home, f"json://127.0.0.1:{http.port}", events=("waiver",))
    assert tell_of_run(con, settings, WEEKS).outcomes == ()
    assert http.requests == []


def test_who_asked_for_critical_findings_alone_is_told_of_those_that_block(
    home: Path, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    settings = settings_of(home, f"json://127.0.0.1:{http.port}", events=("critical",))
    assert [event.kind for event in tell_of_run(con, settings, WEEKS).events] == ["critical"]


def test_a_damaged_memory_repeats_a_message_rather_than_losing_one(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    tell_of_run(con, told_over, WEEKS)
    (told_over.notices / "sent.json").write_text("{", "utf-8")
    tell_of_run(con, told_over, WEEKS)
    assert len(http.requests) == 2


def test_an_export_that_is_late_is_told_once_and_one_that_came_is_not(
    told_over: Settings, http: HttpReceiver, calendar: ReportingCalendar
) -> None:
    write_known(told_over, Known(frozenset({("window_weekly", "2023-15")})))
    contracts = load_contracts(told_over.contracts)
    for _ in range(2):
        tell_between_runs(told_over, calendar, contracts, AFTER_DUE)
    (request,) = http.requests
    assert request.json["title"] == "【周报】到时未收到的报送 1 项"
    assert (
        "事项受理办结统计：2023-15 期（4 月 17 日至4 月 21 日）还没有收到，应于 4 月 24 日（周一）10:00 前报送"
        in request.json["message"]
    )


def test_an_export_that_waits_in_the_inbox_is_not_late(
    told_over: Settings, http: HttpReceiver, calendar: ReportingCalendar
) -> None:
    from pipeline.sample import write_sample

    write_sample(told_over.inbox, scale=0.001, calendar=calendar)
    for path in told_over.inbox.iterdir():
        if "2023-15" not in path.name or "明细" in path.name:
            path.unlink()
    write_known(told_over, Known())
    told = tell_between_runs(told_over, calendar, load_contracts(told_over.contracts), AFTER_DUE)
    assert (told.message, http.requests) == ("没有新的事情要通知", [])


def test_a_waiver_is_announced_between_two_runs_too(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection, calendar: ReportingCalendar
) -> None:
    con.execute("UPDATE quality.finding SET until = '2023-04-30' WHERE finding_id = 'f4'")
    write_known(told_over, known_of(con))
    con.close()
    before = datetime(2023, 4, 24, 9, tzinfo=BEIJING)
    told = tell_between_runs(told_over, calendar, load_contracts(told_over.contracts), before)
    assert [event.key for event in told.events if event.kind == "waiver"] == ["waiver/f4/2023-04-30"]
    assert "公安厅" in http.requests[0].json["message"]


def test_a_warehouse_without_a_note_of_arrivals_gives_no_false_alarm(
    told_over: Settings, http: HttpReceiver, calendar: ReportingCalendar
) -> None:
    told_over.home.mkdir()
    told_over.warehouse_path.touch()
    told = tell_between_runs(told_over, calendar, load_contracts(told_over.contracts), AFTER_DUE)
    assert told.problem.startswith("还不知道哪些报送已到")
    assert http.requests == []


def test_a_due_time_for_an_unknown_source_is_a_sentence(home: Path, calendar: ReportingCalendar) -> None:
    settings = settings_of(home, "json://127.0.0.1:9", due=(DueTime(sources=("window_weekl",), weekday=1),))
    told = tell_between_runs(settings, calendar, load_contracts(settings.contracts), AFTER_DUE)
    assert "没有这样的来源：window_weekl" in told.problem


def test_a_trial_reaches_every_channel_and_is_not_remembered(told_over: Settings, http: HttpReceiver) -> None:
    assert [outcome.is_sent for outcome in try_channels(told_over)] == [True]
    assert http.requests[0].json["title"] == "【周报】试发通知"
    assert not told_over.notices.exists()


def test_two_rounds_in_a_row_tell_the_same_event_once(told_over: Settings, http: HttpReceiver) -> None:
    event = Event("blocked", "critical/f9/1", "合计不符")
    assert tell(told_over, [event]).events == (event,)
    assert tell(told_over, [event]).events == ()
    assert len(http.requests) == 1
