"""Which weeks files and the calendar ask for."""

from __future__ import annotations

import pytest

from assets.automation import UNFINISHED_WEEKS, Source, run_range, weeks_of_files
from assets.weeks_to_run import LoadedWeeks
from pipeline.contracts import load_contracts
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings


@pytest.fixture
def source(settings: Settings, calendar: ReportingCalendar) -> Source:
    return Source(settings, calendar, load_contracts(settings.contracts_dir))


def test_files_that_cannot_be_recognised_name_no_week(source: Source) -> None:
    source.settings.inbox.mkdir(parents=True)
    (source.settings.inbox / "坏.xlsx").write_bytes(b"nothing that can be read")
    assert weeks_of_files(source, ["坏.xlsx", "gone.csv", UNFINISHED_WEEKS]) == []


def test_a_range_goes_to_the_last_week_that_moves_with_it(source: Source) -> None:
    loaded = LoadedWeeks(delivered=("2022-50", "2023-15"))
    assert run_range(["2023-03", "2023-05"], loaded, source) == ("2023-03", "2023-15")
    assert run_range([], loaded, source) == ("2023-15", "2023-15")
    assert run_range([], LoadedWeeks(), source) == ("2015-01", "2015-01")


def test_unfinished_weeks_are_part_of_the_range(source: Source) -> None:
    loaded = LoadedWeeks(delivered=("2023-01", "2023-02"), unfinished=("2023-01",))
    assert run_range([], loaded, source) == ("2023-01", "2023-02")
