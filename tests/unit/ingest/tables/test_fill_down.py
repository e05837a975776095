"""Where a blank means the value above it, and where it is a forgotten one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.tables.fill_down import blanks_mean_above, cells_of
from tests.unit.ingest.demo_form import case, load


def means_above(cells: str) -> bool:
    """Cells one letter each, a dot for a blank and a bar for a subtotal."""
    groups = cells.split("|")
    data = [([None if letter == "." else letter], group) for group, part in enumerate(groups) for letter in part]
    return blanks_mean_above(cells_of(data, 0, range(len(groups) - 1)))


@pytest.mark.parametrize(
    "cells",
    [
        "甲..乙..丙..",
        "甲.乙丙.丁",
        "甲.",
        "甲乙.",
        "甲....",
        "甲乙丙丁",
        "甲..甲..乙..乙..",
        "甲.|乙.|丙",
        "甲乙丙丁.|戊己庚辛.|壬癸",
        "甲乙丙丁戊己.|庚",
    ],
)
def test_blanks_below_the_head_of_a_block_mean_as_above(cells: str) -> None:
    assert means_above(cells)


@pytest.mark.parametrize(
    "cells", ["甲乙.丙丁", "甲甲乙.乙丙丙", "甲甲甲.", "甲乙丙丁戊己.庚", "甲乙.丙丁戊己.庚辛壬癸子丑"]
)
def test_a_gap_in_a_column_that_is_otherwise_filled_is_a_missing_value(cells: str) -> None:
    assert not means_above(cells)


@given(lengths=st.lists(st.integers(2, 6), min_size=1, max_size=6))
def test_blocks_of_several_rows_are_always_filled_down(lengths: list[int]) -> None:
    assert means_above("".join("甲乙丙丁戊己"[at] + "." * (length - 1) for at, length in enumerate(lengths)))


@given(lengths=st.lists(st.integers(1, 6), min_size=2, max_size=6), gap=st.integers(1, 30))
def test_one_gap_in_a_flat_column_is_never_filled(lengths: list[int], gap: int) -> None:
    flat = "".join("甲乙丙丁戊己"[at] * length for at, length in enumerate(lengths))
    place = gap % len(flat) or 1
    if len(flat) >= 5:
        assert not means_above(flat[:place] + "." + flat[place + 1 :])


def test_a_forgotten_department_is_missing_and_never_the_one_above() -> None:
    found = load(
        case("公安厅", "10"), case("司法厅", "20"), case(None, "5000"), case("水利厅", "7"), case("公安厅", "8")
    )
    assert [row[5] for row in found.rows] == [10, 20, 7, 8]
    assert [(row[2], row[4]) for row in found.excluded] == [(6, "missing_required")]
