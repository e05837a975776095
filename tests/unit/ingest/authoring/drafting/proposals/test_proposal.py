"""A proposal knows the checks that come of it, and is the best of its rivals."""

from __future__ import annotations

from pipeline.ingest.authoring.drafting.proposals.agreement import Agreement
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal, best_of, proposal

RATE = Proposal("rate", "rated_pct", "{of: rated, per: cases}", "评价÷办件", "3 行中 3 行相符")
DOUBTED = Proposal("rate", "rated_pct", "{of: rated, per: accepted}", "评价÷受理", "", is_doubted=True)


def test_the_checks_of_a_word_are_known_by_their_names() -> None:
    assert RATE.is_asked_by("rate_rated_pct")
    assert RATE.is_asked_by("rate_of_nothing_rated_pct")
    assert not RATE.is_asked_by("parts_rated_pct")
    assert not RATE.is_asked_by("rate_rated_pct_of_week")
    parts = Proposal("parts", "completed", "", "", "")
    assert parts.is_asked_by("parts_completed_near")
    assert parts.is_asked_by("parts_completed_2_near")
    assert parts.is_on_field is False


def test_a_doubted_word_is_taken_only_where_there_is_no_other() -> None:
    assert best_of([((0,), DOUBTED), ((5,), RATE)]) is RATE
    assert best_of([((0,), DOUBTED)]) is DOUBTED
    assert best_of([]) is None


def test_what_nothing_speaks_for_is_no_proposal() -> None:
    assert proposal("rate", "a", "{}", "", Agreement(), is_named=False) is None
