"""Which weeks a run from the command line takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.weeks_to_run import LoadedWeeks, RunWeeks, left_words, loaded_weeks, range_of, weeks_to_run
from pipeline.ingest.load.ledger import prepare
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse import DamagedWarehouseError, open_warehouse
from pipeline.warehouse.week_stages import Stage, record_stage

FINISHED = LoadedWeeks(delivered=("2022-50", "2023-03", "2023-15"))


@pytest.fixture
def loaded(settings: Settings) -> Settings:
    """A home in which 2022-50 is finished, 2023-14 was only checked, and 2023-15 only loaded."""
    with open_warehouse(settings) as con:
        prepare(con, [])
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, source, week_id, status, contract_fingerprint) VALUES"
            " ('a', 's', '2022-50', 'current', 'f'), ('b', 's', '2023-14', 'current', 'f'),"
            " ('c', 's', '2023-15', 'current', 'f'), ('d', 's', '2023-20', 'superseded', 'f')"
        )
        for stage in Stage:
            record_stage(con, stage, ["2022-50"])
        record_stage(con, Stage.CHECKED, ["2023-14"])
    return settings


def test_without_new_files_the_week_runs_alone(settings: Settings, calendar: ReportingCalendar) -> None:
    assert weeks_to_run(settings, calendar, "2023-10") == RunWeeks("2023-10", "2023-10")


def test_weeks_that_an_earlier_run_did_not_finish_are_taken_up_though_the_inbox_is_empty(
    loaded: Settings, calendar: ReportingCalendar
) -> None:
    unfinished = ("2023-14", "2023-15")
    assert weeks_to_run(loaded, calendar, "2023-16") == RunWeeks("2023-14", "2023-16", unfinished)
    assert weeks_to_run(loaded, calendar, "2023-02") == RunWeeks("2023-02", "2023-15", unfinished)


def test_new_files_of_earlier_weeks_are_taken_and_later_ones_wait() -> None:
    waiting = ["2023-09", "2023-08", "2023-12"]
    assert range_of(waiting, "2023-10", LoadedWeeks()) == RunWeeks("2023-08", "2023-10")


def test_the_later_weeks_of_the_year_move_with_an_earlier_one() -> None:
    assert range_of(["2023-03"], "2023-10", FINISHED) == RunWeeks("2023-03", "2023-15")
    assert range_of(["2022-40"], "2022-41", FINISHED) == RunWeeks("2022-40", "2022-50")


def test_weeks_that_will_be_read_again_are_taken() -> None:
    loaded = LoadedWeeks(delivered=("2023-03", "2023-15"), read_otherwise=("2023-03",))
    assert range_of([], "2023-15", loaded) == RunWeeks("2023-03", "2023-15")


def test_a_warehouse_that_cannot_be_asked_moves_nothing(settings: Settings) -> None:
    assert loaded_weeks(settings, {}) == LoadedWeeks()
    with open_warehouse(settings) as con:
        con.execute("DROP TABLE ledger.delivery")
    assert loaded_weeks(settings, {}) == LoadedWeeks()


def test_a_damaged_warehouse_is_told_before_anything_runs(settings: Settings) -> None:
    settings.home.mkdir()
    settings.warehouse_path.write_bytes(b"no database")
    with pytest.raises(DamagedWarehouseError, match="zhoubao verify"):
        loaded_weeks(settings, {})


def test_weeks_that_the_calendar_no_longer_has_ask_for_no_run() -> None:
    loaded = LoadedWeeks(
        delivered=("2014-15", "2023-14"), unfinished=("2014-15",), read_otherwise=("2014-15", "2029-01")
    )
    kept = loaded.of_years(range(2015, 2028))
    assert kept == LoadedWeeks(delivered=("2023-14",))
    assert range_of([], "2023-15", kept) == RunWeeks("2023-15", "2023-15")


def test_a_gap_of_whole_years_is_no_part_of_a_run_and_what_lies_behind_it_is_named() -> None:
    loaded = LoadedWeeks(delivered=("2023-01", "2023-14"), unfinished=("2018-03",))
    run = range_of(["2019-15", "2023-15"], "2023-15", loaded)
    assert run == RunWeeks("2023-15", "2023-15", left=(("2018-03", "2019-15"),))
    assert range_of(["2019-15"], "2019-15", LoadedWeeks()) == RunWeeks("2019-15", "2019-15")
    run = range_of(["2022-50"], "2023-15", loaded)
    assert run == RunWeeks("2022-50", "2023-15", left=(("2018-03",),))


def test_unfinished_weeks_of_later_years_are_left_too_where_a_gap_divides_them() -> None:
    loaded = LoadedWeeks(delivered=("2023-14",), unfinished=("2023-14",))
    assert range_of(["2019-15"], "2019-15", loaded) == RunWeeks("2019-15", "2019-15", left=(("2023-14",),))


def test_each_lot_of_weeks_behind_a_gap_is_told_in_a_sentence_with_its_command() -> None:
    run = range_of(["2015-02", "2019-03", "2019-15", "2023-15"], "2023-15", LoadedWeeks())
    assert left_words(run) == [
        "2015-02 期与 2023-15 期隔着没有报送的年份，不会一起做；请单独运行 zhoubao run --week 2015-02。",
        "2019-03、2019-15 期与 2023-15 期隔着没有报送的年份，不会一起做；请单独运行 zhoubao run --week 2019-15。",
    ]
    assert left_words(range_of(["2022-50", "2023-15"], "2023-15", LoadedWeeks())) == []


@given(
    st.sets(st.tuples(st.integers(2015, 2026), st.integers(1, 50)), min_size=1, max_size=8),
    st.sets(st.integers(2015, 2026)),
)
def test_the_run_and_the_lots_that_it_leaves_do_every_week_once(numbers: set[tuple[int, int]], years: set[int]) -> None:
    pending = sorted(f"{year}-{issue:02d}" for year, issue in numbers)
    loaded = LoadedWeeks(delivered=tuple(f"{year}-20" for year in sorted(years)))
    run = range_of(pending, pending[-1], loaded)
    runs = [run, *(range_of(lot, lot[-1], loaded) for lot in run.left)]
    for week in pending:
        assert len([run for run in runs if run.first <= week <= run.last]) == 1
