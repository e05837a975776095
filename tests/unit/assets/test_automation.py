"""Which weeks files and the calendar ask for."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.automation import UNFINISHED_WEEKS, Source, inbox_sensor, runs_to_ask_for, weeks_of_files
from assets.definitions import WEEKLY_JOB
from assets.partitions import range_tags
from assets.week_partitions import WEEKS
from assets.weeks_to_run import LoadedWeeks
from pipeline.common.clock import beijing_now
from pipeline.contracts import load_contracts
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings


@pytest.fixture
def source(settings: Settings, calendar: ReportingCalendar) -> Source:
    return Source(settings, calendar, load_contracts(settings.contracts))


def ranges(weeks: list[str], loaded: LoadedWeeks, source: Source) -> list[tuple[str, str]]:
    return [(run.first, run.last) for run in runs_to_ask_for(weeks, loaded, source)]


def test_files_that_cannot_be_recognised_name_no_week(source: Source) -> None:
    source.settings.inbox.mkdir(parents=True)
    (source.settings.inbox / "坏.xlsx").write_bytes(b"nothing that can be read")
    assert weeks_of_files(source, ["坏.xlsx", "gone.csv", UNFINISHED_WEEKS]) == []


def test_a_range_goes_to_the_last_week_that_moves_with_it(source: Source) -> None:
    loaded = LoadedWeeks(delivered=("2022-50", "2023-15"))
    assert ranges(["2023-03", "2023-05"], loaded, source) == [("2023-03", "2023-15")]
    assert ranges([], loaded, source) == [("2023-15", "2023-15")]
    of_today = source.calendar.week_of(beijing_now().date()).week_id
    assert ranges([], LoadedWeeks(), source) == [(of_today, of_today)]


def test_unfinished_weeks_are_part_of_the_range(source: Source) -> None:
    loaded = LoadedWeeks(delivered=("2023-01", "2023-02"), unfinished=("2023-01",))
    assert ranges([], loaded, source) == [("2023-01", "2023-02")]


def test_weeks_behind_a_gap_of_years_have_a_run_of_their_own(source: Source) -> None:
    loaded = LoadedWeeks(delivered=("2023-14",))
    assert ranges(["2019-15", "2023-15"], loaded, source) == [("2023-15", "2023-15"), ("2019-15", "2019-15")]
    stuck = LoadedWeeks(delivered=("2019-15", "2023-14"), unfinished=("2019-15",), resumable=("2019-15",))
    assert ranges([], stuck, source) == [("2023-14", "2023-14"), ("2019-15", "2019-15")]


def test_a_closed_gate_behind_a_gap_asks_for_no_run(source: Source) -> None:
    closed = LoadedWeeks(delivered=("2019-15", "2023-14"), unfinished=("2019-15",))
    assert ranges(["2023-15"], closed, source) == [("2023-15", "2023-15")]


def test_the_sensor_says_why_it_asks_for_several_runs_and_what_it_asked_for_before(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.settings.inbox.mkdir(parents=True)
    rested = source.settings.inbox / "旧报送.csv"
    rested.write_bytes(b"x")
    monkeypatch.setattr("assets.automation.weeks_of_files", lambda *_: ["2019-15", "2023-15"])
    monkeypatch.setattr("assets.automation.epoch_seconds", lambda: rested.stat().st_ctime + 60)
    sensor = inbox_sensor(source, WEEKLY_JOB)
    said: list[str] = []
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        monkeypatch.setattr(context.log, "info", said.append)
        first = sensor(context)
        assert isinstance(first, dg.SensorResult)
        known = instance.get_dynamic_partitions(str(WEEKS.name))
        second = sensor(dg.build_sensor_context(instance=instance, cursor=first.cursor))
    assert {"2019-15", "2023-15"} <= set(known), "before a run is asked for, its weeks are partitions"
    requests = first.run_requests or []
    assert [request.tags for request in requests] == [
        range_tags("2023-15", "2023-15"),
        range_tags("2019-15", "2019-15"),
    ]
    assert len({request.run_key for request in requests}) == 2
    assert said == ["2019-15 至 2019-15 期与 2023-15 期隔着没有报送的年份，另请求一次运行"]
    assert isinstance(second, dg.SensorResult)
    assert "1 个已请求过运行而仍在收件目录" in str(second.skip_reason)
