"""Which weeks are partitions: those in use and the next one, in order of time whatever order they came in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest

from assets.partitions import range_tags, weekly_asset
from assets.week_partitions import WEEKS, grow_partitions, put_in_order, settle_partitions, weeks_in_use
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

YEARS = range(2015, 2028)
LONG_AFTER = date(2026, 11, 30)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def partitions(instance: dg.DagsterInstance) -> list[str]:
    return list(instance.get_dynamic_partitions(str(WEEKS.name)))


def span(weeks: list[str]) -> tuple[str, str, int]:
    return weeks[0], weeks[-1], len(weeks)


def test_they_begin_with_the_first_known_week_and_end_with_the_one_that_comes_next(calendar: ReportingCalendar) -> None:
    known = [f"2023-{number:02d}" for number in range(1, 16)]
    assert weeks_in_use(calendar, YEARS, known, LONG_AFTER) == [*known, "2023-16"]


def test_in_a_hall_that_is_alive_they_grow_with_the_calendar(calendar: ReportingCalendar) -> None:
    assert span(weeks_in_use(calendar, YEARS, ["2023-05", "2023-10"], date(2023, 5, 24)))[:2] == ("2023-05", "2023-20")
    assert span(weeks_in_use(calendar, YEARS, ["2023-50"], date(2024, 1, 10)))[:2] == ("2023-50", "2024-02")


def test_years_between_in_which_nothing_came_have_none(calendar: ReportingCalendar) -> None:
    weeks = weeks_in_use(calendar, YEARS, ["2019-15", "2023-03"], LONG_AFTER)
    assert {week[:4] for week in weeks} == {"2019", "2023"}
    assert (weeks[0], weeks[-1]) == ("2019-15", "2023-04")


def test_without_any_known_week_it_is_that_of_today(calendar: ReportingCalendar) -> None:
    assert weeks_in_use(calendar, YEARS, [], date(2023, 4, 19)) == ["2023-15"]
    assert weeks_in_use(calendar, YEARS, ["2010-01"], date(2023, 4, 19)) == ["2023-15"], "a year outside the calendar"


def test_an_earlier_week_that_comes_later_is_put_before_the_others(instance: dg.DagsterInstance) -> None:
    put_in_order(instance, ["2023-02", "2023-03"])
    put_in_order(instance, ["2023-01", "2023-02", "2023-03", "2023-04"])
    assert partitions(instance) == ["2023-01", "2023-02", "2023-03", "2023-04"]
    instance.add_dynamic_partitions(str(WEEKS.name), ["2022-50"])
    put_in_order(instance, ["2022-50", "2023-01"])
    assert partitions(instance) == ["2022-50", "2023-01"]


def test_a_range_runs_in_order_of_time_though_its_first_week_was_added_last(instance: dg.DagsterInstance) -> None:
    put_in_order(instance, ["2023-02", "2023-03"])
    put_in_order(instance, ["2023-01", "2023-02", "2023-03"])
    run: list[str] = []

    @weekly_asset(dg.AssetKey(["core", "a"]), WEEKS, [], "一 | one")
    def asset(context) -> None:  # type: ignore[no-untyped-def]
        run.extend(context.partition_keys)

    job = dg.Definitions([asset], jobs=[dg.define_asset_job("job", [asset])]).resolve_job_def("job")
    assert job.execute_in_process(instance=instance, tags=range_tags("2023-01", "2023-03")).success
    assert run == ["2023-01", "2023-02", "2023-03"]


def test_what_is_asked_for_and_not_delivered_goes_again(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar
) -> None:
    settle_partitions(instance, settings, calendar, ["2023-03", "2023-05"])
    assert partitions(instance) == ["2023-03", "2023-04", "2023-05", "2023-06"]
    settle_partitions(instance, settings, calendar, ["2023-03"])
    assert partitions(instance) == ["2023-03", "2023-04"]


def test_while_another_process_writes_none_is_taken_away(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar
) -> None:
    put_in_order(instance, ["2023-01", "2023-02"])
    settings.home.mkdir(parents=True)
    settings.warehouse_path.write_bytes(b"no warehouse that can be read")
    settle_partitions(instance, settings, calendar, ["2023-02"])
    assert partitions(instance) == ["2023-01", "2023-02", "2023-03"]


def test_a_week_that_was_loaded_brings_the_next_one(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar
) -> None:
    put_in_order(instance, ["2023-01", "2023-02"])
    grow_partitions(instance, settings, calendar, ["2023-02"])
    assert partitions(instance) == ["2023-01", "2023-02", "2023-03"]
    grow_partitions(instance, settings, calendar, ["2023-01"])
    assert partitions(instance) == ["2023-01", "2023-02", "2023-03"], "the week to come brings no other by itself"


def test_an_empty_home_has_the_weeks_that_wait_in_the_inbox(
    instance: dg.DagsterInstance, settings: Settings, calendar: ReportingCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.ingest.inbox.run.pending_weeks", lambda *_: ["2023-14", "2023-15"])
    assert settle_partitions(instance, settings, calendar) == ["2023-14", "2023-15", "2023-16"]
