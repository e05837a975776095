"""A folder a revision: written once, checked against its hashes, and what stays with the hall is not in it."""

from __future__ import annotations

import json
from datetime import datetime

import duckdb

from pipeline.release.freeze.issues import freeze
from pipeline.release.revisions.activation import Activation
from pipeline.release.revisions.figures import read_figures
from pipeline.release.revisions.release_folders import (
    check_releases,
    insert,
    insert_issue,
    release_folder,
    replace_current,
    write_releases,
    write_rollback,
)
from pipeline.release.revisions.tables import ensure_tables
from pipeline.settings import Settings
from tests.unit.release.tiny_hall import GRAINS


def test_a_folder_is_written_once_and_keeps_no_rows_of_other_figures(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    (folder,) = write_releases(con, settings.published, {"2023-03": "another hash"})
    assert folder == release_folder(settings.published, "2023-03", 1)
    assert sorted(path.name for path in folder.iterdir()) == ["figures.csv", "issue.json"]
    assert write_releases(con, settings.published, {}) == []


def test_a_changed_an_added_and_a_removed_file_are_named(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    (folder,) = write_releases(con, settings.published, {})
    assert check_releases(con, settings.published) == []
    (folder / "issue.json").write_text("{}", encoding="utf-8")
    (folder / "figures.csv").unlink()
    (folder / "notes.txt").write_text("", encoding="utf-8")
    (sentence,) = check_releases(con, settings.published)
    assert "（figures.csv、issue.json、notes.txt被改动、增加或删除）" in sentence


def test_current_figures_are_those_of_now_alone(con: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(con)
    replace_current(con, read_figures(con, ["2023-01", "2023-02"], GRAINS))
    replace_current(con, read_figures(con, ["2023-02"], GRAINS))
    assert con.execute("SELECT DISTINCT week_id FROM release.current_figure").fetchall() == [("2023-02",)]


def test_an_issue_and_its_figures_are_inserted_exactly(con: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(con)
    figures = read_figures(con, ["2023-02"], GRAINS)["2023-02"]
    issue = {
        "week_id": "2023-02",
        "revision": 1,
        "released_at": datetime(2023, 1, 16, 9),
        "figures_hash": "h",
        "code_version": "v",
        "deliveries": "[]",
        "figure_count": len(figures),
        "reason": "首次发布",
    }
    insert_issue(con, issue, figures)
    insert(con, "file", [])
    stored = con.execute("SELECT * EXCLUDE (week_id, revision) FROM release.figure ORDER BY metric, keys").fetchall()
    assert stored == figures
    assert con.execute("SELECT released_at, contracts FROM release.issue").fetchall() == [
        (datetime(2023, 1, 16, 9), None)
    ]


def test_a_rollback_is_kept_without_the_name_of_who_decided(settings: Settings) -> None:
    activation = Activation("2023-15", 3, 1, "rolled_back", datetime(2023, 4, 24, 9), "张三", "有误")
    path = write_rollback(settings.published, activation)
    assert path.name == "rollback-3.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "week_id": "2023-15",
        "activation_no": 3,
        "revision": 1,
        "kind": "rolled_back",
        "activated_at": "2023-04-24 09:00:00",
        "reason": "有误",
    }
