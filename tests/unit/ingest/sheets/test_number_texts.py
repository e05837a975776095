"""Numbers are written with the digits that a spreadsheet shows."""

from __future__ import annotations

import math

import pytest

from pipeline.common.cell_marks import NUMBER_MARK
from pipeline.ingest.sheets.number_texts import number_text, share_text, whole_number


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("12", "12"), ("-0.50", "-0.50"), ("1E3", "1000"), ("3.0000000000000001", "3"), ("0.1E1", "1"),
        ("123456789012345678", "123456789012346000"), ("NaN", "NaN"), ("无", "无"), ("1E400", "1E400"),
    ],
)  # fmt: skip
def test_a_number_has_fifteen_digits_and_no_exponent(raw: str, says: str) -> None:
    assert number_text(raw) == says


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0.985, "98.5%"), (1.0, "100%"), (0.0, "0%"), (-0.07, "-7%"), (12.5, "1250%"), (1 / 3, "33.3333333333333%"),
        (0.1 + 0.2, "30%"), (math.inf, None), (math.nan, None),
    ],
)  # fmt: skip
def test_a_share_is_written_per_cent_without_the_dust_of_its_double(value: float, says: str | None) -> None:
    assert share_text(value) == says


@pytest.mark.parametrize("raw", ["510000202304170011", "-510000202304170011", "1234567890123456"])
def test_a_long_number_that_the_file_writes_out_is_exact(raw: str) -> None:
    assert whole_number(raw) == raw


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("5.1E+17", "510000000000000000"),
        ("-5.1e17", "-510000000000000000"),
        ("510000202304170000", "510000202304170000"),
        ("1000000000000000", "1000000000000000"),
        ("5.10000202304170E+17", "510000202304170000"),
    ],
)
def test_a_long_number_that_a_spreadsheet_may_have_rounded_is_marked(raw: str, digits: str) -> None:
    assert whole_number(raw) == NUMBER_MARK + digits


@pytest.mark.parametrize(
    "raw",
    ["12", "", "甲", "999999999999999", "0.1234567890123456789", "5.1E+2", "1E-20", "NaN", "sNaN", "INF", "-Infinity",
     "1E+400", "1E+999999999"],
)  # fmt: skip
def test_what_is_short_or_no_number_of_a_spreadsheet_is_left_to_others(raw: str) -> None:
    assert whole_number(raw) is None
