"""Keeps the state of every finding up to date; every change is an event that is never rewritten.

In: quality.finding, finding_week, decision, correction. Out: quality.finding_event, and the status of quality.finding.
By what rules a state follows is in `pipeline.quality.findings.states`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import insert_rows
from pipeline.quality.codes import Status
from pipeline.quality.findings.states import Settled, State, WeekFacts, state_of

if TYPE_CHECKING:
    import duckdb

# Who makes an event: a run of the checks. The steward's events are named in `pipeline.quality.desk.answers`.
CHECKS: Final = "检查"


@dataclass(frozen=True)
class Event:
    """One line of the audit trail. Key: finding_id, event_no (from 1)."""

    finding_id: str
    event_no: int
    happened_at: datetime
    origin: str
    from_status: Status | None
    to_status: Status
    until: date | None
    decision_id: str | None
    words: str


@dataclass(frozen=True)
class _Past:
    """The last event of a finding: its number, the essence of its state, and the decisions found to be no cure."""

    event_no: int
    state: tuple[str, date | None, str | None]
    reopened: frozenset[str]


_NO_PAST: Final = _Past(0, ("", None, None), frozenset())


def settle(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    origin: str = CHECKS,
    checked: frozenset[tuple[str, str]] = frozenset(),
) -> int:
    """Brings the status of every finding up to `now` and appends an event for each change; returns how many changed.

    `checked` are the (table, week) just checked: a finding that they still show was not cured by its correction.
    `now` is Beijing time. Belongs inside the caller's transaction. Nothing is appended where nothing changed (law 7).
    """
    facts_of, decisions, pasts = _facts_by_finding(con), last_decisions(con), _pasts(con)
    findings = con.execute(
        "SELECT finding_id, table_name, status, category FROM quality.finding ORDER BY finding_id"
    ).fetchall()
    events = []
    for identity, table, status, category in findings:
        facts = facts_of.get(identity, [])
        decision = decisions.get(identity)
        past = pasts.get(identity, _NO_PAST)
        is_shown_again = any((table, week_id) in checked for week_id, *_ in facts)
        state = state_of(facts, decision, past.reopened, is_shown_again, now.date(), category)
        if state.essence == past.state:
            continue
        event = Event(
            finding_id=identity,
            event_no=past.event_no + 1,
            happened_at=_moment(state, decision, past, now),
            origin=origin,
            from_status=status if past.event_no else None,
            to_status=state.status,
            until=state.until,
            decision_id=state.decision_id,
            words=state.words,
        )
        events.append(event)
    _write(con, events)
    return len(events)


def last_decisions(con: duckdb.DuckDBPyConnection) -> dict[str, Settled]:
    """Returns the decision that counts for each finding: the latest, and of two at one moment the one written last."""
    rows = con.execute(
        "SELECT d.finding_id, d.decision_id, d.kind, d.reason, d.until, d.decided_by, d.decided_at, d.week_id, "
        "d.basis, c.status FROM (SELECT *, rowid AS written FROM quality.decision) AS d "
        "LEFT JOIN quality.correction AS c ON c.correction_id = d.correction_id "
        "QUALIFY row_number() OVER (PARTITION BY d.finding_id ORDER BY d.decided_at DESC, d.written DESC) = 1"
    ).fetchall()
    return {row[0]: Settled(*row[1:]) for row in rows}


def weeks_of(con: duckdb.DuckDBPyConnection, finding_id: str) -> list[WeekFacts]:
    """Returns the facts of one finding by week."""
    return _facts_by_finding(con).get(finding_id, [])


def _facts_by_finding(con: duckdb.DuckDBPyConnection) -> dict[str, list[WeekFacts]]:
    rows = con.execute(
        "SELECT finding_id, week_id, unexpected_count, evidence, explanation FROM quality.finding_week "
        "ORDER BY finding_id, week_id"
    ).fetchall()
    facts: dict[str, list[WeekFacts]] = {}
    for identity, week_id, count, evidence, explanation in rows:
        facts.setdefault(identity, []).append((week_id, count, evidence, explanation))
    return facts


def _pasts(con: duckdb.DuckDBPyConnection) -> dict[str, _Past]:
    """The past of every finding that has one. A decision under which a finding is open is one that was no cure."""
    rows: Sequence[tuple[Any, ...]] = con.execute(
        "SELECT finding_id, max(event_no), "
        "arg_max(struct_pack(s := to_status, u := until, d := decision_id), event_no), "
        "list(decision_id) FILTER (to_status IN ('open', 'explained') AND decision_id IS NOT NULL) "
        "FROM quality.finding_event GROUP BY finding_id"
    ).fetchall()
    return {
        identity: _Past(number, (last["s"], last["u"], last["d"]), frozenset(reopened or ()))
        for identity, number, last, reopened in rows
    }


def _moment(state: State, decision: Settled | None, past: _Past, now: datetime) -> datetime:
    """A decision dates the event that it makes; whatever a run finds out is dated by the run."""
    if decision is None or state.decision_id != decision.decision_id:
        return now
    *_, past_decision = past.state
    is_new_decision = past_decision != decision.decision_id
    return decision.decided_at if is_new_decision else now


def _write(con: duckdb.DuckDBPyConnection, events: Sequence[Event]) -> None:
    if not events:
        return
    insert_rows(con, "quality.finding_event", Event, events)
    con.execute(
        "UPDATE quality.finding AS f SET status = e.to_status, until = e.until, decision_id = e.decision_id FROM ("
        "SELECT finding_id, to_status, until, decision_id FROM quality.finding_event "
        "QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY event_no DESC) = 1) AS e "
        "WHERE e.finding_id = f.finding_id AND list_contains(?, f.finding_id)",
        [[event.finding_id for event in events]],
    )
