"""The weeks of a run that a range of two hundred names: those in use, and the year that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from assets.resources import OpenWarehouse
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import load_models


@pytest.fixture
def warehouse() -> Iterator[OpenWarehouse]:
    settings = Settings()
    with duckdb.connect() as con:
        yield OpenWarehouse(settings, load_calendar(), (), load_models(settings.models), con, lambda event: None)


def range_of_weeks(warehouse: OpenWarehouse, first: str, last: str) -> list[str]:
    return [week.week_id for week in warehouse.calendar.weeks_between(first, last)]


def test_a_week_of_2019_in_a_hall_of_2023_brings_no_empty_years(warehouse: OpenWarehouse) -> None:
    warehouse.con.execute("CREATE SCHEMA core; CREATE TABLE core.week_in_use AS SELECT '2019-15' AS week_id")
    weeks = range_of_weeks(warehouse, "2019-15", "2023-15")
    assert len(weeks) > 190
    assert warehouse.weeks_of_run(weeks) == ["2019-15", *range_of_weeks(warehouse, "2023-01", "2023-15")]


def test_all_weeks_of_one_year_are_of_a_run_and_so_they_are_before_anything_is_built(warehouse: OpenWarehouse) -> None:
    weeks = range_of_weeks(warehouse, "2022-40", "2023-03")
    assert warehouse.weeks_of_run(weeks) == weeks
    warehouse.con.execute("CREATE SCHEMA core; CREATE TABLE core.week_in_use (week_id VARCHAR)")
    assert warehouse.weeks_of_run(weeks[-3:]) == weeks[-3:]
