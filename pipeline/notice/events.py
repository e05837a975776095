"""Makes events, each told once, of findings and waivers that are worth a message; sending them belongs in tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.notice.known import Waiver
from pipeline.notice.refusal_codes import refusal_codes
from pipeline.quality.findings.faults import rest_of
from pipeline.quality.findings.places import read_places
from pipeline.reporting_calendar.week_ids import weeks_in_words
from pipeline.settings import NoticeKind

if TYPE_CHECKING:
    import duckdb

    from pipeline.quality.findings.findings import Finding

# A finding that is settled and opens again is news once more, so the key counts its openings.
_OPENINGS: Final = """
SELECT finding_id, max(event_no) AS opening FROM quality.finding_event
WHERE to_status IN ('open', 'expired') GROUP BY finding_id
"""
_OPEN_CORRECTIONS: Final = """
SELECT {columns} FROM quality.finding
WHERE table_name = 'quality.correction' AND severity <> 'critical' AND status IN ('open', 'expired')
    AND finding_id IN (SELECT finding_id FROM quality.finding_week WHERE list_contains(?, week_id))
ORDER BY finding_id
"""


@dataclass(frozen=True)
class Event:
    """One thing to tell. Key: `key`, the same as long as it is the same news; `words`: what, where and what to do."""

    kind: NoticeKind
    key: str
    words: str


def run_events(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> list[Event]:
    """Returns every finding that blocks the release of `weeks`, as the gate orders them, and every correction that the
    source has caught up with.

    In: the gate's verdict, quality.finding and finding_event. Whatever is critical and undecided blocks, so that no
    critical finding is left out. A correction whose source says something else again is one of those.
    """
    from pipeline.quality.desk.gate import gate

    verdict = gate(con, weeks)
    unchecked = [
        Event("blocked", f"unchecked/{week}", f"{week} 期还没有检查过。处理：请先运行这一期")
        for week in verdict.unchecked_weeks
    ]
    to_tell: list[tuple[NoticeKind, Finding]] = [("blocked", finding) for finding in verdict.blocking]
    to_tell += [("correction", finding) for finding in _needless_corrections(con, weeks)]
    openings = dict(con.execute(_OPENINGS).fetchall())
    codes = refusal_codes(con)
    events = [
        _finding_event(kind, finding, openings.get(finding.finding_id, 0), _code_of(finding, codes))
        for kind, finding in to_tell
    ]
    return unchecked + events


def as_asked(event: Event, kinds: Collection[NoticeKind]) -> Event | None:
    """Returns the event as somebody who asked for `kinds` is told it; None where it is none of them.

    A finding that blocks is critical too: who asked for critical ones alone gets it as such.
    """
    if event.kind in kinds:
        return event
    if event.kind == "blocked" and "critical" in kinds:
        return replace(event, kind="critical")
    return None


def waiver_events(waivers: Iterable[Waiver], today: date, days: int) -> list[Event]:
    """Returns an event for each waiver that ends within `days`, the day itself included; the earliest first."""
    ending = [waiver for waiver in waivers if 0 <= (waiver.until - today).days <= days]
    ending.sort(key=lambda waiver: (waiver.until, waiver.finding_id))
    return [
        Event(
            "waiver",
            f"waiver/{waiver.finding_id}/{waiver.until}",
            f"{waiver.title}（{waiver.owner}）：{waiver.label}，到 {waiver.until} 为止，"
            f"{_in_days(waiver, today)}。处理：到期前更正来源，或在处理单中重新决定；到期后重新列为待处理。"
            f"编号 {waiver.finding_id}",
        )
        for waiver in ending
    ]


def _in_days(waiver: Waiver, today: date) -> str:
    left = (waiver.until - today).days
    return f"还有 {left} 天" if left else "今天到期"


def _needless_corrections(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> list[Finding]:
    """Returns the open findings of these weeks which say that a correction is needed no more."""
    from pipeline.quality.findings.findings import Finding

    columns = ", ".join(column.name for column in fields(Finding))
    rows = con.execute(_OPEN_CORRECTIONS.format(columns=columns), [list(weeks)]).fetchall()
    return [Finding(*row) for row in rows]


def _code_of(finding: Finding, codes: Mapping[str, str]) -> str:
    """Returns the code with which the finding's file was refused; nothing where it is about no refused file."""
    for place in read_places(finding.places):
        code = codes.get(place.delivery_id or "")
        if code:
            return code
    return ""


def _finding_event(kind: NoticeKind, finding: Finding, opening: int, refusal_code: str) -> Event:
    weeks = weeks_in_words(finding.first_seen, finding.last_seen)
    owner = "、".join(filter(None, (finding.owner, finding.owner_department)))
    code = f"，拒收代码 {refusal_code}" if refusal_code else ""
    rest = rest_of(finding.title, finding.evidence)
    evidence = f"：{rest}" if rest else ""
    words = f"{finding.title}（{weeks} 期，{owner}）{evidence}。处理：{finding.action}。编号 {finding.finding_id}{code}"
    # Who asked for critical findings and who asked for blocking ones are told of the same news once.
    key = "critical" if kind == "blocked" else kind
    return Event(kind, f"{key}/{finding.finding_id}/{opening}", words)
