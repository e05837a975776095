"""A released week is handed over once, anew when something of it changed, and without a person in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.common.clock import beijing_now
from pipeline.contracts import load_contracts
from pipeline.province.check import Province, check_province
from pipeline.province.hand_over import HandedOver, KeptBack, hand_over
from pipeline.province.package import FIGURES, MANIFEST, PackageError, read_manifest
from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.withdrawal import withdraw
from pipeline.release.revisions.activation import activate
from pipeline.reporting_calendar import load_calendar
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
    yield shared
    for table in ("issue", "activation", "figure", "withdrawal", "withheld", "revision_diff"):
        shared.con.execute(f"DELETE FROM release.{table}")
    shared.con.execute("DELETE FROM quality.finding")
    shared.con.execute("DELETE FROM quality.finding_week")


def released(hall: SqlHall, folder: Path, consulted: int = 1) -> None:
    """Release the week, with so many consultations."""
    if consulted != 1:
        hall.deliver("window_weekly", "2023-01", [WINDOW | {"consulted": consulted}], as_of=f"2023-12-0{consulted}")
        hall.build()
    hall.con.execute("UPDATE ledger.delivery SET file_name = delivery_id")
    freeze(hall.con, Settings(home=folder / "home"), ["2023-01"])


def handed(hall: SqlHall, folder: Path, week_id: str = "2023-01") -> HandedOver | KeptBack:
    contracts = load_contracts(Settings().contracts).values()
    return hand_over(hall.con, Settings(home=folder / "home"), hall.graph, contracts, [week_id], folder)[0]


def package_of(hall: SqlHall, folder: Path) -> HandedOver:
    """What is handed over of the released week."""
    package = handed(hall, folder)
    assert isinstance(package, HandedOver)
    return package


def kept_back(hall: SqlHall, folder: Path, week_id: str = "2023-01") -> KeptBack:
    kept = handed(hall, folder, week_id)
    assert isinstance(kept, KeptBack)
    return kept


def test_a_week_is_written_once_and_a_second_time_only_where_something_changed(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    first = package_of(hall, tmp_path)
    assert (first.is_new, first.revision, first.rows) == (True, 1, 3)
    assert not package_of(hall, tmp_path).is_new
    released(hall, tmp_path, consulted=2)
    second = package_of(hall, tmp_path)
    assert (second.is_new, second.revision) == (True, 2)
    assert first.path.is_dir(), "somebody may still read the package before"
    released(hall, tmp_path, consulted=3)
    assert package_of(hall, tmp_path).is_new
    assert not first.path.exists()


def test_what_readers_do_not_see_yet_is_kept_back_and_the_package_of_what_they_see_stays(
    hall: SqlHall, tmp_path: Path
) -> None:
    released(hall, tmp_path)
    first = package_of(hall, tmp_path)
    hall.deliver("window_weekly", "2023-01", [WINDOW | {"consulted": 9}], as_of="2023-12-09")
    hall.build()
    kept = kept_back(hall, tmp_path)
    assert "现在的数与第 1 次发布的不同" in kept.message
    assert not kept.is_taken_away
    assert first.path.is_dir()


def test_a_week_whose_release_was_rolled_back_has_no_package_of_the_later_one(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    released(hall, tmp_path, consulted=2)
    package_of(hall, tmp_path)
    activate(hall.con, "2023-01", 1, "rolled_back", beijing_now(), "误发")
    kept = kept_back(hall, tmp_path)
    assert (kept.is_taken_away, "已退回到较早的一次" in kept.message) == (True, True)
    assert not (tmp_path / "510000" / "2023-01").exists()


def test_a_withdrawn_week_is_taken_away_and_says_what_to_do(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    package = package_of(hall, tmp_path)
    withdraw(hall.con, "2023-01", 1, reason="动态中有个人信息", withdrawn_by="李某")
    kept = kept_back(hall, tmp_path)
    assert kept.is_taken_away
    assert kept.message == (
        "2023-01 期的发布已收回，没有上报：请先在来源中改正，重新发布，再上报。"
        "原来的上报包已撤下，上级已经接收的请告知上级。"
    )
    assert not package.path.exists()
    again = kept_back(hall, tmp_path)
    assert not again.is_taken_away


def test_a_package_of_a_withdrawn_week_is_taken_away_although_it_cannot_be_read(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    path = package_of(hall, tmp_path).path
    (path.parent / MANIFEST).write_text("{", "utf-8")
    withdraw(hall.con, "2023-01", 1, reason="动态中有个人信息", withdrawn_by="李某")
    assert kept_back(hall, tmp_path).is_taken_away
    assert not path.exists()


def test_a_figure_that_was_withheld_is_in_no_package(hall: SqlHall, tmp_path: Path) -> None:
    keys = '[{"measure": "issued"}]'
    hall.con.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, "
        "last_seen, weeks, unexpected_count, keys, evidence, action) VALUES ('f', 'charts.window_weekly', 'c', '颁发', "
        "'critical', 'withheld', '大厅', '2023-01', '2023-01', 1, 1, ?, '', '')",
        [keys],
    )
    hall.con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, "
        "evidence) VALUES ('f', '2023-01', 'charts.window_weekly', 'c', 1, ?, '')",
        [keys],
    )
    released(hall, tmp_path)
    path = package_of(hall, tmp_path).path
    manifest = read_manifest(path.parent / MANIFEST)
    assert {cell.table for cell in manifest.withheld} >= {"charts.window_weekly", "marts.weekly_metric"}
    with duckdb.connect() as con:
        printed = dict(con.execute(f"SELECT measure, value FROM '{path / 'charts.window_weekly.parquet'}'").fetchall())
    assert (printed["issued"], printed["accepted"]) == (None, 2)
    contracts = load_contracts(Settings().contracts).values()
    with duckdb.connect() as con:
        report = check_province(con, Province(Settings(), load_calendar(), contracts, hall.graph), tmp_path)
        added_up = con.execute(
            "SELECT metric, value, halls_reporting FROM marts.region_metric WHERE region_level = 'province' "
            "AND metric IN ('window_issued', 'window_accepted') ORDER BY metric"
        ).fetchall()
    assert report.mismatches == []
    assert added_up == [("window_accepted", 2, 1)]


def test_the_manifest_measures_rows_lists_and_figures(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    package_of(hall, tmp_path)
    manifest = read_manifest(tmp_path / "510000" / "2023-01" / MANIFEST)
    rows = {part.table: part for part in manifest.parts_of("rows")}
    assert rows.keys() == {"raw.case_detail", "raw.window_weekly"}
    assert rows["raw.window_weekly"].sums == {"consulted": "1", "accepted": "2", "issued": "3", "transferred": "4"}
    figures = {part.table for part in manifest.parts_of(FIGURES)}
    assert {"marts.weekly_metric", "charts.window_weekly", "charts.item_ytd"} <= figures


def test_no_column_of_a_person_and_nothing_as_it_was_written_is_handed_over(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    path = package_of(hall, tmp_path).path
    with duckdb.connect() as con:
        described = con.execute(f"DESCRIBE SELECT * FROM '{path / 'raw.case_detail.parquet'}'").fetchall()
        quarantined = con.execute(f"DESCRIBE SELECT * FROM '{path / 'quarantine.cell.parquet'}'").fetchall()
    names = {name for name, *_ in described}
    assert "case_no" in names
    assert names.isdisjoint({"as_written", "applicant_name", "applicant_id_no", "applicant_phone", "applicant_address"})
    assert "message" not in {name for name, *_ in quarantined}


def test_a_package_that_was_damaged_where_it_lies_is_written_anew(hall: SqlHall, tmp_path: Path) -> None:
    released(hall, tmp_path)
    path = package_of(hall, tmp_path).path
    (path / "raw.case_detail.parquet").unlink()
    assert package_of(hall, tmp_path).is_new
    assert (path / "raw.case_detail.parquet").is_file()


def test_a_week_that_is_not_released_is_kept_back_and_a_hall_without_a_code_is_refused(
    hall: SqlHall, tmp_path: Path
) -> None:
    assert "2023-02 期还没有发布，没有上报" in kept_back(hall, tmp_path, "2023-02").message
    with pytest.raises(PackageError, match="大厅还没有区划代码"):
        hand_over(hall.con, Settings(hall_id="000000"), hall.graph, [], ["2023-01"], tmp_path)
