"""The second look reads plain numerals and plain words, and nothing that needs thought."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.second_look.seen import is_plain_word, multiplier, plain_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", "12"), ("-3.50", "-3.50"), (" 7 ", "7"), ("007", "7"), ("-1,234,567.8", "-1234567.8")],
)
def test_a_plain_numeral_is_read(text: str, number: str) -> None:
    assert plain_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "-", "1,234", "0,611", "93,33", "1.2.3", "1e3", "98%", "3.5万", "１2", "12件", "+5", "0,123,456"]
)  # fmt: skip
def test_what_needs_thought_is_left_alone(text: str) -> None:
    assert plain_number(text) is None


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=3))
def test_every_decimal_is_read_as_itself(number: Decimal) -> None:
    assert plain_number(f"{number:f}") == number


@pytest.mark.parametrize(("text", "is_plain"), [("U000-1", True), ("综合窗口1", True), ("A 1", False), ("'01", False)])
def test_a_word_is_plain_where_nothing_could_be_stripped(text: str, is_plain: bool) -> None:
    assert is_plain_word(text) is is_plain


def test_scales_multiply() -> None:
    assert (multiplier(""), multiplier("万"), multiplier("十万")) == (1, 10_000, 100_000)
