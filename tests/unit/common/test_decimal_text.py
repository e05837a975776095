"""Exact numbers as text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.common.decimal_text import number_text


@pytest.mark.parametrize(
    ("value", "text"), [("42.000000", "42"), ("0.500000", "0.5"), ("100", "100"), ("-7.10", "-7.1")]
)
def test_numbers_are_written_short_and_exact(value: str, text: str):
    assert number_text(Decimal(value)) == text


def test_no_number_is_no_text() -> None:
    assert number_text(None) is None
