"""The rows of the steward's workbook: each finding of a week in words, with what is decided.

How a row looks is in `pipeline.present.steward.findings_sheet`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch
from pipeline.quality.codes import (
    OUTCOME_LABELS,
    PERSONAL,
    PLATFORM,
    SEVERITY_LABELS,
    STATUS_LABELS,
    UNSETTLED,
    WORDS_OF_KIND,
)
from pipeline.quality.desk.seal import seal, version
from pipeline.quality.findings.faults import parted
from pipeline.quality.findings.order import rank_of
from pipeline.quality.findings.places import Place, places_words, read_places

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A finding that a correction or an accepted name cured fails no more in its week, yet that can still be taken back.
ROWS: Final = """
WITH shown AS (
    SELECT finding_id, unexpected_count, evidence, explanation, owner_department, places, check_name
    FROM quality.finding_week WHERE week_id = $week
    UNION ALL
    SELECT f.finding_id, f.unexpected_count, f.evidence, f.explanation, f.owner_department, f.places, f.check_name
    FROM quality.finding AS f
    WHERE f.status = 'corrected' AND f.finding_id IN (
            SELECT finding_id FROM quality.correction WHERE week_id = $week
            UNION SELECT finding_id FROM quality.decision WHERE kind = 'name' AND week_id = $week
        )
        AND f.finding_id NOT IN (SELECT finding_id FROM quality.finding_week WHERE week_id = $week)
),
last_answer AS (
    SELECT DISTINCT ON (a.finding_id) a.finding_id, a.outcome, a.message, a.answered_at
    FROM quality.review_answer AS a JOIN ledger.delivery AS b ON b.delivery_id = a.delivery_id
    WHERE b.week_id = $week AND a.outcome <> 'blank'
    ORDER BY a.finding_id, a.answered_at DESC, a.delivery_id, a.row_no
)
SELECT f.finding_id, f.category, f.severity, f.status, f.title, f.action, f.owner, f.first_seen, f.last_seen, f.weeks,
    f.until, f.decision_id, f.cell, f.figures, w.unexpected_count,
    w.evidence, w.explanation, w.owner_department, w.places,
    d.kind, d.reason, d.decided_by, d.decided_at, c.note, c.status AS correction_status, f.table_name, f.check_name,
    a.outcome, a.message, a.answered_at,
    (SELECT string_agg(strftime(m.said_at, '%m-%d ') || coalesce(m.said_by, '未署名') || '：' || m.words, chr(10)
        ORDER BY m.said_at, m.delivery_id, m.row_no)
        FROM quality.comment AS m WHERE m.finding_id = f.finding_id) AS comments
FROM shown AS w
JOIN quality.finding AS f USING (finding_id)
LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
LEFT JOIN quality.correction AS c ON c.correction_id = d.correction_id
LEFT JOIN last_answer AS a ON a.finding_id = f.finding_id
ORDER BY f.owner, f.check_name, f.finding_id
"""


@dataclass(frozen=True)
class DeskRow:
    """One finding as its row shows it; `status` and `severity` are the codes, everything else is in words."""

    finding_id: str
    category: str
    severity: str
    status: str
    problem: str
    evidence: str
    places: Sequence[Place]
    action: str
    owner: str
    weeks: str
    settled: str
    cell: str | None
    can_withdraw: bool
    is_of_totals: bool
    seal: str
    is_personal: bool = False
    last_answer: str = ""
    comments: str = ""

    @property
    def is_critical(self) -> bool:
        """Whether it can stop the release."""
        return self.severity == "critical"

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.status in UNSETTLED

    @property
    def severity_label(self) -> str:
        """严重 or 提醒."""
        return SEVERITY_LABELS.get(self.severity, self.severity)

    @property
    def status_label(self) -> str:
        """待处理, 已解释 …"""
        return STATUS_LABELS.get(self.status, self.status)

    @property
    def where(self) -> str:
        """Files, sheets and rows."""
        return places_words(self.places)

    @property
    def only_row(self) -> str:
        """The row number where the finding stands in exactly one row that can be corrected: a printed total cannot."""
        if self.is_of_totals or len(self.places) != 1:
            return ""
        place = self.places[0]
        return place.rows if place.is_one_row else ""


def desk_rows(con: DuckDBPyConnection, week_id: str, key: bytes) -> list[DeskRow]:
    """Returns the findings of an issue: worst first, then by what they move in print, see `findings.order`.

    In: quality.finding (finding_id), finding_week (finding_id, week_id), decision, correction. `key` seals the rows.
    """
    rows = sorted(fetch(con, ROWS, {"week": week_id}), key=rank_of)
    rules = _rule_titles(con)
    return [_row(row, rules, week_id, key) for row in rows]


def _rule_titles(con: DuckDBPyConnection) -> Mapping[tuple[str, str], str]:
    """What each check is called, by table and name; empty before the first checks."""
    if not has_table(con, "quality", "check_rule"):
        return {}
    rows = fetch(con, "SELECT table_name, check_name, title FROM quality.check_rule")
    return {(row["table_name"], row["check_name"]): row["title"] for row in rows}


def _row(row: Row, rules: Mapping[tuple[str, str], str], week_id: str, key: bytes) -> DeskRow:
    weeks = row["first_seen"]
    if row["weeks"] > 1:
        weeks = f"{row['first_seen']} 至 {row['last_seen']}（{row['weeks']} 期）"
    # The week's own words: the title is that of the finding's last week.
    problem, _ = parted(row["evidence"])
    evidence = _evidence(row, rules)
    row_version = version(row["evidence"], row["unexpected_count"], row["explanation"], row["decision_id"])
    return DeskRow(
        finding_id=row["finding_id"],
        category=row["category"] or PLATFORM,
        severity=row["severity"],
        status=row["status"],
        problem=problem,
        evidence=evidence,
        places=read_places(row["places"]),
        action=row["action"],
        owner=row["owner_department"] or row["owner"],
        weeks=weeks,
        settled=_settled(row),
        cell=row["cell"],
        can_withdraw=row["kind"] is not None or row["table_name"] == "quality.correction",
        is_of_totals=row["table_name"] == "ledger.control_total",
        is_personal=row["category"] == PERSONAL,
        last_answer=_last_answer(row),
        comments=row["comments"] or "",
        seal=seal(key, week_id, row["finding_id"], problem, evidence, row_version),
    )


def _evidence(row: Row, rules: Mapping[tuple[str, str], str]) -> str:
    """What was seen besides the fault, and the rule that it breaks: `每个工作日 4（检查：数量在正常范围内）`."""
    _, rest = parted(row["evidence"])
    rule = f"检查：{rules.get((row['table_name'], row['check_name']), row['check_name'])}"
    return f"{rest}（{rule}）" if rest else rule


def _last_answer(row: Row) -> str:
    """What the last workbook of the week was told about the finding where nothing was recorded: what to mend, and when.

    What was recorded stands in the column beside it.
    """
    if row["outcome"] is None or row["outcome"] in ("applied", "repeated"):
        return ""
    label = OUTCOME_LABELS.get(row["outcome"], row["outcome"])
    return f"{label}：{row['message']}（{row['answered_at']:%Y-%m-%d %H:%M}）"


def _settled(row: Row) -> str:
    """What is decided or explained so far: what, until when, why, who and when."""
    if row["kind"] is None:
        explanation = row["explanation"]
        return f"规则说明：{explanation}" if explanation else ""
    label = WORDS_OF_KIND.get(row["kind"], row["kind"])
    until = f"（至 {row['until']:%Y-%m-%d}）" if row["until"] else ""
    # The note of a correction says what was corrected, and why.
    reason = row["note"] or row["reason"] or ""
    return f"{label}{until}：{reason}（{row['decided_by']}，{row['decided_at']:%Y-%m-%d}）"
