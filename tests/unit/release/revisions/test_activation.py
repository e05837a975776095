"""Which revision of an issue is shown: an append-only list of releases and rollbacks."""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipeline.release.revisions.activation import (
    Activation,
    activate,
    activate_unrecorded,
    held_issues,
    insert_activation,
    shown_revision,
    shown_revisions,
)
from pipeline.release.revisions.tables import ensure_tables

NOW = datetime(2023, 4, 24, 9)


def add_issue(con: duckdb.DuckDBPyConnection, week_id: str, revision: int) -> None:
    con.execute(
        "INSERT INTO release.issue (week_id, revision, released_at, figures_hash, code_version, deliveries,"
        " figure_count, reason) VALUES (?, ?, ?, 'h', 'v', '[]', 1, '首次发布')",
        [week_id, revision, NOW],
    )


def test_the_last_activation_of_an_issue_is_what_readers_see() -> None:
    with duckdb.connect() as con:
        ensure_tables(con)
        add_issue(con, "2023-15", 1)
        add_issue(con, "2023-15", 2)
        assert shown_revision(con, "2023-15") is None
        activate(con, "2023-15", 1, "released", NOW, "首次发布")
        activate(con, "2023-15", 2, "released", NOW, "重报")
        back = activate(con, "2023-15", 1, "rolled_back", NOW, "有误", decided_by="张三")
        assert (back.activation_no, back.decided_by) == (3, "张三")
        assert shown_revisions(con) == {"2023-15": 1}
        assert held_issues(con) == [("2023-15", 1, 2)]


def test_revisions_without_activation_count_as_shown_since_their_release() -> None:
    with duckdb.connect() as con:
        ensure_tables(con)
        add_issue(con, "2023-15", 1)
        insert_activation(con, Activation("2023-15", 1, 1, "released", NOW, None, "首次发布"))
        add_issue(con, "2023-15", 2)
        add_issue(con, "2023-16", 1)
        activate_unrecorded(con)
        activate_unrecorded(con)
        rows = con.execute("SELECT week_id, activation_no, revision, activated_at FROM release.activation ORDER BY ALL")
        assert rows.fetchall() == [("2023-15", 1, 1, NOW), ("2023-15", 2, 2, NOW), ("2023-16", 1, 1, NOW)]
