"""Which weeks a run from the command line takes."""

from __future__ import annotations

import pytest

from assets.weeks_to_run import last_delivered_week, range_of, weeks_to_run
from pipeline.ingest.load.ledger import prepare
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse


@pytest.fixture
def loaded(settings: Settings) -> Settings:
    """A home whose last delivered weeks are 2022-50 and 2023-15."""
    with open_warehouse(settings) as con:
        prepare(con, [])
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, week_id, status) VALUES "
            "('a', '2022-50', 'current'), ('b', '2023-15', 'current'), ('c', '2023-20', 'superseded')"
        )
    return settings


def test_without_new_files_the_week_runs_alone(settings: Settings, calendar: ReportingCalendar) -> None:
    assert weeks_to_run(settings, calendar, "2023-10") == ("2023-10", "2023-10")


def test_new_files_of_earlier_weeks_are_taken_and_later_ones_wait(settings: Settings) -> None:
    assert range_of(["2023-09", "2023-08", "2023-12"], "2023-10", settings) == ("2023-08", "2023-10")


def test_the_later_weeks_of_the_year_move_with_an_earlier_one(loaded: Settings) -> None:
    assert range_of(["2023-03"], "2023-10", loaded) == ("2023-03", "2023-15")
    assert range_of(["2022-40"], "2022-41", loaded) == ("2022-40", "2022-50")


def test_a_warehouse_that_cannot_be_asked_moves_nothing(settings: Settings) -> None:
    assert last_delivered_week(settings, "2023-03") == "2023-03"
    settings.home.mkdir()
    settings.warehouse_path.write_bytes(b"no database")
    assert last_delivered_week(settings, "2023-03") == "2023-03"
