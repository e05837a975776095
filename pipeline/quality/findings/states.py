"""What a finding is now, from its weeks and its last decision; every change is an event that is never rewritten.

A decision covers what the steward saw: the weeks up to the one decided on, with those figures. With a date it covers
later weeks too, and runs out. A correction covers a finding until a check says that it did not cure it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from pipeline.common.tables import insert_rows

if TYPE_CHECKING:
    import duckdb

Status = Literal["open", "explained", "waived", "corrected", "sent_back", "fixed_at_source", "expired"]
CHECKS: Final = "检查"
STATUS_OF_KIND: Final[Mapping[str, Status]] = {
    "accept": "waived",
    "postpone": "waived",
    "send_back": "sent_back",
    "correct": "corrected",
}
WORDS_OF_KIND: Final = {"accept": "接受并说明", "postpone": "暂缓", "send_back": "退回", "correct": "更正"}
WeekFacts = tuple[str, int, str, str | None]
"""week_id, failing rows, evidence, explanation by a rule."""


@dataclass(frozen=True)
class Settled:
    """The last decision on a finding, and what became of its correction."""

    decision_id: str
    kind: str
    reason: str | None
    until: date | None
    decided_by: str | None
    decided_at: datetime
    week_id: str | None
    basis: str | None
    correction_status: str | None


@dataclass(frozen=True)
class State:
    """What a finding is; `decision_id` is the decision that it rests on, `until` its last day."""

    status: Status
    until: date | None
    decision_id: str | None
    words: str

    @property
    def essence(self) -> tuple[str, date | None, str | None]:
        """What makes two states different; words alone do not."""
        return self.status, self.until, self.decision_id


@dataclass(frozen=True)
class Event:
    """One line of the audit trail. Key: finding_id, event_no (from 1)."""

    finding_id: str
    event_no: int
    happened_at: datetime
    origin: str
    from_status: str | None
    to_status: str
    until: date | None
    decision_id: str | None
    words: str


@dataclass(frozen=True)
class _Past:
    event_no: int
    state: tuple[str, date | None, str | None]
    reopened: frozenset[str]


def basis_of(facts: Iterable[WeekFacts]) -> str:
    """What is known of a finding, a short digest a week: a decision without a date covers these weeks as they were."""
    return ",".join(sorted(f"{fact[0]}={_digest(fact)}" for fact in facts))


def _digest(fact: WeekFacts) -> str:
    return hashlib.sha256(json.dumps(fact, ensure_ascii=False).encode()).hexdigest()[:8]


def _is_covered(facts: Iterable[WeekFacts], basis: str | None) -> bool:
    """Whether nothing is known now that was not known when the decision was taken; a week that got well is no news."""
    return set(basis_of(facts).split(",")) <= set((basis or "").split(","))


def settle(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    origin: str = CHECKS,
    checked: frozenset[tuple[str, str]] = frozenset(),
) -> int:
    """Bring the status of every finding up to `now` and append an event for each change; returns how many changed.

    `checked` are the (table, week) just checked: a finding that they still show was not cured by its correction.
    Belongs inside the caller's transaction. Nothing is appended where nothing changed (law 7).
    """
    weeks, decisions, pasts = _weeks(con), last_decisions(con), _pasts(con)
    events = []
    for identity, table, status in con.execute(
        "SELECT finding_id, table_name, status FROM quality.finding ORDER BY finding_id"
    ).fetchall():
        facts = weeks.get(identity, [])
        past = pasts.get(identity, _Past(0, ("", None, None), frozenset()))
        is_shown_again = any((table, fact[0]) in checked for fact in facts)
        state = state_of(facts, decisions.get(identity), past.reopened, is_shown_again, now.date())
        if state.essence != past.state:
            before = status if past.event_no else None
            events.append(
                Event(identity, past.event_no + 1, _moment(state, decisions.get(identity), past, now), origin, before,
                      state.status, state.until, state.decision_id, state.words)
            )  # fmt: skip
    _write(con, events)
    return len(events)


def state_of(
    facts: Sequence[WeekFacts],
    decision: Settled | None,
    reopened: frozenset[str],
    is_shown_again: bool,
    today: date,
) -> State:
    """The state of one finding. `reopened` are decisions that a check has found to be no cure."""
    match decision:
        case None:
            return _undecided(facts)
        case Settled(kind="withdraw"):
            undecided = _undecided(facts, f"撤回此前的处理意见：{decision.reason or '未写理由'}")
            return State(undecided.status, None, decision.decision_id, undecided.words)
        case Settled(kind="correct"):
            return _of_correction(facts, decision, decision.decision_id in reopened or is_shown_again)
    return _of_waiver(facts, decision, today) if facts else _undecided(facts)


def _of_waiver(facts: Sequence[WeekFacts], decision: Settled, today: date) -> State:
    """Accepted, postponed or sent back: until its day, or as long as nothing new is known."""
    label = WORDS_OF_KIND[decision.kind]
    if decision.until is not None and decision.until < today:
        if all(explanation for *_, explanation in facts):
            return _undecided(facts)
        return State(
            "expired", decision.until, decision.decision_id, f"{label}的期限 {decision.until} 已过，请重新处理"
        )
    if decision.until is None and not _is_covered(facts, decision.basis):
        return _undecided(facts, f"依据与“{label}”时不同（又有新的一期，或数字有变），请重新处理")
    return State(STATUS_OF_KIND[decision.kind], decision.until, decision.decision_id, f"{label}：{decision.reason}")


def _of_correction(facts: Sequence[WeekFacts], decision: Settled, is_no_cure: bool) -> State:
    if decision.correction_status != "active":
        why = {"obsolete": "来源已改成更正后的值", "failed": "来源又有变化，更正不再适用"}
        return _undecided(facts, why.get(decision.correction_status or "", "更正已由新的更正代替"))
    if not facts or not is_no_cure:
        return State("corrected", None, decision.decision_id, f"更正：{decision.reason or ''}")
    undecided = _undecided(facts, "更正后检查仍不符")
    return State(undecided.status, None, decision.decision_id, undecided.words)


def _undecided(facts: Sequence[WeekFacts], why: str = "") -> State:
    """What a finding is by itself: gone, explained by a rule, or open."""
    if not facts:
        return State("fixed_at_source", None, None, why or "检查已通过：来源数据已改")
    *_, evidence, explanation = facts[-1]
    if all(fact[3] for fact in facts):
        return State("explained", None, None, f"规则说明：{explanation}")
    return State("open", None, None, f"{why}：{evidence}" if why else evidence)


def last_decisions(con: duckdb.DuckDBPyConnection) -> dict[str, Settled]:
    """The decision that counts for each finding: the latest, and of two at one moment the one written last."""
    rows = con.execute(
        "SELECT d.finding_id, d.decision_id, d.kind, d.reason, d.until, d.decided_by, d.decided_at, d.week_id, "
        "d.basis, c.status FROM (SELECT *, rowid AS written FROM quality.decision) AS d "
        "LEFT JOIN quality.correction AS c ON c.correction_id = d.correction_id "
        "QUALIFY row_number() OVER (PARTITION BY d.finding_id ORDER BY d.decided_at DESC, d.written DESC) = 1"
    ).fetchall()
    return {row[0]: Settled(*row[1:]) for row in rows}


def _weeks(con: duckdb.DuckDBPyConnection) -> dict[str, list[WeekFacts]]:
    found: dict[str, list[WeekFacts]] = {}
    rows = con.execute(
        "SELECT finding_id, week_id, unexpected_count, evidence, explanation FROM quality.finding_week ORDER BY 1, 2"
    ).fetchall()
    for identity, *facts in rows:
        found.setdefault(identity, []).append(tuple(facts))
    return found


def weeks_of(con: duckdb.DuckDBPyConnection, finding_id: str) -> list[WeekFacts]:
    """The facts of one finding by week."""
    return _weeks(con).get(finding_id, [])


def _pasts(con: duckdb.DuckDBPyConnection) -> dict[str, _Past]:
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
    is_decided = decision is not None and state.decision_id == decision.decision_id != past.state[2]
    return decision.decided_at if is_decided and decision else now


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
