"""The second net finds numbers of persons by their digits alone, and leaves figures, days and case numbers."""

from __future__ import annotations

import pytest

from pipeline.privacy.second_net import is_number_left


@pytest.mark.parametrize(
    "text",
    [
        "13950000005",
        "电话1.3.9/5000-0005。",
        "+86 139 5000 0005",
        "００８６－１３９５０００００００",
        "证510105 1987 0303 0024",
        "11010519491231002X",
    ],
)
def test_a_number_is_found_in_any_form(text: str) -> None:
    assert is_number_left(text)


@pytest.mark.parametrize(
    "text",
    ["［已脱敏］", "2023-04-17 09:05:00", "510000-20230417-000001", "20230417090500", "1,234,567件", "12345678901", ""],
)
def test_what_is_no_persons_number_is_left(text: str) -> None:
    assert not is_number_left(text)
