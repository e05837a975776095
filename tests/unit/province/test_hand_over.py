"""A released week is handed over once, anew when something of it changed, and without a person in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.common.clock import utc_now
from pipeline.contracts import load_contracts
from pipeline.province.hand_over import HandedOver, hand_over
from pipeline.province.package import FIGURES, MANIFEST, PackageError, read_manifest
from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables
from tests.unit.sql.sql_hall import SqlHall, case

WINDOW = {
    "report_date": "2023-01-04",
    "window_name": "1号",
    "consulted": 1,
    "accepted": 2,
    "issued": 3,
    "transferred": 4,
}


@pytest.fixture(scope="module")
def shared() -> SqlHall:
    return SqlHall()


@pytest.fixture
def hall(shared: SqlHall) -> Iterator[SqlHall]:
    shared.reset()
    shared.deliver("window_weekly", "2023-01", [WINDOW])
    shared.deliver("case_detail", "2023-01", [case("A", "2023-01-04"), case("B", "2023-01-05", "2023-01-06")])
    shared.build()
    create_tables(shared.con)
    release(shared, 1)
    yield shared
    shared.con.execute("DELETE FROM release.issue")


def release(hall: SqlHall, revision: int) -> None:
    hall.con.execute(
        "INSERT INTO release.issue BY NAME SELECT '2023-01' AS week_id, ? AS revision, ? AS released_at, "
        "'' AS figures_hash, '' AS code_version, '' AS deliveries, 0 AS figure_count, '' AS reason",
        [revision, utc_now()],
    )


def handed(hall: SqlHall, folder: Path, week_id: str = "2023-01") -> HandedOver:
    contracts = load_contracts(Settings().contracts).values()
    return hand_over(hall.con, Settings(home=folder / "home"), hall.graph, contracts, [week_id], folder)[0]


def test_a_week_is_written_once_and_a_second_time_only_where_something_changed(hall: SqlHall, tmp_path: Path) -> None:
    first = handed(hall, tmp_path)
    assert (first.is_new, first.revision, first.rows) == (True, 1, 3)
    assert not handed(hall, tmp_path).is_new
    release(hall, 2)
    second = handed(hall, tmp_path)
    assert (second.is_new, second.revision) == (True, 2)
    assert first.path.is_dir(), "somebody may still read the package before"
    release(hall, 3)
    assert handed(hall, tmp_path).is_new
    assert not first.path.exists()


def test_the_manifest_measures_rows_lists_and_figures(hall: SqlHall, tmp_path: Path) -> None:
    handed(hall, tmp_path)
    manifest = read_manifest(tmp_path / "510000" / "2023-01" / MANIFEST)
    rows = {part.table: part for part in manifest.parts_of("rows")}
    assert rows.keys() == {"raw.case_detail", "raw.window_weekly"}
    assert rows["raw.window_weekly"].sums == {"consulted": "1", "accepted": "2", "issued": "3", "transferred": "4"}
    figures = {part.table for part in manifest.parts_of(FIGURES)}
    assert {"marts.weekly_metric", "charts.window_weekly", "charts.item_ytd"} <= figures


def test_no_column_of_a_person_and_nothing_as_it_was_written_is_handed_over(hall: SqlHall, tmp_path: Path) -> None:
    path = handed(hall, tmp_path).path
    with duckdb.connect() as con:
        described = con.execute(f"DESCRIBE SELECT * FROM '{path / 'raw.case_detail.parquet'}'").fetchall()
        quarantined = con.execute(f"DESCRIBE SELECT * FROM '{path / 'quarantine.cell.parquet'}'").fetchall()
    names = {name for name, *_ in described}
    assert "case_no" in names
    assert names.isdisjoint({"as_written", "applicant_name", "applicant_id_no", "applicant_phone", "applicant_address"})
    assert "message" not in {name for name, *_ in quarantined}


def test_a_package_that_was_damaged_where_it_lies_is_written_anew(hall: SqlHall, tmp_path: Path) -> None:
    path = handed(hall, tmp_path).path
    (path / "raw.case_detail.parquet").unlink()
    assert handed(hall, tmp_path).is_new
    assert (path / "raw.case_detail.parquet").is_file()


def test_a_week_that_is_not_released_and_a_hall_without_a_code_are_refused(hall: SqlHall, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="2023-02 期还没有发布，不能上报"):
        handed(hall, tmp_path, "2023-02")
    with pytest.raises(PackageError, match="大厅还没有区划代码"):
        hand_over(hall.con, Settings(hall_id="000000"), hall.graph, [], ["2023-01"], tmp_path)
