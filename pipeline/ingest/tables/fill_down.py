"""Says whether the blanks of a column mean "as above", as below the first row of a merged cell, or a forgotten value.

Where the workbook says which cells are merged, that decides. Else the texts of the column do: where each department
stands once at the head of its rows, blanks are the rule; a gap in a column that is filled in nearly every row is a
missing value, and never that of the row above.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.contracts.model import Total
from pipeline.ingest.sheets.sheet import Merged, MergedRange, no_merged
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row, text_at
from pipeline.ingest.tables.rows import RowKind
from pipeline.ingest.tables.total_rows import total_of

_BLOCKS_PER_LONG_ONE = 3
"""Of so many blocks at least one has several rows where blanks are the rule."""
_ROWS_PER_BLANK = 8
"""Or at least one of so many rows is blank, and there are more than a few such rows."""
_FEW_BLANKS = 2
_FEWEST_ROWS = 4
"""In fewer rows there is no rule to be seen; a blank below a value is taken for a merged cell."""


@dataclass(frozen=True)
class ColumnCell:
    """A cell of a column, from top to bottom: its visible text, between which totals it stands, if 小计 follows."""

    text: str
    group: int
    is_above_subtotal: bool = False


@dataclass(frozen=True)
class FilledDown:
    """Which blanks of a table mean "as above", for each field that the contract fills down.

    `rules` says it of all blanks of a column. Where merged cells decide, `rows` has the physical rows (from 1) whose
    blanks mean "as above", and the others of the column are gaps; `is_divided` says that some column has both.
    """

    rules: Mapping[str, bool] = field(default_factory=dict)
    rows: Mapping[str, Collection[int]] = field(default_factory=dict)
    is_divided: bool = False

    def fills(self, name: str, row_no: int) -> bool:
        """Whether a blank of the field in a physical row (from 1) means "as above"."""
        rows = self.rows.get(name)
        if rows is not None:
            return row_no in rows
        return self.rules.get(name, True)


def filled_down_columns(
    rows: Iterable[tuple[int, Row, RowKind]], header: Header, contract: Contract, merged: Merged = no_merged
) -> FilledDown:
    """Returns for each field that the contract fills down which blanks of this table mean "as above".

    `rows` are the physical row (from 1), cells and kind of each row; a total ends what stands above it. The `merged`
    cells of the sheet are asked for where a column has blanks.
    """
    data: list[tuple[Row, int]] = []
    numbers: list[int] = []
    closed: set[int] = set()
    group = 0
    for row_no, row, kind in rows:
        if kind is RowKind.TOTAL:
            if _is_of_group(total_of(row, header, contract)):
                closed.add(group)
            group += 1
        if kind is RowKind.DATA:
            data.append((row, group))
            numbers.append(row_no)
    rules: dict[str, bool] = {}
    rows_by_field: dict[str, Collection[int]] = {}
    is_divided = False
    for index, name in columns_to_fill_down(header).items():
        cells = cells_of(data, index, closed)
        rules[name] = blanks_mean_above(cells)
        blanks = [row_no for row_no, cell in zip(numbers, cells, strict=True) if not cell.text]
        ranges = merged() if blanks else ()
        if ranges:
            column = _MergedColumn(index, frozenset(numbers), blanks)
            filled = column.filled_rows(ranges, is_rule=rules[name])
            rows_by_field[name] = filled
            rules[name] = len(filled) == len(blanks)
            is_divided |= 0 < len(filled) < len(blanks)
    return FilledDown(rules, rows_by_field, is_divided)


def _is_of_group(total: Total | None) -> bool:
    return total is not None and total.covers == "group"


@dataclass(frozen=True)
class _MergedColumn:
    """A column that is filled down: its place, its data rows and, in order, those that are blank (physical, from 1)."""

    index: int
    data_rows: frozenset[int]
    blanks: Sequence[int]

    def filled_rows(self, ranges: Iterable[MergedRange], *, is_rule: bool) -> frozenset[int]:
        """Returns the rows whose blanks mean "as above"; `is_rule` says whether the texts alone would mean that.

        A blank that a merged cell covers from above is filled. A blank in no merged cell is a gap where at least as
        many are merged; where hardly any is, the texts decide. What is covered from the left, or by a merged cell in
        which nothing stands, is never the value above.
        """
        blanks = frozenset(self.blanks)
        below: set[int] = set()
        elsewhere: set[int] = set()
        for merged in self._own_ranges(ranges):
            covered = self._blanks_between(merged.top + 1, merged.bottom + 1)
            top = merged.top + 1
            begins_here = merged.left == self.index and top in self.data_rows and top not in blanks
            (below if begins_here else elsewhere).update(covered)
        others = blanks - below - elsewhere
        are_merged_the_rule = len(below) >= len(others) and bool(below)
        if are_merged_the_rule or not is_rule:
            return frozenset(below)
        return others | below

    def _own_ranges(self, ranges: Iterable[MergedRange]) -> Iterator[MergedRange]:
        """Yields the merged cells that cover a part of the column, from top to bottom, none of them twice."""
        own = [merged for merged in ranges if merged.left <= self.index <= merged.right]
        end = -1
        for merged in sorted(own):
            # Merged cells that overlap are damage, and would make the search as long as all of them together.
            if merged.top > end:
                yield merged
                end = merged.bottom

    def _blanks_between(self, first: int, last: int) -> Sequence[int]:
        """Returns the blanks from one row to another, both of them included."""
        return self.blanks[bisect_left(self.blanks, first) : bisect_left(self.blanks, last + 1)]


def columns_to_fill_down(header: Header) -> Mapping[int, str]:
    """Returns the fields that the contract fills down: their names by the places of their columns."""
    names = {}
    for index, read_field in header.fields_by_index.items():
        if read_field.fill_down:
            names[index] = read_field.name
    return names


def cells_of(data: Sequence[tuple[Row, int]], column: int, closed: Collection[int]) -> list[ColumnCell]:
    """Returns the cells of a column, of data rows with their groups; a 小计 stands below the groups in `closed`."""
    groups = [group for _, group in data]
    groups_below = [*groups[1:], -1]
    cells = []
    for (row, group), below in zip(data, groups_below, strict=False):
        is_last = group != below
        is_above_subtotal = is_last and group in closed
        text = visible(text_at(row, column)).strip()
        cells.append(ColumnCell(text, group, is_above_subtotal))
    return cells


def blanks_mean_above(cells: Sequence[ColumnCell]) -> bool:
    """Whether the blank cells of a column stand for the value above them.

    Examples, with a dot for a blank: 甲 . . 乙 . is merged; 甲 甲 乙 . 丙 is flat with a gap, and so is 甲 乙 . 丙 丁.
    Where a subtotal closes a block, its blanks belong to it.
    """
    shape = _Shape()
    for cell in cells:
        shape.add(cell)
    if shape.blanks == 0 or len(cells) < _FEWEST_ROWS:
        return True
    if shape.repeated >= shape.blanks:
        return False
    if shape.has_closed_block or shape.are_blanks_many(len(cells)):
        return True
    if shape.is_blank_lone:
        return False
    return shape.are_blocks_long


class _Shape:
    """The blocks of a column as far as it is read: a value with the blanks and repetitions below it is a block."""

    def __init__(self) -> None:
        self.blanks = 0
        self.repeated = 0
        self.lengths: list[int] = []
        self.has_closed_block = False
        self._above = ""
        self._group = -1

    @property
    def are_blocks_long(self) -> bool:
        """Whether enough blocks have several rows, so that blanks are the rule."""
        long_blocks = len(self.lengths) - self.lengths.count(1)
        return long_blocks * _BLOCKS_PER_LONG_ONE >= len(self.lengths)

    @property
    def is_blank_lone(self) -> bool:
        """Whether a single blank stands among several blocks."""
        return self.blanks == 1 and len(self.lengths) >= _BLOCKS_PER_LONG_ONE

    def are_blanks_many(self, rows: int) -> bool:
        """Whether so many of the rows are blank that this is no oversight."""
        if self.blanks <= _FEW_BLANKS:
            return False
        return self.blanks * _ROWS_PER_BLANK >= rows

    def add(self, cell: ColumnCell) -> None:
        """Adds the next cell: it goes on with the block above, or begins one."""
        text = cell.text
        if cell.group != self._group:
            # A total stands between: nothing above it goes on.
            self._above = ""
            self._group = cell.group
        goes_on = self._above != "" and text in ("", self._above)
        if goes_on:
            self.lengths[-1] += 1
            self._count(cell, is_blank=text == "")
        elif text:
            self.lengths.append(1)
        self._above = text or self._above

    def _count(self, cell: ColumnCell, *, is_blank: bool) -> None:
        if not is_blank:
            self.repeated += 1
            return
        self.blanks += 1
        if cell.is_above_subtotal:
            self.has_closed_block = True
