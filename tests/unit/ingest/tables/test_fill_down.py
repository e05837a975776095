"""Where a blank means the value above it, and where it is a forgotten one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.ingest.sheets.sheet import MergedRange, Sheet
from pipeline.ingest.tables.fill_down import blanks_mean_above, cells_of, filled_down_columns
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.rows import RowKind
from tests.unit.ingest.demo_form import DEMO, HEADER, TITLES, Loaded, case, contract, load


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


def merged_cell(first: int, last: int, left: int = 0, right: int = 0) -> MergedRange:
    """A merged cell by its physical rows from 1."""
    return MergedRange(first - 1, last - 1, left, right)


def form_row(department: str | None, at: int) -> list[str | None]:
    """A row whose number neither counts the rows nor adds up others."""
    return [department, "登记", None, str((at * at * 7919 + 97 * at + 1013) % 9973), None, None]


def departments(departments: str, *ranges: MergedRange) -> list[str | None]:
    """The departments of the rows that are loaded, None for one that is a gap; rows begin with the fourth.

    One letter each as they stand in the column, a dot for a blank.
    """
    names = {"公": "公安厅", "司": "司法厅", "水": "水利厅"}
    rows = [form_row(names.get(letter), at) for at, letter in enumerate(departments)]
    found = Loaded([Sheet("表", [*TITLES, HEADER, *rows], merged=lambda: ranges)])
    assert found.refusal == ""
    assert found.physical == len(rows) + 3
    by_row = {row[1]: row[2] for row in found.rows}
    assert {reason for *_, reason in found.excluded} <= {"missing_required"}
    return [by_row.get(row_no) for row_no in range(4, 4 + len(rows))]


def test_what_is_merged_is_filled_where_the_texts_alone_would_not_say_so() -> None:
    assert departments("公公司.水水") == ["公安厅", "公安厅", "司法厅", None, "水利厅", "水利厅"]
    filled = departments("公公司.水水", merged_cell(6, 7))
    assert filled == ["公安厅", "公安厅", "司法厅", "司法厅", "水利厅", "水利厅"]


def test_a_blank_outside_of_merged_cells_is_a_gap_where_others_are_merged() -> None:
    merged = [merged_cell(4, 6), merged_cell(8, 9)]
    assert departments("公..司水..") == ["公安厅"] * 3 + ["司法厅"] + ["水利厅"] * 3
    assert departments("公..司水..", *merged) == ["公安厅"] * 3 + ["司法厅"] + ["水利厅"] * 2 + [None]


def test_a_merged_cell_in_which_nothing_stands_takes_no_department_from_above() -> None:
    merged = [merged_cell(4, 6), merged_cell(7, 9)]
    assert departments("公.....", *merged) == ["公安厅"] * 3 + [None] * 3


def test_a_cell_that_is_merged_with_the_one_left_of_it_takes_nothing_from_above() -> None:
    rows = [["甲", *form_row("公安厅", 0)], ["甲", *form_row(None, 1)], ["大厅", *form_row(None, 2)]]
    header: list[str | None] = ["窗口", *HEADER]
    sheet = Sheet("表", [*TITLES, header, *rows], merged=lambda: [merged_cell(4, 5, 1, 1), merged_cell(6, 6, 0, 1)])
    found = Loaded([sheet], contract(ignored_labels=["窗口"]))
    assert [row[2] for row in found.rows] == ["公安厅", "公安厅"]
    assert [(row[2], row[4]) for row in found.excluded] == [(6, "missing_required")]


def test_one_merged_cell_decides_nothing_where_most_blanks_are_laid_out_without_any() -> None:
    assert departments("公..司..水..", merged_cell(4, 5)) == ["公安厅"] * 3 + ["司法厅"] * 3 + ["水利厅"] * 3


def test_merged_titles_and_headers_say_nothing_of_the_rows() -> None:
    beside = [merged_cell(1, 1, 0, 5), merged_cell(3, 3, 0, 1), merged_cell(4, 6, 1, 1)]
    assert departments("公..司..", *beside) == ["公安厅"] * 3 + ["司法厅"] * 3


def test_merged_cells_that_overlap_are_searched_in_time_that_grows_with_the_rows() -> None:
    ranges = [merged_cell(4, 1_000_000) for _ in range(20_000)]
    assert departments("公..", *ranges) == ["公安厅"] * 3


@given(
    blocks=st.lists(st.tuples(st.sampled_from("公司水"), st.integers(1, 5), st.integers(0, 2)), min_size=1, max_size=8)
)
def test_with_merged_cells_a_blank_is_filled_if_one_covers_it(
    blocks: list[tuple[str, int, int]],
) -> None:
    """A block is a department, the rows over which it is merged, and rows below it where it was forgotten."""
    merged_blanks = sum(rows - 1 for _, rows, _ in blocks)
    gaps = sum(gaps for *_, gaps in blocks)
    assume(merged_blanks >= gaps and merged_blanks)
    cells, ranges, is_filled = "", [], list[bool]()
    for letter, rows, gaps in blocks:
        first = 4 + len(cells)
        ranges.append(merged_cell(first, first + rows - 1))
        cells += letter + "." * (rows - 1 + gaps)
        is_filled += [True] * rows + [False] * gaps
    header = find_header([HEADER], DEMO)
    assert header is not None
    data = [(at, [None if letter == "." else letter], RowKind.DATA) for at, letter in enumerate(cells, 4)]
    filled_down = filled_down_columns(data, header, DEMO, lambda: ranges)
    for (row_no, (text,), _), is_merged in zip(data, is_filled, strict=True):
        assert text is not None or filled_down.fills("department", row_no) is is_merged
