"""What each check says of each week once decisions count: green, yellow or red, and why.

How a light looks belongs to the pages under `pipeline.present` and to assets/checks.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pipeline.quality.codes import URGENCY, WORDS_OF_KIND, Status, stops_release

if TYPE_CHECKING:
    import duckdb

Colour = Literal["green", "yellow", "red"]
# Grain: finding_id, week_id. A finding as one week showed it, with what it is now: the decision that it rests on and
# the last line of its trail.
FINDINGS: Final = """
SELECT w.*, f.title, f.severity, f.status, f.category, f.owner,
    coalesce(w.owner_department, f.owner_department) AS department,
    f.first_seen, f.last_seen, f.weeks, f.action, f.until, d.kind, d.reason, d.decided_by, d.decided_at, e.words,
    f.evidence AS last_evidence
FROM quality.finding_week AS w
JOIN quality.finding AS f ON f.finding_id = w.finding_id
LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
LEFT JOIN (SELECT finding_id, arg_max(words, event_no) AS words FROM quality.finding_event GROUP BY finding_id) AS e
    ON e.finding_id = f.finding_id
ORDER BY w.week_id, w.finding_id
"""
_RESULTS: Final = """
SELECT week_id, table_name, check_name, severity, status, unexpected_count, element_count, evidence, keys
FROM quality.check_result ORDER BY table_name, check_name, week_id
"""


@dataclass(frozen=True)
class Light:
    """One check in one week. Key: week_id, table_name, check_name.

    Red stops the release, as `pipeline.quality.codes.stops_release` says. Yellow does not: a warning, or settled, and
    `why` says by what. `state` is `passed` or the most urgent state of its findings.
    """

    week_id: str
    table_name: str
    check_name: str
    colour: Colour
    state: Status | Literal["passed"]
    unexpected_count: int
    element_count: int
    evidence: str
    keys: str
    why: str


def lights(con: duckdb.DuckDBPyConnection) -> list[Light]:
    """Returns every check in every week that was checked, by table, check and week.

    In: quality.check_result, finding, finding_week, decision; states are those of now.
    """
    findings: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for finding in _rows(con, FINDINGS):
        findings[_check_in_week(finding)].append(finding)
    return [_light(result, findings[_check_in_week(result)]) for result in _rows(con, _RESULTS)]


def _check_in_week(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["week_id"], row["table_name"], row["check_name"]


def why_words(finding: Mapping[str, Any]) -> str:
    """Says why a row of FINDINGS is in its state: the rule that explains it, who decided what, or whose it is.

    A finding that opened again says why before it says whose it is.
    """
    match finding["status"]:
        case "explained":
            return str(finding["explanation"] or "有规则可以解释")
        case "waived" | "noted" | "withheld" | "postponed" | "corrected" | "sent_back":
            return _decision_words(finding)
        case "expired" | "fixed_at_source":
            return str(finding["words"] or "")
    owners = "、".join(filter(None, (finding["owner"], finding["department"])))
    waits = f"等待处理：{owners}"
    reopened = _reopened(finding)
    return f"{reopened}。{waits}" if reopened else waits


def _decision_words(finding: Mapping[str, Any]) -> str:
    """The decision: `接受并说明，到 2023-06-30：来源系统升级（张专员，2023-04-25）`."""
    label = WORDS_OF_KIND.get(finding["kind"], "已处理")
    until = f"，到 {finding['until']}" if finding["until"] else ""
    reason = finding["reason"] or "未写理由"
    decided_at = finding["decided_at"]
    day = f"{decided_at:%Y-%m-%d}" if decided_at else None
    signature = "，".join(filter(None, (finding["decided_by"], day)))
    signed = f"（{signature}）" if signature else ""
    return f"{label}{until}：{reason}{signed}"


def _reopened(finding: Mapping[str, Any]) -> str:
    """Why it is open again, from its trail; empty where nobody had settled it before.

    The trail says `来源又有变化，更正不再适用：12 与 11 不等`; a page shows the evidence beside it.
    """
    words = finding["words"] or ""
    evidence = f"：{finding['last_evidence']}"
    return str(words.removesuffix(evidence)) if words.endswith(evidence) else ""


def _light(result: Mapping[str, Any], findings: Sequence[dict[str, Any]]) -> Light:
    state, why = _state_and_why(result, findings)
    return Light(
        week_id=result["week_id"],
        table_name=result["table_name"],
        check_name=result["check_name"],
        colour=_colour(result, findings),
        state=state,
        unexpected_count=result["unexpected_count"],
        element_count=result["element_count"],
        evidence=result["evidence"],
        keys=result["keys"],
        why=why,
    )


def _state_and_why(
    result: Mapping[str, Any], findings: Sequence[dict[str, Any]]
) -> tuple[Status | Literal["passed"], str]:
    """`passed`, or the most urgent state of the findings and why each is in its own."""
    if result["status"] == "passed":
        return "passed", ""
    if not findings:
        return "open", ""
    states = {finding["status"] for finding in findings}
    most_urgent = min(states, key=URGENCY.index)
    reasons = dict.fromkeys(map(why_words, findings))
    return most_urgent, "；".join(reasons)


def _colour(result: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Colour:
    if result["status"] == "passed":
        return "green"
    # A failure whose findings are not known waits for somebody.
    has_stopping = any(map(is_stopping, findings)) if findings else result["severity"] == "critical"
    return "red" if has_stopping else "yellow"


def is_stopping(finding: Mapping[str, Any]) -> bool:
    """Says whether a row of FINDINGS keeps its week from being released."""
    return stops_release(finding["severity"], finding["status"], finding["kind"], finding["category"])


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
