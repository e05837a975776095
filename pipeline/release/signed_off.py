"""The findings of an issue and what was decided on them, kept as they stood at its release; deciding is the desk's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.release.versions import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def freeze_findings(con: DuckDBPyConnection, week_id: str, revision: int) -> int:
    """Copy the week's findings into `release.issue_finding` (week_id, revision, finding_id); returns how many.

    Reads `quality.finding`, `quality.finding_week` and `quality.decision`, whichever of their columns there are.
    """
    if not has_table(con, "quality", "finding") or not has_table(con, "quality", "finding_week"):
        return 0
    finding, decision = _columns(con, "finding"), _columns(con, "decision")
    until = "coalesce(f.until, d.until)" if "until" in finding else "d.until"
    decided = "f.decision_id" if "decision_id" in finding else "d.decision_id"
    row = con.execute(
        f"""
        INSERT INTO release.issue_finding BY NAME
        SELECT
            $week AS week_id, $revision AS revision, f.finding_id, f.severity, f.status, f.title, f.owner, w.evidence,
            coalesce(w.explanation, f.explanation) AS explanation, {decided} AS decision_id, d.decided_by, d.decided_at,
            d.reason AS decision_reason, {until} AS until
        FROM quality.finding_week AS w
        INNER JOIN quality.finding AS f ON f.finding_id = w.finding_id
        LEFT JOIN ({_decisions(decision, finding)}) AS d ON {_joined(finding)}
        WHERE w.week_id = $week
        """,
        {"week": week_id, "revision": revision},
    ).fetchone()
    return int(row[0]) if row else 0


def _columns(con: DuckDBPyConnection, table: str) -> set[str]:
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = current_database()"
        " AND schema_name = 'quality' AND table_name = ?",
        [table],
    ).fetchall()
    return {str(name) for (name,) in rows}


def _joined(finding: set[str]) -> str:
    return "d.decision_id = f.decision_id" if "decision_id" in finding else "d.finding_id = f.finding_id"


def _decisions(decision: set[str], finding: set[str]) -> str:
    """The decisions; only the latest of each finding where findings do not name theirs."""
    if not decision:
        return (
            "SELECT NULL AS decision_id, NULL AS finding_id, NULL AS decided_by, NULL AS decided_at, NULL AS reason,"
            " NULL AS until WHERE false"
        )
    chosen = "SELECT decision_id, finding_id, decided_by, decided_at, reason, until FROM quality.decision"
    if "decision_id" in finding:
        return chosen
    return (
        f"{chosen} QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY decided_at DESC, decision_id DESC) = 1"
    )
