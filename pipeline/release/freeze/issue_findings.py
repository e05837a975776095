"""Keeps the findings of an issue and what was decided on them, as they stood at its release.

Deciding on findings is in `pipeline.quality.desk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table, single_number
from pipeline.privacy.case_numbers import without_cases

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RULE: Final = "coalesce(r.title, '有数字待核实')"


def freeze_findings(con: DuckDBPyConnection, week_id: str, revision: int) -> int:
    """Copies the week's findings into `release.issue_finding` (week_id, revision, finding_id); returns how many.

    Title and evidence of a finding whose figures are withheld name them: the rule that it broke stands there instead.
    Reads `quality.finding`, `quality.finding_week`, `quality.check_rule` and `quality.decision`; a warehouse that was
    never checked has none.
    """
    if not has_table(con, "quality", "finding_week"):
        return 0
    return single_number(
        con,
        f"""
        INSERT INTO release.issue_finding BY NAME
        SELECT
            $week AS week_id, $revision AS revision, f.finding_id, f.severity, f.status,
            CASE WHEN f.status = 'withheld' THEN {_RULE} ELSE {without_cases("f.title")} END AS title, f.owner,
            CASE WHEN f.status = 'withheld' THEN {_RULE} ELSE {without_cases("w.evidence")} END AS evidence,
            {without_cases("coalesce(w.explanation, f.explanation)")} AS explanation, f.decision_id,
            d.decided_by, d.decided_at, {without_cases("d.reason")} AS decision_reason,
            coalesce(f.until, d.until) AS until
        FROM quality.finding_week AS w
        INNER JOIN quality.finding AS f ON f.finding_id = w.finding_id
        LEFT JOIN quality.check_rule AS r ON r.table_name = w.table_name AND r.check_name = w.check_name
        LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
        WHERE w.week_id = $week
        """,
        {"week": week_id, "revision": revision},
    )
