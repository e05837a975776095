"""Every closed list is kept once: each code has its words, and no label is for a code that is none."""

from __future__ import annotations

from typing import Any, get_args

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality import codes
from pipeline.quality.findings.states import STATUS_OF_KIND
from tests.noise import latin


@pytest.mark.parametrize(
    ("kinds", "labels"),
    [
        (codes.Severity, codes.SEVERITY_LABELS),
        (codes.Status, codes.STATUS_LABELS),
        (codes.Kind, codes.KIND_LABELS),
        (codes.Outcome, codes.OUTCOME_LABELS),
        (codes.CorrectionStatus, codes.CORRECTION_LABELS),
    ],
)
def test_every_code_has_its_words_and_every_label_its_code(kinds: Any, labels: dict[str, str]) -> None:
    assert tuple(labels) == get_args(kinds)
    assert [label for label in labels.values() if latin(label)] == []


def test_every_status_has_its_place_among_the_urgent_ones() -> None:
    assert sorted(codes.URGENCY) == sorted(get_args(codes.Status))


def test_the_unsettled_statuses_are_the_same_in_sql() -> None:
    listed = ", ".join(f"'{status}'" for status in codes.URGENCY if status in codes.UNSETTLED)
    assert f"({listed})" == codes.UNSETTLED_SQL


@given(
    st.sampled_from(get_args(codes.Severity)),
    st.sampled_from(get_args(codes.Status)),
    st.none() | st.sampled_from(get_args(codes.Kind)),
    st.none() | st.sampled_from(codes.CATEGORIES),
)
def test_what_stops_a_release_is_the_same_in_sql(severity: str, status: str, kind: str | None, category: str | None):
    row = duckdb.execute(
        f"SELECT {codes.STOPS_RELEASE_SQL} FROM (SELECT ? AS severity, ? AS status, ? AS category) AS f, "
        "(SELECT ? AS kind) AS d",
        [severity, status, category, kind],
    ).fetchone()
    assert row == (codes.stops_release(severity, status, kind, category),)


def test_a_postponement_is_said_without_its_preposition_where_no_day_follows() -> None:
    assert codes.WORDS_OF_KIND["postpone"] == "暂缓"
    assert codes.WORDS_OF_KIND["accept"] == codes.KIND_LABELS["accept"]


def test_every_decision_but_a_withdrawal_leads_to_a_status() -> None:
    assert {*STATUS_OF_KIND, "withdraw"} == set(get_args(codes.Kind))
