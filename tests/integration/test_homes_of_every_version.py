"""A home of every version of the stored tables is opened, shown, upgraded, and run without a figure changing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.warehouse.database import version_of_home
from pipeline.warehouse.versions import current_version
from tests.fixtures.homes.make import HERE, WEEK
from tests.hall import Hall, digest_of_tables
from zhoubao.app import app

HOMES = sorted(path.stem for path in HERE.glob("v*.zip"))
# Every home is opened and upgraded; a whole run takes longer. Those in between are brought to the same tables by the
# statements that the oldest goes through as well.
RUN_OVER = (HOMES[0], *HOMES[-2:])
FIGURES = ("raw", "staging", "core", "marts", "charts", "quarantine", "release")
# Raw and staging hold values in the types of today's contracts: 是否采用 was a text 是 once, and is true now.
COMPUTED = ("core", "marts", "charts")
KEPT = ("ledger.row_account", "quality.finding_event", "release.figure", "release.activation")
HOW_READ = "contract_fingerprint, reader_version"
DELIVERIES = f"SELECT * EXCLUDE ({HOW_READ}) FROM ledger.delivery WHERE status <> 'refused' ORDER BY ALL"
READ_BY_AN_EARLIER_READER = """
SELECT count(*) FROM ledger.delivery WHERE status <> 'refused' AND reader_version IS DISTINCT FROM ?
"""
READ_AS = "SELECT source, contract_fingerprint FROM ledger.delivery WHERE status <> 'refused'"


def unpacked(version: str, home: Path) -> Hall:
    with ZipFile(HERE / f"{version}.zip") as packed:
        packed.extractall(home)
    (home / "person.key").chmod(0o600)
    return Hall(home)


def columns_of(con: duckdb.DuckDBPyConnection, schemas: Sequence[str] = COMPUTED) -> dict[str, list[str]]:
    """The columns of each table: a later version may add to them, and changes none but what it says in words."""
    rows = con.execute(
        "SELECT table_schema || '.' || table_name, list(column_name ORDER BY ordinal_position) "
        "FROM information_schema.columns WHERE list_contains(?, table_schema) AND column_name <> 'description' "
        "GROUP BY 1 ORDER BY 1",
        [list(schemas)],
    ).fetchall()
    return dict(rows)


def figures_of(con: duckdb.DuckDBPyConnection, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every row of these tables, in these columns alone."""
    figures = {}
    for table, names in columns.items():
        rows = con.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
        figures[table] = sorted(map(repr, rows))
    return figures


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_there_is_a_home_of_every_version() -> None:
    assert [f"v{number}" for number in range(current_version() + 1)] == HOMES


@pytest.mark.parametrize("version", HOMES)
def test_status_and_upgrade_say_where_a_home_stands(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    unpacked(version, home)
    monkeypatch.setenv("ZHOUBAO_HOME", str(home))
    shown = CliRunner().invoke(app, ["status"])
    assert (shown.exit_code, WEEK in shown.output) == (0, True)
    assert ("zhoubao upgrade" in shown.output) == (version != f"v{current_version()}")
    upgraded = CliRunner().invoke(app, ["upgrade"])
    assert upgraded.exit_code == 0
    again = CliRunner().invoke(app, ["upgrade"])
    assert f"已是存储版本 {current_version()}" in again.output
    assert "zhoubao upgrade" not in CliRunner().invoke(app, ["status"]).output


@pytest.mark.slow
@pytest.mark.parametrize("version", RUN_OVER)
def test_a_run_over_a_home_of_another_version_changes_no_figure(version: str, tmp_path: Path) -> None:
    hall = unpacked(version, tmp_path / "home")
    released = digests(hall.settings.published / "releases")
    with hall.open() as con:
        before = digest_of_tables(con, ("ledger", "quality", "release"))
        delivered = con.execute(DELIVERIES).fetchall()
        columns = columns_of(con)
        figures = figures_of(con, columns)
        (stale,) = con.execute(READ_BY_AN_EARLIER_READER, [READER_VERSION]).fetchone() or (0,)
        assert stale == 0 or version != HOMES[-1]
        read_as_now = make_loader(con, hall.settings, hall.calendar, hall.contracts).fingerprints()
        changed = [source for source, read_as in con.execute(READ_AS).fetchall() if read_as != read_as_now[source]]
        assert len(changed) >= stale
        read_again = hall.load(con, [WEEK]).of("loaded")
        # What an earlier reader, or a contract in other words, read is read again, and gives the same rows.
        assert sorted(event.source for event in read_again) == sorted(changed)
        hall.decide(con)
        hall.build(con, [WEEK])
        hall.check(con, [WEEK])
        assert [outcome.is_new for outcome in freeze(con, hall.settings, [WEEK])] == [False]
        publish(con, hall.settings)
        after = digest_of_tables(con, ("ledger", "quality", "release"))
        assert con.execute(DELIVERIES).fetchall() == delivered
        assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
        assert figures_of(con, columns) == figures
    assert digests(hall.settings.published / "releases") == released
    assert version_of_home(hall.settings) == current_version()


@pytest.mark.slow
def test_the_command_rebuilds_a_damaged_home_and_releases_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = unpacked(HOMES[-1], tmp_path / "home")
    monkeypatch.setenv("ZHOUBAO_HOME", str(hall.settings.home))
    released = digests(hall.settings.published / "releases")
    with hall.open() as con:
        columns = columns_of(con, FIGURES)
        before = figures_of(con, columns)
    hall.settings.warehouse_path.write_bytes(hall.settings.warehouse_path.read_bytes()[:100_000])
    stopped = CliRunner().invoke(app, ["run", "--week", WEEK])
    assert (stopped.exit_code, "zhoubao rebuild" in stopped.output) == (1, True)
    rebuilt = CliRunner().invoke(app, ["rebuild", "--week", WEEK])
    assert rebuilt.exit_code == 0, rebuilt.output
    assert "损坏的数据仓库已移到" in rebuilt.output
    with hall.open() as con:
        assert figures_of(con, columns) == before
    assert digests(hall.settings.published / "releases") == released
    assert CliRunner().invoke(app, ["verify"]).exit_code == 0
