"""Who is told what and when: once per event and channel, again where something is news, and never at a run's cost."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.notice.due import BEIJING, due_at, last_due
from pipeline.notice.events import run_events, waiver_events
from pipeline.notice.known import Known, Waiver, known_of, read_known, write_known
from pipeline.notice.tell import tell_between_runs, tell_of_run, try_channels
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import DueTime, NoticeSettings, Settings, load_settings
from tests.unit.notice.receivers import HttpReceiver

WEEKS = ["2023-15"]
MONDAY = DueTime(sources=("window_weekly", "item_volume"), weekday=1, time=time(10))
AFTER_DUE = datetime(2023, 4, 24, 10, 1, tzinfo=BEIJING)


def settings_of(home: Path, *urls: str, **notice: Any) -> Settings:
    return load_settings(home=home, notice=NoticeSettings(urls=urls, **notice))  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def told_over(home: Path, http: HttpReceiver) -> Settings:
    return settings_of(home, f"json://127.0.0.1:{http.port}", due=(MONDAY,))


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


def test_a_damaged_memory_repeats_a_message_rather_than_losing_one(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection
) -> None:
    tell_of_run(con, told_over, WEEKS)
    (told_over.notices / "sent.json").write_text("{", "utf-8")
    tell_of_run(con, told_over, WEEKS)
    assert len(http.requests) == 2


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


@pytest.mark.parametrize(
    ("week", "weekday", "expected"),
    [
        ("2023-15", 1, datetime(2023, 4, 24, 10, tzinfo=BEIJING)),
        ("2023-15", 6, datetime(2023, 4, 23, 10, tzinfo=BEIJING)),
        ("2023-16", 1, datetime(2023, 5, 4, 10, tzinfo=BEIJING)),
    ],
    ids=["monday", "saturday_is_off_and_sunday_is_a_make_up_day", "monday_in_the_may_holiday"],
)
def test_an_export_is_due_on_its_weekday_or_the_next_working_day(
    calendar: ReportingCalendar, week: str, weekday: int, expected: datetime
) -> None:
    due = DueTime(sources=("x",), weekday=weekday, time=time(10))
    assert due_at(calendar.week(week), due, calendar) == expected


def test_a_week_is_due_from_its_time_on_and_over_the_turn_of_the_year(calendar: ReportingCalendar) -> None:
    before = AFTER_DUE - timedelta(minutes=2)
    assert [week.week_id for week in (last_due(MONDAY, calendar, now) for now in (before, AFTER_DUE)) if week] == [
        "2023-14",
        "2023-15",
    ]
    week = last_due(MONDAY, calendar, datetime(2024, 1, 3, tzinfo=BEIJING))
    assert week is not None
    assert week.year == 2023


def test_an_export_that_is_late_is_told_once_and_one_that_came_is_not(
    told_over: Settings, http: HttpReceiver, calendar: ReportingCalendar
) -> None:
    write_known(told_over, Known(frozenset({("window_weekly", "2023-15")})))
    contracts = load_contracts(told_over.contracts_dir)
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
    told = tell_between_runs(told_over, calendar, load_contracts(told_over.contracts_dir), AFTER_DUE)
    assert (told.message, http.requests) == ("没有新的事情要通知", [])


def test_a_waiver_is_announced_between_two_runs_too(
    told_over: Settings, http: HttpReceiver, con: duckdb.DuckDBPyConnection, calendar: ReportingCalendar
) -> None:
    con.execute("UPDATE quality.finding SET until = '2023-04-30' WHERE finding_id = 'f4'")
    write_known(told_over, known_of(con))
    con.close()
    before = datetime(2023, 4, 24, 9, tzinfo=BEIJING)
    told = tell_between_runs(told_over, calendar, load_contracts(told_over.contracts_dir), before)
    assert [event.key for event in told.events if event.kind == "waiver"] == ["waiver/f4/2023-04-30"]
    assert "公安厅" in http.requests[0].json["message"]


def test_what_a_run_knows_is_read_back_as_it_was(told_over: Settings, con: duckdb.DuckDBPyConnection) -> None:
    known = known_of(con)
    assert known.arrived == {("window_weekly", "2023-15"), ("case_detail", "2023-15")}
    write_known(told_over, known)
    assert read_known(told_over) == known
    assert told_over.notices.stat().st_mode & 0o077 == 0


def test_a_first_load_leaves_its_note_before_anything_was_checked() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA ledger; CREATE TABLE ledger.current_delivery (source VARCHAR, week_id VARCHAR)")
        assert known_of(con) == Known()


def test_a_warehouse_without_a_note_of_arrivals_gives_no_false_alarm(
    told_over: Settings, http: HttpReceiver, calendar: ReportingCalendar
) -> None:
    told_over.home.mkdir()
    told_over.warehouse_path.touch()
    told = tell_between_runs(told_over, calendar, load_contracts(told_over.contracts_dir), AFTER_DUE)
    assert told.problem.startswith("还不知道哪些报送已到")
    assert http.requests == []


def test_a_due_time_for_an_unknown_source_is_a_sentence(home: Path, calendar: ReportingCalendar) -> None:
    settings = settings_of(home, "json://127.0.0.1:9", due=(DueTime(sources=("window_weekl",), weekday=1),))
    told = tell_between_runs(settings, calendar, load_contracts(settings.contracts_dir), AFTER_DUE)
    assert "没有这样的来源：window_weekl" in told.problem


def test_a_trial_reaches_every_channel_and_is_not_remembered(told_over: Settings, http: HttpReceiver) -> None:
    assert [outcome.is_sent for outcome in try_channels(told_over)] == [True]
    assert http.requests[0].json["title"] == "【周报】试发通知"
    assert not told_over.notices.exists()


def test_the_section_in_the_toml_is_read_and_a_typing_mistake_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "zhoubao.toml"
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(config))
    config.write_text('[notice]\nurls = ["wecombot://${K}"]\n[[notice.due]]\nsources = ["x"]\nweekday = 1\n', "utf-8")
    assert load_settings().notice.due == (DueTime(sources=("x",), weekday=1),)
    assert "wecombot" not in repr(load_settings())
    config.write_text('[notice]\nurl = ["wecombot://K"]\n', "utf-8")
    with pytest.raises(ValueError, match=r"notice\.url"):
        load_settings()
