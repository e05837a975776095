"""What each check says of each week once decisions count: green, yellow or red, and why; looks belong in present."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    import duckdb

Colour = Literal["green", "yellow", "red"]
# The first of these that a finding of the week has is the state of the check in that week.
URGENCY: Final = ("open", "expired", "sent_back", "waived", "corrected", "explained", "fixed_at_source")
UNSETTLED: Final = frozenset({"open", "expired"})
_DECIDED: Final = {"waived": "接受", "corrected": "更正", "sent_back": "退回"}
_FINDINGS: Final = """
SELECT w.week_id, w.table_name, w.check_name, f.finding_id, f.status, f.severity, f.owner, f.owner_department, f.until,
    w.explanation, d.reason, d.decided_by, d.decided_at
FROM quality.finding_week AS w
JOIN quality.finding AS f ON f.finding_id = w.finding_id
LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
ORDER BY w.finding_id
"""
_RESULTS: Final = """
SELECT week_id, table_name, check_name, severity, status, unexpected_count, element_count, evidence, keys
FROM quality.check_result ORDER BY table_name, check_name, week_id
"""


@dataclass(frozen=True)
class Light:
    """One check in one week. Key: week_id, table_name, check_name.

    Red stops the release: critical, and somebody still has to decide. Yellow does not: a warning, or settled, and
    `why` says by what. `state` is `passed` or the most urgent state of its findings.
    """

    week_id: str
    table_name: str
    check_name: str
    colour: Colour
    state: str
    unexpected_count: int
    element_count: int
    evidence: str
    keys: str
    why: str


def lights(con: duckdb.DuckDBPyConnection) -> list[Light]:
    """Every check in every week that was checked, by table, check and week.

    In: quality.check_result, finding, finding_week, decision; states are those of now.
    """
    findings: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(con, _FINDINGS):
        findings[row["week_id"], row["table_name"], row["check_name"]].append(row)
    return [_light(row, findings[row["week_id"], row["table_name"], row["check_name"]]) for row in _rows(con, _RESULTS)]


def why_words(finding: Mapping[str, Any]) -> str:
    """Why a finding is in its state: the rule that explains it, or who decided what, when and until when."""
    status, until = finding["status"], _until(finding["until"])
    match status:
        case "explained":
            return str(finding["explanation"] or "有规则可以解释")
        case "waived" | "corrected" | "sent_back":
            who = "，".join(filter(None, (finding["decided_by"], _day(finding["decided_at"]))))
            signed = f"（{who}）" if who else ""
            return f"{_DECIDED[status]}{until}：{finding['reason'] or '未写理由'}{signed}"
        case "expired":
            return f"接受的期限{until}已过，请重新决定"
        case "fixed_at_source":
            return "来源已改，检查已通过"
    return f"等待处理：{'、'.join(filter(None, (finding['owner'], finding['owner_department'])))}"


def _light(result: Mapping[str, Any], findings: Sequence[dict[str, Any]]) -> Light:
    state, why = "passed", ""
    if result["status"] != "passed":
        urgent = min(findings, key=lambda row: URGENCY.index(row["status"]), default=None)
        state = urgent["status"] if urgent else "open"
        why = "；".join(dict.fromkeys(why_words(row) for row in findings))
    copied = ("week_id", "table_name", "check_name", "unexpected_count", "element_count", "evidence", "keys")
    colour = _colour(state, result["severity"])
    return Light(colour=colour, state=state, why=why, **{name: result[name] for name in copied})


def _colour(state: str, severity: str) -> Colour:
    if state == "passed":
        return "green"
    return "red" if severity == "critical" and state in UNSETTLED else "yellow"


def _until(until: date | None) -> str:
    return f"到 {until}" if until else ""


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
