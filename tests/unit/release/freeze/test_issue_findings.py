"""The findings of an issue are kept as they stood when it was released."""

from __future__ import annotations

import duckdb

from pipeline.release.freeze.issue_findings import freeze_findings
from pipeline.release.revisions.tables import ensure_tables


def test_findings_of_the_week_are_copied_with_their_state(con: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(con)
    assert freeze_findings(con, "2023-03", 1) == 2
    con.execute("UPDATE quality.finding SET status = 'waived'")
    rows = con.execute("SELECT finding_id, severity, status FROM release.issue_finding ORDER BY ALL").fetchall()
    assert rows == [("f1", "warning", "explained"), ("f2", "warning", "open")]


def test_what_was_wrong_is_kept_without_the_number_of_a_case(con: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(con)
    con.execute("UPDATE quality.finding SET title = '办件 510000-20230417-003381 办结早于受理' WHERE finding_id = 'f1'")
    freeze_findings(con, "2023-03", 1)
    titles = con.execute("SELECT title FROM release.issue_finding WHERE finding_id = 'f1'").fetchall()
    assert titles == [("办件 （办件编号略） 办结早于受理",)]


def test_a_warehouse_that_was_never_checked_has_no_findings() -> None:
    with duckdb.connect() as con:
        ensure_tables(con)
        assert freeze_findings(con, "2023-03", 1) == 0
