"""What a number format shows of a number."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.number_formats import Styles, shows_share, styles_of


@pytest.mark.parametrize(
    ("code", "is_share"),
    [
        ("0%", True), ("0.00%", True), ("0.0%;-0.0%", True), ('0.0%;-0.0%;"-"', True), ("[Red]#,##0.0 %", True),
        ("General", False), ('0.0"%"', False), ("0.0\\%", False), ("0.0%;0.00", False), ("@", False), ("", False),
    ],
)  # fmt: skip
def test_a_format_shows_a_share_by_its_own_sign_only(code: str, is_share: bool) -> None:
    assert shows_share(code) == is_share


def test_each_style_shows_what_its_format_of_excel_or_of_the_file_shows() -> None:
    codes = {164: "0.0%", 165: "yyyy-mm-dd", 166: "0.00", 167: "[h]:mm"}
    assert styles_of([0, 9, 14, 164, 165, 166, 167, 22, 10], codes) == Styles(
        shares=frozenset({1, 3, 8}), days=frozenset({2, 4, 6, 7})
    )


def test_what_the_file_says_of_a_format_goes_before_what_its_number_means_elsewhere() -> None:
    assert styles_of([9, 14], {9: "0", 14: "0%"}) == Styles(shares=frozenset({1}))


@pytest.mark.parametrize(
    ("code", "is_day"),
    [
        ("yyyy-mm-dd", True), ("h:mm", True), ('m"-"d', True), ("General", False), ("0.00", False), ("@", False),
        ('0"days"', False), ("[Red]0", False), ("0;[Red]d", False), ("\\d0", False), ("", False),
    ],
)  # fmt: skip
def test_a_format_shows_a_day_by_its_own_letters_only(code: str, is_day: bool) -> None:
    assert styles_of([164], {164: code}).days == (frozenset({0}) if is_day else frozenset())
