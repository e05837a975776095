"""Halls are added up to counties, cities and the province, beside how many of them reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.province.halls import ExpectedHall
from pipeline.province.package import read_manifest
from pipeline.province.receive import Received
from pipeline.province.regions import add_up
from pipeline.settings import Settings
from pipeline.warehouse.models import read_model
from tests.unit.province.packages import write_package
from tests.unit.sql.loose_orders import loose_orders
from tests.unit.sql.portability import unportable
from tests.unit.sql.test_sql_files import GRAPH, TYPES

HALLS = (
    ExpectedHall("510104", "锦江区", "锦江区", "成都市"),
    ExpectedHall("510105", "青羊区", "青羊区", "成都市"),
    ExpectedHall("510100", "成都市", "", "成都市"),
    ExpectedHall("510000", "省厅"),
    ExpectedHall("510304", "大安区", "大安区", "自贡市", valid_from=date(2023, 1, 14)),
)
# hall, week, metric, value, value_ytd
COUNTED = (
    ("510104", "2023-01", "window_issued", 5, 5),
    ("510105", "2023-01", "window_issued", 7, 7),
    ("510100", "2023-01", "window_issued", 11, 11),
    ("510000", "2023-01", "window_issued", 13, 13),
    ("510104", "2023-02", "window_issued", 1, 6),
    ("510105", "2023-02", "window_issued", None, 7),
    ("510000", "2023-02", "window_issued", 2, 15),
    ("510304", "2023-02", "window_issued", 100, 100),
    ("510104", "2023-02", "rated_pct", 98, 98),
)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            CREATE SCHEMA core; CREATE SCHEMA marts;
            CREATE TABLE core.report_week (week_id VARCHAR, coverage_end DATE);
            INSERT INTO core.report_week VALUES ('2023-01', '2023-01-06'), ('2023-02', '2023-01-14'),
                ('2023-03', '2023-01-21');
            CREATE TABLE core.metric (metric VARCHAR, label_zh VARCHAR, unit VARCHAR, basis VARCHAR);
            INSERT INTO core.metric VALUES
                ('window_issued', '颁发', '件', 'flow'), ('rated_pct', '评价率', '%', 'rate');
            CREATE TABLE marts.weekly_metric (
                hall_id VARCHAR, week_id VARCHAR, metric VARCHAR, value BIGINT, value_ytd BIGINT,
                department_id VARCHAR DEFAULT 'ALL', power_type VARCHAR DEFAULT 'ALL', channel VARCHAR DEFAULT 'ALL');
            """
        )
        connection.executemany(
            "INSERT INTO marts.weekly_metric (hall_id, week_id, metric, value, value_ytd) VALUES (?, ?, ?, ?, ?)",
            [list(row) for row in COUNTED],
        )
        # A part of a hall's count is in the count already.
        connection.execute(
            "INSERT INTO marts.weekly_metric VALUES ('510104', '2023-01', 'window_issued', 3, 3, 'D1', 'ALL', 'ALL')"
        )
        add_up(connection, Settings(), HALLS, packages(tmp_path), [("510100", "2023-02")], [])
        yield connection


def packages(folder: Path) -> list[Received]:
    """What the halls handed over of the weeks counted above."""
    manifests = [write_package(folder, hall_id, week_id) for hall_id, week_id in sorted({row[:2] for row in COUNTED})]
    return [Received(read_manifest(path), path.parent) for path in manifests]


def of(con: duckdb.DuckDBPyConnection, level: str, week_id: str) -> dict[str, tuple[object, ...]]:
    """Region → value, year to date, and of how many halls each is the sum."""
    rows = con.execute(
        "SELECT region_id, value, value_ytd, halls_reporting, halls_reporting_ytd, halls_expected "
        "FROM marts.region_metric WHERE region_level = ? AND week_id = ? ORDER BY region_id",
        [level, week_id],
    ).fetchall()
    return {region: tuple(rest) for region, *rest in rows}


def test_each_hall_counts_once_in_each_region_of_its_code(con: duckdb.DuckDBPyConnection) -> None:
    assert of(con, "county", "2023-01") == {"510104": (5, 5, 1, 1, 1), "510105": (7, 7, 1, 1, 1)}
    assert of(con, "city", "2023-01") == {"510100": (23, 23, 3, 3, 3)}
    assert of(con, "province", "2023-01") == {"510000": (36, 36, 4, 4, 4)}


def test_a_hall_that_is_missing_or_has_no_count_is_no_zero_and_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    assert of(con, "hall", "2023-02")["510100"] == (None, None, 0, 0, 1)
    assert of(con, "hall", "2023-02")["510105"] == (None, 7, 0, 1, 1)
    assert of(con, "city", "2023-02")["510100"] == (1, 13, 1, 2, 3)
    assert of(con, "province", "2023-02") == {"510000": (103, 128, 3, 4, 5)}


def test_a_hall_is_expected_from_its_first_day_on(con: duckdb.DuckDBPyConnection) -> None:
    assert "510300" not in of(con, "city", "2023-01")
    assert of(con, "city", "2023-02")["510300"] == (100, 100, 1, 1, 1)


def test_rates_are_not_added_up_and_weeks_of_nobody_are_not_there(con: duckdb.DuckDBPyConnection) -> None:
    metrics = con.execute("SELECT DISTINCT metric, week_id FROM marts.region_metric ORDER BY ALL").fetchall()
    assert metrics == [("window_issued", "2023-01"), ("window_issued", "2023-02")]


def test_what_differs_from_what_its_hall_released_is_in_no_sum(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    add_up(con, Settings(), HALLS, packages(tmp_path / "again"), [("510100", "2023-02")], [("510105", "2023-01")])
    assert of(con, "city", "2023-01")["510100"] == (16, 16, 2, 2, 3)
    states = con.execute("SELECT * FROM region.hall_week WHERE NOT is_agreed ORDER BY ALL").fetchall()
    assert states == [("510100", "2023-02", None, False), ("510105", "2023-01", 1, False)]


def test_the_select_is_written_as_those_of_models_are() -> None:
    model = read_model(Settings().models.folder_of_program / "province" / "region_metric.sql")
    assert unportable(model.tree, TYPES) == []
    assert loose_orders(model, GRAPH) == []
    assert all(" | " in column.description for column in model.columns)
