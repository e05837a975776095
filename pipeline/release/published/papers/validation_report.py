"""The checks of the latest issue as a validation report of the European Statistical System, version 1.0.1 (JSON).

The standard: ESSnet ValidatIntegration, "Generic validation report structure" (2017). A report is a list of events: a
`validation` has a rule, the data it looked at and a value, `"1"` where the data keep the rule, `"0"` where they do not;
an `aggregation` adds others up. The description of a rule ends with the validation level that the check itself names.
Whoever gets reports of several halls may put their lists together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.package_version import package_version
from pipeline.common.tables import has_table
from pipeline.release.revisions.activation import SHOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SEVERITIES: Final = {"critical": "error", "warning": "warning"}
# Rules of this expectation are SQL; all others are a sentence.
SQL_RULE: Final = "unexpected_rows_expectation"
VALUES: Final = {"passed": "1", "failed": "0"}
ACTOR: Final = "zhoubao"


def validation_report(con: DuckDBPyConnection, database: str) -> list[dict[str, Any]]:
    """Returns the report of the latest issue that readers see: a validation a check, and the number that failed.

    In: `quality.check_result` (week_id, table_name, check_name) and `quality.check_rule` of the attached published
    file, which tells nothing of withheld figures. Empty where nothing is shown or nothing was checked.
    """
    if not has_table(con, "quality", "check_result") or not has_table(con, "quality", "check_rule"):
        return []
    issue = con.execute(f"SELECT week_id, revision FROM {SHOWN} ORDER BY week_id DESC LIMIT 1").fetchone()
    if issue is None:
        return []
    rows = con.execute(
        "SELECT c.table_name, c.check_name, c.severity, c.status, c.checked_at, r.title, r.expectation, r.rule,"
        " r.dimension, r.validation_level"
        f" FROM {database}.quality.check_result AS c LEFT JOIN {database}.quality.check_rule AS r"
        " ON r.table_name = c.table_name AND r.check_name = c.check_name WHERE c.week_id = ? ORDER BY 1, 2",
        [issue[0]],
    ).fetchall()
    # The same in every event: read once, not once a check.
    told_by = {
        "actor": ACTOR,
        "agent": f"zhoubao {package_version()}",
        "trigger": f"release {issue[0]} r{issue[1]}",
    }
    validations = [_validation(issue[0], told_by, row) for row in rows]
    if not validations:
        return []
    last_check = max((row[4] for row in rows if row[4]), default=None)
    return [*validations, _failed(issue[0], told_by, validations, last_check)]


def _validation(week_id: str, told_by: Mapping[str, str], row: Sequence[Any]) -> dict[str, Any]:
    table, check, severity, status, checked_at, title, expectation, rule, dimension, level = row
    is_sql = expectation == SQL_RULE
    data = [[table, week_id]]
    return {
        "id": f"{week_id}/{table}/{check}",
        "type": "validation",
        "event": _event(checked_at, told_by),
        "rule": {
            "language": "SQL (DuckDB), no row" if is_sql else f"Great Expectations {expectation}",
            "expression": rule or check,
            "severity": SEVERITIES.get(severity, "information"),
            "description": _description(title or check, dimension, level),
        },
        "data": {"source": data, "target": data, "description": "table, week"},
        # A check that could not run has said nothing.
        "value": VALUES.get(status, "NA"),
    }


def _description(title: str, dimension: str | None, level: int | None) -> str:
    """Returns `键不重复（准确性；validation level 1）`: the structure has no place of its own for either."""
    if dimension is None or level is None:
        return title
    return f"{title}（{dimension}；validation level {level}）"


def _failed(
    week_id: str, told_by: Mapping[str, str], validations: list[dict[str, Any]], last_check: datetime | None
) -> dict[str, Any]:
    failed = [validation for validation in validations if validation["value"] == "0"]
    ids = [[validation["id"]] for validation in validations]
    return {
        "id": f"{week_id}/failed",
        "type": "aggregation",
        "event": _event(last_check, told_by),
        "aggregate": {
            "language": "English",
            "expression": "number of validations with value 0",
            "description": "未通过的检查项数",
        },
        "data": {"source": ids, "target": ids, "description": "validations of this report"},
        "value": str(len(failed)),
    }


def _event(moment: datetime | None, told_by: Mapping[str, str]) -> dict[str, Any]:
    """The moment is Beijing time; the standard writes ISO 8601 in its basic form: 20230424T100509+0800."""
    time = f"{moment:%Y%m%dT%H%M%S}+0800" if moment else ""
    return {"time": time, **told_by}
