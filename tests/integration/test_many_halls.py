"""One SQL for one hall and for many: together in one warehouse each hall has the tables that it has alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipeline.contracts import load_contracts
from pipeline.hall.facts import HALL_OF_NO_CODE
from pipeline.ingest.load.ledger import prepare
from pipeline.province import Received, mismatches, pour, receive
from pipeline.province.package import LISTS_OF_HALL
from pipeline.release.freeze.issues import freeze
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import build_model
from pipeline.warehouse.measures import hall_models
from pipeline.warehouse.models import HALL
from tests.hall import WEEKS as ALL_WEEKS
from tests.hall import Hall
from zhoubao.app import app

# hall_id → seed, scale, which exports it never sends and which week it lost. A code may begin with a zero.
HALLS = {
    "510100": (20230421, 0.002, "", ""),
    "010200": (7, 0.002, "业务培训", ""),
    "510300": (99, 0.004, "", "办件明细_2023-03"),
}
HEADLINES = (
    "window_consulted",
    "window_accepted",
    "window_issued",
    "window_transferred",
    "case_accepted",
    "case_completed",
    "departments_stationed",
    "departments_authorized",
    "training_trainees",
    "training_main_items",
)
WEEKS = ALL_WEEKS[:5]
SETTINGS = Settings()
CALENDAR = load_calendar()
CONTRACTS = load_contracts(SETTINGS.contracts)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three halls, each loaded, built and released alone, and handed over into one folder."""
    made = {}
    for hall_id, (seed, scale, never, lost) in HALLS.items():
        hall = Hall(tmp_path_factory.mktemp(hall_id), hall_id=hall_id)
        hall.write_sample(seed=seed, scale=scale)
        for path in hall.settings.inbox.iterdir():
            is_of_week = any(week_id in path.name for week_id in WEEKS)
            is_lost = (never and path.name.startswith(never)) or (lost and path.name.startswith(lost))
            if is_lost or not is_of_week:
                path.unlink()
        with hall.open() as con:
            hall.load(con)
            hall.build(con, WEEKS)
            freeze(con, hall.settings, WEEKS)
        made[hall_id] = hall.settings.home
    return made


@pytest.fixture(scope="module")
def folder(homes: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the halls handed over."""
    folder = tmp_path_factory.mktemp("handover")
    for hall_id, home in homes.items():
        done = typed({"ZHOUBAO_HOME": str(home), "ZHOUBAO_HALL_ID": hall_id}, "handover", "--out", str(folder))
        assert done.exit_code == 0, done.output
    return folder


def typed(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, list(words), env=environment)


@pytest.fixture(scope="module")
def packages(folder: Path) -> list[Received]:
    with duckdb.connect() as con:
        taken, refused = receive(con, folder, CONTRACTS.values(), CALENDAR, HALLS)
    assert refused == []
    return taken


@contextmanager
def province_of(packages: Sequence[Received], *, has_key: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of all halls with every model built.

    Without the key all rows are said to be of one hall, as if the files of several came into one inbox.
    """
    with duckdb.connect(config={"threads": 2, "memory_limit": "900MB"}) as con:
        pour(con, SETTINGS, CALENDAR, CONTRACTS.values(), packages)
        if not has_key:
            prepare(con, CONTRACTS.values())
            for table in LISTS_OF_HALL:
                con.execute(f"DELETE FROM {table} WHERE hall_id <> '510100'")
                con.execute(f"UPDATE {table} SET hall_id = '{HALL_OF_NO_CODE}'")
        graph = hall_models(SETTINGS)
        for name in graph.order:
            build_model(con, graph, name, WEEKS)
        yield con


@pytest.fixture(scope="module")
def province(homes: dict[str, Path], packages: list[Received]) -> Iterator[duckdb.DuckDBPyConnection]:
    with province_of(packages) as con:
        for hall_id, home in homes.items():
            con.execute(f"ATTACH '{home / 'warehouse.duckdb'}' AS h{hall_id} (READ_ONLY)")
        yield con


def tables_of(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE table_catalog = current_database() AND table_schema IN ('staging', 'core', 'marts', 'charts') ORDER BY 1"
    ).fetchall()
    return [name for (name,) in rows]


def rows_of(con: duckdb.DuckDBPyConnection, table: str, hall_id: str) -> list[tuple[Any, ...]]:
    """The rows of one hall, deliveries by the names that they have at home."""
    columns = [name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()]
    of_hall = f"WHERE {HALL} = '{hall_id}'" if HALL in columns else ""
    at_home = f"REPLACE (replace(delivery_id, '{hall_id}-', '') AS delivery_id)" if "delivery_id" in columns else ""
    return con.execute(f"SELECT * {at_home} FROM {table} {of_hall} ORDER BY ALL").fetchall()


def test_each_hall_has_every_table_that_it_has_alone_row_by_row(province: duckdb.DuckDBPyConnection) -> None:
    tables = tables_of(province)
    assert len(tables) > 70
    differ = []
    for hall_id in HALLS:
        for table in tables:
            if rows_of(province, table, hall_id) != rows_of(province, f"h{hall_id}.{table}", hall_id):
                differ.append((hall_id, table))
    assert differ == []


def test_double_entry_finds_nothing_and_then_the_one_row_that_somebody_changed(
    province: duckdb.DuckDBPyConnection, packages: list[Received]
) -> None:
    assert len(packages) == len(HALLS) * len(WEEKS)
    assert list(mismatches(province, packages)) == []
    change = (
        "UPDATE marts.weekly_metric SET value = value + {by} "
        "WHERE hall_id = '010200' AND week_id = '2023-04' AND metric = 'window_issued'"
    )
    province.execute(change.format(by=1))
    try:
        (found,) = mismatches(province, packages)
    finally:
        province.execute(change.format(by=-1))
    assert (found.hall_id, found.week_id, found.table) == ("010200", "2023-04", "marts.weekly_metric")
    assert (found.only_hall, found.only_province) == (1, 1)
    assert "metric=window_issued" in found.message


def test_every_table_but_calendar_and_code_lists_says_whose_a_row_is(province: duckdb.DuckDBPyConnection) -> None:
    shared = set()
    for table in tables_of(province):
        if HALL not in {name for name, *_ in province.execute(f"DESCRIBE {table}").fetchall()}:
            shared.add(table)
    assert shared == {
        *("core.calendar_day", "core.report_period", "core.report_week", "core.working_day"),
        *("core.case_kind", "core.case_result", "core.channel", "core.power_type"),
        *("core.measure", "core.metric"),
    }


def test_a_hall_without_a_training_log_keeps_its_windows_and_departments(province: duckdb.DuckDBPyConnection) -> None:
    counted = province.execute(
        "SELECT metric, count(value) FROM marts.weekly_metric WHERE hall_id = '010200' AND department_id = 'ALL' "
        "AND (metric LIKE 'window%' OR metric LIKE 'departments%') GROUP BY metric"
    ).fetchall()
    assert len(counted) == 7
    assert all(weeks > 0 for _, weeks in counted)


def test_poured_together_without_the_key_figures_are_wrong_without_an_error(
    packages: list[Received], province: duckdb.DuckDBPyConnection
) -> None:
    query = (
        "SELECT metric, CAST(sum(value_of_week) AS BIGINT) FROM (SELECT hall_id, metric, value AS value_of_week "
        "FROM marts.weekly_metric WHERE week_id = '2023-05' AND department_id = 'ALL' AND power_type = 'ALL' "
        "AND channel = 'ALL') GROUP BY metric"
    )
    right = dict(province.execute(query).fetchall())
    with province_of(packages, has_key=False) as con:
        without = dict(con.execute(query).fetchall())
    wrong = {metric for metric in HEADLINES if without[metric] != right[metric]}
    assert {metric for metric in HEADLINES if metric.startswith("window")} <= wrong
    assert "departments_stationed" in wrong
    assert len(wrong) >= 6


def test_the_command_of_the_province_says_that_all_is_the_same_and_what_is_late(folder: Path, tmp_path: Path) -> None:
    halls = tmp_path / "halls.csv"
    halls.write_text("hall_id,hall_name\n" + "".join(f"{hall_id},某厅\n" for hall_id in [*HALLS, "510400"]), "utf-8")
    out = tmp_path / "province.duckdb"
    environment = {"ZHOUBAO_HOME": str(tmp_path / "home")}
    done = typed(environment, "province", str(folder), "--halls", str(halls), "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "3 个大厅、5 期、15 包" in done.output
    assert "与各厅发布的逐行相同" in done.output
    assert "510400 还没有上报 2023-01、2023-02、2023-03、2023-04 等 5 期" in done.output
    with duckdb.connect(str(out), read_only=True) as con:
        halls_in_table = con.execute("SELECT count(DISTINCT hall_id) FROM charts.window_weekly").fetchone()
    assert halls_in_table == (3,)
    again = typed(environment, "province", str(folder), "--out", str(out))
    assert (again.exit_code, "已经存在，没有改动" in again.output) == (1, True)


def test_a_damaged_package_is_refused_and_the_others_go_on(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "handover")
    (damaged,) = (tmp_path / "handover" / "510300" / "2023-05").glob("r*/raw.window_weekly.parquet")
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    done = typed({"ZHOUBAO_HOME": str(tmp_path / "home")}, "province", str(tmp_path / "handover"))
    assert done.exit_code == 1
    assert "拒收 510300/2023-05 的 raw.window_weekly.parquet 与清单的摘要不符" in done.output
    assert "510300 还没有上报 2023-05" in done.output
    assert "3 个大厅、5 期、14 包" in done.output
