"""Says whether the blanks of a column mean "as above", as below the first row of a merged cell, or a forgotten value.

A sheet's texts do not tell merged cells. Where each department stands once at the head of its rows, blanks are the
rule; a gap in a column that is filled in nearly every row is a missing value, and never that of the row above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.ingest.tables.header import Header
from pipeline.ingest.tables.header_paths import Row, text_at
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
    """A cell of a column, from top to bottom: its text, between which totals it stands, and whether 小计 follows."""

    text: str
    group: int
    is_above_subtotal: bool = False


def filled_down_columns(
    rows: Iterable[tuple[int, Row, RowKind]], header: Header, contract: Contract
) -> Mapping[str, bool]:
    """Returns for each field that the contract fills down whether the blanks of this table mean "as above".

    `rows` are the physical row, cells and kind of each row; a total ends what stands above it.
    """
    data: list[tuple[Row, int]] = []
    closed: set[int] = set()
    group = 0
    for _, row, kind in rows:
        if kind is RowKind.TOTAL:
            total = total_of(row, header, contract)
            if total is not None and total.covers == "group":
                closed.add(group)
            group += 1
        if kind is RowKind.DATA:
            data.append((row, group))
    filled_down = {}
    for index, name in columns_to_fill_down(header).items():
        cells = cells_of(data, index, closed)
        filled_down[name] = blanks_mean_above(cells)
    return filled_down


def columns_to_fill_down(header: Header) -> Mapping[int, str]:
    """Returns the fields that the contract fills down: their names by the places of their columns."""
    names = {}
    for index, field in header.fields_by_index.items():
        if field.fill_down:
            names[index] = field.name
    return names


def cells_of(data: Sequence[tuple[Row, int]], column: int, closed: Collection[int]) -> list[ColumnCell]:
    """Returns the cells of a column, of data rows with their groups; a 小计 stands below the groups in `closed`."""
    groups = [group for _, group in data]
    groups_below = [*groups[1:], -1]
    cells = []
    for (row, group), below in zip(data, groups_below, strict=False):
        is_last = group != below
        is_above_subtotal = is_last and group in closed
        text = text_at(row, column)
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
        text = visible(cell.text).strip()
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
