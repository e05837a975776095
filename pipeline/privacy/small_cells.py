"""Which counts are left out so that no small one can be read or worked out: small cells and their complements.

A table with 1 in a cell points at a person. Leaving the cell out is not enough where its total is printed: 12 in all
and 11 elsewhere leave 1. So another cell of the sum is left out as well (complementary suppression), and what several
sums give together is looked at too.
Which cells there are, and which sums hold between them, their caller says: `pipeline.present.site.outer`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

CellT = TypeVar("CellT", bound=Hashable)
# Σ factor × cell = 0, with a factor of 1 for each part and -1 for their total.
Equation = Mapping[CellT, int]
# Sums are solved in whole numbers modulo a prime (2^61 - 1): exact, and no fraction grows.
PRIME: Final = (1 << 61) - 1


class Solved(Generic[CellT]):
    """What a set of equations says of unknown cells, each solved as far as it can be (reduced row echelon form).

    A cell can be worked out exactly where a row with nothing but that cell is left.
    """

    def __init__(self) -> None:
        self.rows: dict[CellT, dict[CellT, int]] = {}
        self._rows_with: dict[CellT, set[CellT]] = defaultdict(set)

    def copy(self) -> Solved[CellT]:
        """Returns one of its own, to which equations can be added on trial."""
        other: Solved[CellT] = Solved()
        other.rows = {pivot: dict(row) for pivot, row in self.rows.items()}
        for cell, pivots in self._rows_with.items():
            other._rows_with[cell] = set(pivots)
        return other

    def add(self, unknown: Mapping[CellT, int]) -> None:
        """Adds an equation by the factors of its unknown cells; what is known of it does not matter here."""
        row: dict[CellT, int] = dict(unknown)
        for cell in list(row):
            if cell in self.rows and cell in row:
                _subtract(row, self.rows[cell], row[cell])
        if not row:
            return
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, PRIME)
        row = {cell: factor * inverse % PRIME for cell, factor in row.items()}
        for other in list(self._rows_with[pivot]):
            self._replace(other, _subtracted(self.rows[other], row, self.rows[other][pivot]))
        self._replace(pivot, row)

    def _replace(self, pivot: CellT, row: dict[CellT, int]) -> None:
        for cell in self.rows.get(pivot, {}):
            self._rows_with[cell].discard(pivot)
        self.rows[pivot] = row
        for cell in row:
            self._rows_with[cell].add(pivot)

    def known(self) -> set[CellT]:
        """Returns the cells that can be worked out."""
        return {pivot for pivot, row in self.rows.items() if len(row) == 1}


def _subtract(row: dict[CellT, int], other: Mapping[CellT, int], times: int) -> None:
    for cell, factor in other.items():
        left = (row.get(cell, 0) - times * factor) % PRIME
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _subtracted(row: Mapping[CellT, int], other: Mapping[CellT, int], times: int) -> dict[CellT, int]:
    result = dict(row)
    _subtract(result, other, times)
    return result


@dataclass(frozen=True)
class Editions(Generic[CellT]):
    """What earlier editions have told and cannot take back.

    `shown` are their cells with values, `left_out` those that they left out, `solved` what their sums say of these.
    """

    shown: Mapping[CellT, int]
    left_out: frozenset[CellT]
    solved: Solved[CellT]


def no_editions() -> Editions[CellT]:
    """Returns what is known where there was no edition before."""
    return Editions({}, frozenset(), Solved())


def suppressed_cells(
    values: Mapping[CellT, int],
    equations: Sequence[Equation[CellT]],
    threshold: int,
    worth: Callable[[CellT], int],
    before: Editions[CellT],
) -> set[CellT]:
    """Returns the cells of `values` to leave out: those of 1 to `threshold` - 1, and what would give them away.

    A zero says that there is nobody, and stays, unless nothing can hide a small cell any more: then all cells are left
    out. What is `worth` least is left out first, then the smallest. `equations`
    hold between the cells of `values` and those of earlier editions. Equal input gives equal output.
    """
    left_out = {cell for cell, value in values.items() if 0 < value < threshold}

    def rank(cell: CellT) -> tuple[int, int, str]:
        return worth(cell), values[cell], repr(cell)

    while True:
        if _left_out_in_single_sums(values, equations, left_out, before, rank):
            continue
        exposed = worked_out(equations, left_out | before.left_out, before.solved)
        beside = [equation for equation in equations if exposed.intersection(equation)]
        candidates = _candidates(beside, values, left_out)
        if not candidates:
            return _what_is_left(values, left_out, exposed, threshold, before)
        left_out.add(min(candidates, key=rank))


def _left_out_in_single_sums(
    values: Mapping[CellT, int],
    equations: Sequence[Equation[CellT]],
    left_out: set[CellT],
    before: Editions[CellT],
    rank: Callable[[CellT], tuple[int, int, str]],
) -> bool:
    """Adds to `left_out` one cell more of each sum that gives a cell away by itself; returns whether there was one."""
    was_added = False
    for equation in equations:
        unknown = [cell for cell in equation if cell in left_out or cell in before.left_out]
        is_alone = len(unknown) == 1
        if not is_alone and not _are_all_ones(equation, unknown, values, before):
            continue
        candidates = _candidates([equation], values, left_out)
        if candidates:
            left_out.add(min(candidates, key=rank))
            was_added = True
    return was_added


def _candidates(equations: Iterable[Equation[CellT]], values: Mapping[CellT, int], left_out: set[CellT]) -> set[CellT]:
    """Returns the cells of these sums that can still be left out: those of this edition that are no zeros."""
    cells = {cell for equation in equations for cell in equation}
    return {cell for cell in cells if values.get(cell, 0) > 0 and cell not in left_out}


def _what_is_left(
    values: Mapping[CellT, int],
    left_out: set[CellT],
    exposed: set[CellT],
    threshold: int,
    before: Editions[CellT],
) -> set[CellT]:
    """Returns what to leave out where nothing more can be left out and the sums still give cells away.

    A cell beside a small one that can be worked out all the same hides nothing by being left out: it is shown. Where a
    small cell or one of an earlier edition can be worked out, as between zeros and what earlier editions have shown,
    this edition shows none of these cells, and tells nothing new.
    """
    are_told = {cell for cell in exposed if cell in before.left_out or 0 < values[cell] < threshold}
    return set(values) if are_told else left_out - exposed


def _are_all_ones(
    equation: Equation[CellT], unknown: Sequence[CellT], values: Mapping[CellT, int], before: Editions[CellT]
) -> bool:
    """Whether the left out cells of a sum must all be 1: no zero is left out, so two that make 2 are 1 and 1."""
    signs = {equation[cell] for cell in unknown}
    if len(signs) != 1:
        return False
    known = 0
    for cell, factor in equation.items():
        if cell not in unknown:
            known += factor * (values[cell] if cell in values else before.shown[cell])
    return abs(known) == len(unknown)


def worked_out(equations: Iterable[Equation[CellT]], unknown: set[CellT], solved: Solved[CellT]) -> set[CellT]:
    """Returns the unknown cells that all equations together give away, with what was `solved` of earlier ones."""
    known = add_equations(equations, unknown, solved).known()
    return {cell for cell in unknown if cell in known}


def add_equations(equations: Iterable[Equation[CellT]], unknown: set[CellT], solved: Solved[CellT]) -> Solved[CellT]:
    """Returns `solved` with these equations added; `solved` itself stays as it is."""
    together = solved.copy()
    for equation in equations:
        factors = {cell: factor % PRIME for cell, factor in equation.items() if cell in unknown}
        if factors:
            together.add(factors)
    return together
