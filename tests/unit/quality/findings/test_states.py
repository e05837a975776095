from __future__ import annotations

from datetime import date, datetime
from typing import get_args

import pytest

from pipeline.quality.codes import PERSONAL, Kind
from pipeline.quality.findings.states import Settled, WeekFacts, basis_of, state_of

TODAY = date(2023, 4, 20)
NOON = datetime(2023, 4, 20, 12)
SHOWN: WeekFacts = ("2023-14", 2, "办结超出受理 224 件", None)
RULED: WeekFacts = ("2023-14", 2, "办结超出受理 224 件", "上年结转 300 件可以解释")
NEXT: WeekFacts = ("2023-15", 1, "办结超出受理 9 件", None)


def settled(
    kind: str, *, until: date | None = None, basis: str | None = None, correction: str | None = None
) -> Settled:
    known = basis_of([SHOWN]) if basis is None else basis
    return Settled("d1", kind, "手工合计", until, "张三", NOON, "2023-14", known, correction)


@pytest.mark.parametrize(
    ("facts", "decision", "status"),
    [
        pytest.param([SHOWN], None, "open", id="nobody has decided"),
        pytest.param([RULED], None, "explained", id="a rule explains it"),
        pytest.param([RULED, NEXT], None, "open", id="a rule explains only one of its weeks"),
        pytest.param([], None, "fixed_at_source", id="the check passes now"),
        pytest.param([SHOWN], settled("accept"), "waived", id="accepted as it is"),
        pytest.param([SHOWN, NEXT], settled("accept"), "open", id="accepted and a week came after"),
        pytest.param([(*SHOWN[:1], 3, *SHOWN[2:])], settled("accept"), "open", id="accepted and a figure moved"),
        pytest.param([SHOWN, NEXT], settled("accept", until=TODAY), "waived", id="accepted to a day covers new weeks"),
        pytest.param([SHOWN], settled("postpone", until=TODAY), "postponed", id="postponed, on its last day"),
        pytest.param([SHOWN], settled("note", until=TODAY), "noted", id="let go with a note to a day"),
        pytest.param([SHOWN], settled("withhold"), "withheld", id="let go without its figures"),
        pytest.param([SHOWN, NEXT], settled("withhold"), "open", id="a week came after that was let go"),
        pytest.param([SHOWN, NEXT], settled("send_back"), "sent_back", id="sent back and a week came after"),
        pytest.param([(*SHOWN[:1], 3, *SHOWN[2:])], settled("send_back"), "open", id="sent back, another came"),
        pytest.param([SHOWN], settled("postpone", until=date(2023, 4, 19)), "expired", id="postponed, a day after"),
        pytest.param([RULED], settled("postpone", until=date(2023, 4, 19)), "explained", id="run out but explained"),
        pytest.param([SHOWN], settled("send_back"), "sent_back", id="sent back"),
        pytest.param([], settled("send_back"), "fixed_at_source", id="sent back and delivered anew"),
        pytest.param([SHOWN], settled("withdraw"), "open", id="the decision is taken back"),
        pytest.param([SHOWN], settled("correct", correction="active"), "corrected", id="corrected, not checked yet"),
        pytest.param([], settled("correct", correction="active"), "corrected", id="corrected and the check passes"),
        pytest.param([SHOWN], settled("correct", correction="failed"), "open", id="corrected and the source moved"),
        pytest.param([SHOWN], settled("correct", correction="obsolete"), "open", id="source right, check still fails"),
        pytest.param([], settled("correct", correction="obsolete"), "fixed_at_source", id="source says it right now"),
    ],
)  # fmt: skip
def test_a_findings_state_follows_from_its_weeks_and_its_last_decision(
    facts: list[WeekFacts], decision: Settled | None, status: str
):
    assert state_of(facts, decision, frozenset(), False, TODAY).status == status


@pytest.mark.parametrize("kind", sorted(get_args(Kind)))
def test_no_decision_settles_personal_data_but_its_removal(kind: str):
    decision = settled(kind, until=None, correction="active")
    assert state_of([SHOWN], decision, frozenset(), False, TODAY, PERSONAL).status == "open"
    assert state_of([], decision, frozenset(), False, TODAY, PERSONAL).status == "fixed_at_source"


def test_a_correction_that_a_check_finds_to_be_no_cure_reopens_and_stays_open():
    decision = settled("correct", correction="active")
    assert state_of([SHOWN], decision, frozenset(), True, TODAY).status == "open"
    assert state_of([SHOWN], decision, frozenset({"d1"}), False, TODAY).status == "open"
