"""No small cell can be read, nor worked out from sums, whatever the table and however many editions there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.privacy.small_cells import (
    Editions,
    Solved,
    add_equations,
    no_editions,
    suppressed_cells,
    worked_out,
)

Cell = tuple[str, ...]
THRESHOLD = 3
COUNTS = st.integers(min_value=0, max_value=6)
TABLES = st.lists(st.lists(COUNTS, min_size=3, max_size=3), min_size=2, max_size=4)


def given_away(equations: Iterable[Mapping[Cell, int]], unknown: Sequence[Cell]) -> set[Cell]:
    """The unknown cells that the sums determine, by linear algebra of numpy: those that no solution can change."""
    rows = [[equation.get(cell, 0) for cell in unknown] for equation in equations]
    if not unknown or not rows:
        return set()
    _, singular, basis = np.linalg.svd(np.array(rows, dtype=float), full_matrices=True)
    rank = int((singular > 1e-9).sum())
    free = basis[rank:]
    return {cell for place, cell in enumerate(unknown) if np.abs(free[:, place]).max(initial=0.0) < 1e-9}


def table_cells(table: Sequence[Sequence[int]], prefix: str = "") -> tuple[dict[Cell, int], list[dict[Cell, int]]]:
    """The cells of a table with its totals by row, by column and in all, and the sums between them."""
    values: dict[Cell, int] = {}
    for row_no, row in enumerate(table):
        for column_no, value in enumerate(row):
            values[prefix, f"r{row_no}", f"c{column_no}"] = value
    rows = sorted({cell[1] for cell in values})
    columns = sorted({cell[2] for cell in values})
    equations: list[dict[Cell, int]] = []
    inner = list(values)
    for row_name in rows:
        parts = [cell for cell in inner if cell[1] == row_name]
        values[prefix, row_name, "ALL"] = sum(values[cell] for cell in parts)
        equations.append(dict.fromkeys(parts, 1) | {(prefix, row_name, "ALL"): -1})
    for column in columns:
        parts = [cell for cell in inner if cell[2] == column]
        values[prefix, "ALL", column] = sum(values[cell] for cell in parts)
        equations.append(dict.fromkeys(parts, 1) | {(prefix, "ALL", column): -1})
    whole = (prefix, "ALL", "ALL")
    values[whole] = sum(values[cell] for cell in inner)
    for names, place in ((rows, 1), (columns, 2)):
        parts = [cell for cell in values if cell != whole and cell[3 - place] == "ALL" and cell[place] in names]
        equations.append(dict.fromkeys(parts, 1) | {whole: -1})
    return values, equations


def worth(cell: Cell) -> int:
    return cell.count("ALL")


def left_out_of(table: Sequence[Sequence[int]]) -> tuple[dict[Cell, int], list[dict[Cell, int]], set[Cell]]:
    values, equations = table_cells(table)
    return values, equations, suppressed_cells(values, equations, THRESHOLD, worth, no_editions())


@given(TABLES)
def test_every_small_cell_is_left_out_and_none_can_be_had_by_subtraction(table: list[list[int]]) -> None:
    values, equations, left_out = left_out_of(table)
    assert {cell for cell, value in values.items() if 0 < value < THRESHOLD} <= left_out
    assert given_away(equations, sorted(left_out)) == set()


@given(TABLES)
@example([[0, 0, 1], [0, 1, 2], [1, 2, 0]])
def test_a_zero_is_left_out_only_where_the_whole_table_is(table: list[list[int]]) -> None:
    values, _, left_out = left_out_of(table)
    assert left_out == set(values) or all(values[cell] > 0 for cell in left_out)


@given(TABLES)
def test_no_sum_says_that_each_of_its_left_out_cells_is_one(table: list[list[int]]) -> None:
    values, equations, left_out = left_out_of(table)
    for equation in equations:
        unknown = [cell for cell in equation if cell in left_out]
        if unknown and len({equation[cell] for cell in unknown}) == 1:
            assert sum(values[cell] for cell in unknown) > len(unknown)


@given(st.lists(st.integers(min_value=3, max_value=99), min_size=4, max_size=4))
def test_nothing_is_left_out_where_nothing_is_small(numbers: list[int]) -> None:
    _, _, left_out = left_out_of([numbers[:2], numbers[2:]])
    assert left_out == set()


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(COUNTS, min_size=3, max_size=3), min_size=2, max_size=6))
@example([[0, 0, 3], [0, 1, 0]])
@example([[0, 2, 1], [1, 0, 0], [2, 0, 1]])
def test_no_edition_gives_away_what_another_left_out(weeks: list[list[int]]) -> None:
    """Three departments, their total, each with a year to date, one edition a week: all editions kept side by side."""
    before: Editions[Cell] = no_editions()
    all_equations: list[dict[Cell, int]] = []
    to_date = [0, 0, 0]
    for number, counts in enumerate(weeks):
        to_date = [total + count for total, count in zip(to_date, counts, strict=True)]
        values, equations = week_cells(number, counts, to_date)
        left_out = suppressed_cells(values, equations, THRESHOLD, worth, before)
        all_equations += equations
        shown = {cell: value for cell, value in values.items() if cell not in left_out}
        together = before.left_out | left_out
        solved = add_equations(equations, set(together), before.solved)
        before = Editions({**before.shown, **shown}, together, solved)
        assert {cell for cell, value in values.items() if 0 < value < THRESHOLD} <= left_out
        assert given_away(all_equations, sorted(together)) == set()


def week_cells(
    number: int, counts: Sequence[int], to_date: Sequence[int]
) -> tuple[dict[Cell, int], list[dict[Cell, int]]]:
    values: dict[Cell, int] = {}
    equations: list[dict[Cell, int]] = []
    for span, numbers in (("week", counts), ("ytd", to_date)):
        parts: list[Cell] = [(span, str(number), f"d{place}") for place in range(len(numbers))]
        whole = (span, str(number), "ALL")
        values |= dict(zip(parts, numbers, strict=True)) | {whole: sum(numbers)}
        equations.append(dict.fromkeys(parts, 1) | {whole: -1})
    for name in [*(f"d{place}" for place in range(len(counts))), "ALL"]:
        equation: dict[Cell, int] = {("ytd", str(number), name): -1, ("week", str(number), name): 1}
        if number:
            equation["ytd", str(number - 1), name] = 1
        equations.append(equation)
    return values, equations


def test_the_cell_of_least_worth_and_then_the_smallest_goes_with_a_small_one() -> None:
    values, _, left_out = left_out_of([[1, 9, 5], [20, 30, 40]])
    # 5 beside 1, and in the other row what stands below both.
    assert left_out == {("", "r0", "c0"), ("", "r0", "c2"), ("", "r1", "c0"), ("", "r1", "c2")}
    assert values["", "ALL", "ALL"] == 105


def test_two_ones_that_make_two_take_a_third_cell_with_them() -> None:
    values: dict[Cell, int] = {("a",): 1, ("b",): 1, ("c",): 7, ("ALL",): 9}
    equations: list[dict[Cell, int]] = [{("a",): 1, ("b",): 1, ("c",): 1, ("ALL",): -1}]
    assert suppressed_cells(values, equations, THRESHOLD, worth, no_editions()) == {("a",), ("b",), ("c",)}


def test_sums_that_say_nothing_alone_are_solved_together() -> None:
    solved: Solved[str] = Solved()
    equations = [{"a": 1, "b": 1}, {"b": 1, "c": 1}, {"a": 1, "c": -1}, {"a": 1, "c": 1}]
    assert worked_out(equations[:3], {"a", "b", "c"}, solved) == set()
    assert worked_out(equations, {"a", "b", "c"}, solved) == {"a", "b", "c"}
    # What was solved before stays as it was.
    assert solved.known() == set()
