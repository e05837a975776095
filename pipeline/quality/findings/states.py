"""The rules by which a finding's state follows from its weeks and its last decision; nothing is read or written here.

A decision covers what the steward saw: the weeks up to the one decided on, with those figures. With a date it covers
later weeks too, and runs out. What was sent back stays so while a week still shows what was sent back: a later week
with the same cause settles nothing. A correction covers a finding until a check says that it did not cure it.
Personal data is settled by its removal alone. Reading the weeks and decisions and keeping the states is in
`pipeline.quality.findings.settling`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pipeline.quality.codes import PERSONAL, WORDS_OF_KIND, CorrectionStatus, Kind, Status

STATUS_OF_KIND: Final[Mapping[Kind, Status]] = {
    "accept": "waived",
    "postpone": "postponed",
    "note": "noted",
    "withhold": "withheld",
    "send_back": "sent_back",
    "correct": "corrected",
    "name": "corrected",
}
# Why a finding is open again although it was corrected.
_CORRECTION_ENDED: Final[Mapping[CorrectionStatus | None, str]] = {
    "obsolete": "来源已改成更正后的值",
    "failed": "来源又有变化，更正不再适用",
    "superseded": "有更正的那份报送已由新的报送代替",
}
_CORRECTION_REPLACED: Final = "更正已由新的更正代替"

WeekFacts = tuple[str, int, str, str | None]
"""week_id, failing rows, evidence, explanation by a rule."""


@dataclass(frozen=True)
class Settled:
    """The last decision on a finding, and what became of its correction."""

    decision_id: str
    kind: Kind
    reason: str | None
    until: date | None
    decided_by: str | None
    decided_at: datetime
    week_id: str | None
    basis: str | None
    correction_status: CorrectionStatus | None


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


def basis_of(facts: Iterable[WeekFacts]) -> str:
    """Returns what is known of a finding, a short digest a week: `2023-14=1f0c9a2e,2023-15=77b0d1c4`.

    A decision without a date covers these weeks as they were.
    """
    return ",".join(sorted(f"{week_facts[0]}={_digest(week_facts)}" for week_facts in facts))


def _digest(facts: WeekFacts) -> str:
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:8]


def _is_covered(facts: Iterable[WeekFacts], decision: Settled) -> bool:
    """Whether a decision without a day still holds.

    It does as long as nothing is known now that was not known then; a week that got well is no news. What was sent
    back is so as long as one of the weeks is as it was: only a corrected delivery answers that.
    """
    known_now = set(basis_of(facts).split(","))
    known_then = set((decision.basis or "").split(","))
    if decision.kind == "send_back":
        return bool(known_now & known_then)
    return known_now <= known_then


def state_of(
    facts: Sequence[WeekFacts],
    decision: Settled | None,
    reopened: frozenset[str],
    is_shown_again: bool,
    today: date,
    category: str | None = None,
) -> State:
    """Returns the state of one finding on `today` (Beijing's day).

    `facts` are its weeks in order, none where no check shows it any more. `reopened` are decisions that a check has
    found to be no cure; `is_shown_again` says that the checks of this run still show it. Of the category of personal
    data no decision counts, also none that an earlier version of this program recorded.
    """
    if decision is None or category == PERSONAL:
        return _undecided(facts)
    match decision.kind:
        case "withdraw":
            undecided = _undecided(facts, f"撤回此前的处理意见：{decision.reason or '未写理由'}")
            return State(undecided.status, None, decision.decision_id, undecided.words)
        case "name":
            return _of_accepted_name(facts, decision)
        case "correct":
            is_no_cure = is_shown_again or decision.decision_id in reopened
            return _of_correction(facts, decision, is_no_cure)
    if not facts:
        return _undecided(facts)
    return _of_waiver(facts, decision, today)


def _of_waiver(facts: Sequence[WeekFacts], decision: Settled, today: date) -> State:
    """Accepted, postponed, let go with a note or without its figures, or sent back: until its day, or news."""
    label = WORDS_OF_KIND[decision.kind]
    if decision.until is None:
        if not _is_covered(facts, decision):
            return _undecided(facts, f"依据与“{label}”时不同（又有新的一期，或数字有变），请重新处理")
    elif decision.until < today:
        if _is_explained(facts) and decision.kind != "send_back":
            return _undecided(facts)
        words = f"{label}的期限 {decision.until} 已过，请重新处理"
        return State("expired", decision.until, decision.decision_id, words)
    return State(STATUS_OF_KIND[decision.kind], decision.until, decision.decision_id, f"{label}：{decision.reason}")


def _of_correction(facts: Sequence[WeekFacts], decision: Settled, is_no_cure: bool) -> State:
    if decision.correction_status != "active":
        return _undecided(facts, _CORRECTION_ENDED.get(decision.correction_status, _CORRECTION_REPLACED))
    if not facts or not is_no_cure:
        return State("corrected", None, decision.decision_id, f"更正：{decision.reason or ''}")
    undecided = _undecided(facts, "更正后检查仍不符")
    return State(undecided.status, None, decision.decision_id, undecided.words)


def _of_accepted_name(facts: Sequence[WeekFacts], decision: Settled) -> State:
    """An accepted name settles nothing by itself: the rows are read again, and the checks tell whether it was it."""
    if not facts:
        return State("corrected", None, decision.decision_id, f"登记名称：{decision.reason or ''}")
    undecided = _undecided(facts, "登记名称后检查仍不符")
    return State(undecided.status, None, decision.decision_id, undecided.words)


def _undecided(facts: Sequence[WeekFacts], why: str = "") -> State:
    """What a finding is by itself: gone, explained by a rule, or open."""
    if not facts:
        return State("fixed_at_source", None, None, why or "检查已通过：来源数据已改")
    *_, evidence, explanation = facts[-1]
    if _is_explained(facts):
        return State("explained", None, None, f"规则说明：{explanation}")
    return State("open", None, None, f"{why}：{evidence}" if why else evidence)


def _is_explained(facts: Sequence[WeekFacts]) -> bool:
    """Whether a rule explains the finding in each of its weeks."""
    return all(explanation for *_, explanation in facts)
