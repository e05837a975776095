"""What each check says of each week once decisions count: green, yellow or red, and why; looks belong in present."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from pipeline.quality.findings.states import WORDS_OF_KIND

if TYPE_CHECKING:
    import duckdb

Colour = Literal["green", "yellow", "red"]
# The first of these that a finding of the week has is the state of the check in that week.
URGENCY: Final = ("open", "expired", "sent_back", "waived", "corrected", "explained", "fixed_at_source")
UNSETTLED: Final = frozenset({"open", "expired"})
# Grain: finding_id, week_id. A finding as one week showed it, with what it is now: the decision that it rests on and
# the last line of its trail.
FINDINGS: Final = """
SELECT w.*, f.title, f.severity, f.status, f.owner, coalesce(w.owner_department, f.owner_department) AS department,
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
    for row in _rows(con, FINDINGS):
        findings[row["week_id"], row["table_name"], row["check_name"]].append(row)
    return [_light(row, findings[row["week_id"], row["table_name"], row["check_name"]]) for row in _rows(con, _RESULTS)]


def why_words(finding: Mapping[str, Any]) -> str:
    """Why a row of FINDINGS is in its state: the rule that explains it, who decided what until when, or whose it is.

    A finding that opened again says why before it says whose it is.
    """
    status, until = finding["status"], _until(finding["until"])
    match status:
        case "explained":
            return str(finding["explanation"] or "有规则可以解释")
        case "waived" | "corrected" | "sent_back":
            who = "，".join(filter(None, (finding["decided_by"], _day(finding["decided_at"]))))
            signed = f"（{who}）" if who else ""
            label = WORDS_OF_KIND.get(finding["kind"], "已处理")
            return f"{label}{until}：{finding['reason'] or '未写理由'}{signed}"
        case "expired" | "fixed_at_source":
            return str(finding["words"] or "")
    waits = f"等待处理：{'、'.join(filter(None, (finding['owner'], finding['department'])))}"
    return "。".join(filter(None, (_reopened(finding), waits)))


def _reopened(finding: Mapping[str, Any]) -> str:
    """Why it is open again, from its trail; empty where nobody had settled it before. The evidence stands elsewhere."""
    words, evidence = finding["words"] or "", finding["last_evidence"]
    return str(words.removesuffix(f"：{evidence}")) if words != evidence and words.endswith(f"：{evidence}") else ""


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
    return f"，到 {until}" if until else ""


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
