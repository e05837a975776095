"""A warehouse that is built anew goes on from the releases in the published folder."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze
from pipeline.release.revisions.release_folders import write_releases
from pipeline.release.revisions.restored_releases import restore_releases
from pipeline.settings import Settings
from tests.unit.release.tiny_hall import GRAINS, WEEKS


def test_a_new_warehouse_takes_over_the_releases_of_the_lost_one(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, WEEKS, grains=GRAINS)
    write_releases(con, settings.published, {})
    con.execute("DROP SCHEMA release CASCADE")
    con.execute("UPDATE charts.training_weekly SET sessions = 9 WHERE week_id = '2023-03'")
    outcomes = freeze(con, settings, WEEKS, grains=GRAINS)
    assert [(outcome.revision, outcome.is_new) for outcome in outcomes] == [(1, False), (1, False), (2, True)]


def test_a_released_folder_that_was_changed_is_refused(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    (folder,) = write_releases(con, settings.published, {})
    con.execute("DROP SCHEMA release CASCADE")
    record = folder / "issue.json"
    record.write_text(record.read_text(encoding="utf-8").replace('"2100"', '"2101"'), encoding="utf-8")
    with pytest.raises(ValueError, match="not those that were released"):
        freeze(con, settings, ["2023-03"], grains=GRAINS)


def test_a_restored_release_has_all_its_rows_again_and_only_once(con: duckdb.DuckDBPyConnection, settings: Settings):
    tables = ("issue", "figure", "issue_finding", "activation")
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    write_releases(con, settings.published, {})
    before = [con.execute(f"SELECT * FROM release.{table} ORDER BY ALL").fetchall() for table in tables]
    con.execute("DROP SCHEMA release CASCADE")
    assert restore_releases(con, settings.published) == [("2023-03", 1)]
    assert restore_releases(con, settings.published) == []
    after = [con.execute(f"SELECT * FROM release.{table} ORDER BY ALL").fetchall() for table in tables]
    assert after == before
