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


def test_a_warehouse_that_was_never_checked_has_no_findings() -> None:
    with duckdb.connect() as con:
        ensure_tables(con)
        assert freeze_findings(con, "2023-03", 1) == 0
