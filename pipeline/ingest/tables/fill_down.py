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
from pipeline.ingest.tables.header_paths import Row
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

    text: str | None
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
    return {
        column.field.name: blanks_mean_above(cells_of(data, column.index, closed))
        for column in header.columns
        if column.field is not None and column.field.fill_down
    }


def cells_of(data: Sequence[tuple[Row, int]], column: int, closed: Collection[int]) -> list[ColumnCell]:
    """Returns the cells of a column, of data rows with their groups; a 小计 stands below the groups in `closed`."""
    cells = []
    for at, (row, group) in enumerate(data):
        is_last = at + 1 == len(data) or data[at + 1][1] != group
        text = row[column] if column < len(row) else None
        cells.append(ColumnCell(text, group, is_last and group in closed))
    return cells


def blanks_mean_above(cells: Sequence[ColumnCell]) -> bool:
    """Whether the blank cells of a column stand for the value above them.

    Examples, with a dot for a blank: 甲 . . 乙 . is merged; 甲 甲 乙 . 丙 is flat with a gap, and so is 甲 乙 . 丙 丁.
    Where a subtotal closes a block, its blanks belong to it.
    """
    blanks, repeated = 0, 0
    lengths: list[int] = []  # of the blocks: a value with the blanks and repetitions below it
    above, group_above = "", -1
    has_closed_block = False
    for cell in cells:
        text = visible(cell.text or "").strip()
        is_further = cell.group == group_above and lengths != []
        if is_further and text in ("", above):
            lengths[-1] += 1
            blanks += text == ""
            repeated += text != ""
            has_closed_block |= cell.is_above_subtotal and text == ""
        elif text:
            lengths.append(1)
        above, group_above = text or above, cell.group
    if blanks == 0 or len(cells) < _FEWEST_ROWS:
        return True
    long_blocks = sum(length > 1 for length in lengths)
    are_most_long = long_blocks * _BLOCKS_PER_LONG_ONE >= len(lengths)
    is_lone = blanks == 1 and len(lengths) >= _BLOCKS_PER_LONG_ONE
    are_many = blanks > _FEW_BLANKS and blanks * _ROWS_PER_BLANK >= len(cells)
    are_the_rule = has_closed_block or are_many or (are_most_long and not is_lone)
    return blanks > repeated and are_the_rule
