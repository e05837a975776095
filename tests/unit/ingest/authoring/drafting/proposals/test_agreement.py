"""One rule says how many rows are evidence, and how near a printed number has to be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.ingest.authoring.drafting.proposals.agreement import (
    Agreement,
    Misfit,
    Standing,
    Verdict,
    ratio_verdict,
    sum_verdict,
)
from pipeline.ingest.authoring.drafting.proposals.figures import Line, Number

RATE = Number(Decimal("88.48"), Decimal("0.01"), "88.48%")


def agreement(telling: int, misfits: int, allowing: int = 0) -> Agreement:
    lines = [Misfit(Line(place), f"印为 {place}") for place in range(7, 7 + misfits)]
    return Agreement(telling, allowing, lines)


@pytest.mark.parametrize(
    ("telling", "misfits", "of_numbers", "of_labels"),
    [
        (0, 0, Standing.UNTHOUGHT, Standing.PROPOSED),
        (2, 0, Standing.UNTHOUGHT, Standing.PROPOSED),
        (0, 1, Standing.UNTHOUGHT, Standing.DOUBTED),
        (1, 1, Standing.UNTHOUGHT, Standing.DOUBTED),
        (2, 1, Standing.UNTHOUGHT, Standing.PROPOSED),
        (3, 0, Standing.PROPOSED, Standing.PROPOSED),
        (3, 1, Standing.UNTHOUGHT, Standing.PROPOSED),
        (4, 1, Standing.PROPOSED, Standing.PROPOSED),
        (10, 2, Standing.PROPOSED, Standing.PROPOSED),
        (10, 3, Standing.UNTHOUGHT, Standing.DOUBTED),
    ],
)
def test_few_rows_need_a_label_and_one_or_two_misfits_are_errors_of_the_file(
    telling: int, misfits: int, of_numbers: Standing, of_labels: Standing
) -> None:
    rows = agreement(telling, misfits)
    assert rows.standing(is_named=False) is of_numbers
    assert rows.standing(is_named=True) is of_labels


def test_rows_that_could_not_fail_are_no_evidence_for_numbers_alone() -> None:
    assert agreement(0, 0, allowing=12).standing(is_named=False) is Standing.UNTHOUGHT


def test_the_evidence_counts_the_rows_and_names_those_that_do_not_agree() -> None:
    assert agreement(12, 0).words == "12 行中 12 行相符"
    assert agreement(11, 1).words == "12 行中 11 行相符，不符：第 7 行印为 7"
    assert agreement(9, 3).words.endswith("不符：第 7 行印为 7；第 8 行印为 8等")
    assert agreement(0, 0).words == "按名称，没有可核对的行"


@pytest.mark.parametrize(
    ("computed", "verdict"),
    [
        ("88.4849", Verdict.TELLS),
        ("88.4751", Verdict.TELLS),
        ("88.4899", Verdict.ALLOWS),
        ("88.4902", Verdict.CONTRADICTS),
    ],
)
def test_half_a_unit_of_the_last_place_is_rounding_and_a_whole_one_is_forgiven(computed: str, verdict: Verdict) -> None:
    assert ratio_verdict(RATE, Decimal(computed), Decimal(0), is_telling=True) is verdict


def test_counts_agree_exactly_and_rounded_ones_to_half_their_unit() -> None:
    exact = Number(Decimal(23101), Decimal(1), "23101")
    in_wan = Number(Decimal(23100), Decimal(100), "2.31万")
    assert sum_verdict(Decimal(1), [exact], is_telling=True) is Verdict.CONTRADICTS
    assert sum_verdict(Decimal(-50), [in_wan, exact], is_telling=True) is Verdict.TELLS
    assert sum_verdict(Decimal(51), [in_wan, exact], is_telling=True) is Verdict.CONTRADICTS
