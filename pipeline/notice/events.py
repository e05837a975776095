"""What is worth a message, from findings and waivers, as events that are told once; sending them belongs in tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pipeline.notice.known import Waiver
from pipeline.settings import NoticeKind

if TYPE_CHECKING:
    import duckdb

_COLUMNS: Final = "f.finding_id, f.title, f.evidence, f.owner, f.owner_department, f.first_seen, f.last_seen, f.action"
# A finding that is settled and opens again is news once more, so the key counts its openings.
_OPENINGS: Final = (
    "SELECT finding_id, max(event_no) AS opening FROM quality.finding_event "
    "WHERE to_status IN ('open', 'expired') GROUP BY finding_id"
)


@dataclass(frozen=True)
class Event:
    """One thing to tell. Key: `key`, the same as long as it is the same news; `words`: what, where and what to do."""

    kind: NoticeKind
    key: str
    words: str


def run_events(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> list[Event]:
    """What the checks of `weeks` give reason to tell: what blocks their release, and other critical findings.

    In: quality.finding, finding_week, finding_event, and the gate's verdict. A finding that blocks is told as such
    only. Ordered as the gate orders them.
    """
    from pipeline.quality.gate import gate

    verdict = gate(con, weeks)
    blocking = {finding.finding_id for finding in verdict.blocking}
    unchecked = [
        Event("blocked", f"unchecked/{week}", f"{week} 期还没有检查过。处理：请先运行这一期")
        for week in verdict.unchecked_weeks
    ]
    return unchecked + [_finding_event(row, blocking) for row in _critical(con, weeks)]


def waiver_events(waivers: Iterable[Waiver], today: date, days: int) -> list[Event]:
    """Waivers that end within `days`, the day itself included; the earliest first."""
    ending = [waiver for waiver in waivers if 0 <= (waiver.until - today).days <= days]
    return [
        Event(
            "waiver",
            f"waiver/{waiver.finding_id}/{waiver.until}",
            f"{waiver.title}（{waiver.owner}）：接受到 {waiver.until} 为止，"
            f"{_in_days(waiver, today)}。处理：到期前更正来源，或在问题清单中重新决定；到期后重新列为待处理。"
            f"编号 {waiver.finding_id}",
        )
        for waiver in sorted(ending, key=lambda one: (one.until, one.finding_id))
    ]


def _in_days(waiver: Waiver, today: date) -> str:
    left = (waiver.until - today).days
    return f"还有 {left} 天" if left else "今天到期"


def _critical(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> list[dict[str, Any]]:
    cursor = con.execute(
        f"SELECT {_COLUMNS}, coalesce(o.opening, 0) AS opening FROM quality.finding AS f "
        f"LEFT JOIN ({_OPENINGS}) AS o ON o.finding_id = f.finding_id "
        "WHERE f.severity = 'critical' AND f.status IN ('open', 'expired') AND f.finding_id IN "
        "(SELECT finding_id FROM quality.finding_week WHERE list_contains(?, week_id)) "
        "ORDER BY f.table_name, f.check_name, f.finding_id",
        [list(weeks)],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _finding_event(row: dict[str, Any], blocking: set[str]) -> Event:
    seen = row["first_seen"] if row["first_seen"] == row["last_seen"] else f"{row['first_seen']} 至 {row['last_seen']}"
    owner = "、".join(filter(None, (row["owner"], row["owner_department"])))
    words = f"{row['title']}（{seen} 期，{owner}）：{row['evidence']}。处理：{row['action']}。编号 {row['finding_id']}"
    kind: NoticeKind = "blocked" if row["finding_id"] in blocking else "critical"
    return Event(kind, f"critical/{row['finding_id']}/{row['opening']}", words)
