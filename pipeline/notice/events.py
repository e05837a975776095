"""What is worth a message, from findings and waivers, as events that are told once; sending them belongs in tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.notice.known import Waiver
from pipeline.settings import NoticeKind

if TYPE_CHECKING:
    import duckdb

    from pipeline.quality.findings.findings import Finding

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
    """What the checks of `weeks` give reason to tell: every finding that blocks their release, as the gate orders them,
    and every correction that the source has caught up with.

    In: the gate's verdict, quality.finding and finding_event. Whatever is critical and undecided blocks, so that no
    critical finding is left out. A correction whose source says something else again is one of those.
    """
    from pipeline.quality.desk.gate import gate

    verdict = gate(con, weeks)
    unchecked = [
        Event("blocked", f"unchecked/{week}", f"{week} 期还没有检查过。处理：请先运行这一期")
        for week in verdict.unchecked_weeks
    ]
    openings = dict(con.execute(_OPENINGS).fetchall())
    found: list[tuple[NoticeKind, Finding]] = [("blocked", one) for one in verdict.blocking]
    found += [("correction", one) for one in _needless(con, weeks)]
    return unchecked + [_finding_event(kind, one, openings.get(one.finding_id, 0)) for kind, one in found]


def as_asked(event: Event, kinds: Collection[NoticeKind]) -> Event | None:
    """The event as somebody who asked for `kinds` is told it; None where it is none of them.

    A finding that blocks is critical too: who asked for critical ones alone gets it as such.
    """
    if event.kind in kinds:
        return event
    return replace(event, kind="critical") if event.kind == "blocked" and "critical" in kinds else None


def waiver_events(waivers: Iterable[Waiver], today: date, days: int) -> list[Event]:
    """Waivers that end within `days`, the day itself included; the earliest first."""
    ending = [waiver for waiver in waivers if 0 <= (waiver.until - today).days <= days]
    return [
        Event(
            "waiver",
            f"waiver/{waiver.finding_id}/{waiver.until}",
            f"{waiver.title}（{waiver.owner}）：{waiver.label}，到 {waiver.until} 为止，"
            f"{_in_days(waiver, today)}。处理：到期前更正来源，或在处理单中重新决定；到期后重新列为待处理。"
            f"编号 {waiver.finding_id}",
        )
        for waiver in sorted(ending, key=lambda one: (one.until, one.finding_id))
    ]


def _in_days(waiver: Waiver, today: date) -> str:
    left = (waiver.until - today).days
    return f"还有 {left} 天" if left else "今天到期"


def _needless(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> list[Finding]:
    """The open findings of these weeks that say that a correction is needed no more."""
    from pipeline.quality.findings.findings import Finding

    columns = ", ".join(column.name for column in fields(Finding))
    rows = con.execute(
        f"SELECT {columns} FROM quality.finding WHERE table_name = 'quality.correction' AND severity <> 'critical' "
        "AND status IN ('open', 'expired') AND finding_id IN "
        "(SELECT finding_id FROM quality.finding_week WHERE list_contains(?, week_id)) ORDER BY finding_id",
        [list(weeks)],
    ).fetchall()
    return [Finding(*row) for row in rows]


def _finding_event(kind: NoticeKind, finding: Finding, opening: int) -> Event:
    first, last = finding.first_seen, finding.last_seen
    seen = first if first == last else f"{first} 至 {last}"
    owner = "、".join(filter(None, (finding.owner, finding.owner_department)))
    words = (
        f"{finding.title}（{seen} 期，{owner}）：{finding.evidence}。处理：{finding.action}。编号 {finding.finding_id}"
    )
    key = "critical" if kind == "blocked" else kind
    return Event(kind, f"{key}/{finding.finding_id}/{opening}", words)
