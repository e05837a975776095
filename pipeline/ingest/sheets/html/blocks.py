"""Blocks of rows that stand together on a page, and the tables that they come from; `parser` fills them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import cast

from pipeline.ingest.sheets.html.cell_text import BREAK, collapsed
from pipeline.ingest.sheets.sheet import Cells as Row


@dataclass
class Block:
    """Rows that stand together on a page: those of a table, or a line of text outside of any."""

    rows: list[Row]
    is_table: bool = False
    width: int = 1

    @property
    def filled(self) -> list[str]:
        """The cells that hold something, in order."""
        cells = chain.from_iterable(self.rows)
        return list(filter(None, cells))

    @property
    def wide_rows(self) -> int:
        """How many rows hold something in more than one cell: a table of data has a header and a row at least."""
        return sum(map(_is_wide, self.rows))

    @property
    def is_small(self) -> bool:
        """Whether this is at most one row or one column of cells, as a value may be dressed up."""
        if self.wide_rows == 0:
            return True
        filled_rows = sum(map(any, self.rows))
        return self.wide_rows == 1 and filled_rows == 1

    @property
    def text(self) -> str:
        """All that the rows say; a line for each cell, so that no two numbers become one."""
        return BREAK.join(self.filled)


def _is_wide(cells: Sequence[str | None]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1


def line_block(texts: Sequence[str]) -> Iterator[Block]:
    """Yields a line of text as a block; nothing where it is blank."""
    text = collapsed(texts)
    if text:
        yield Block([[text]])


CellPart = str | list[Block]
"""A text in a cell, or the blocks of one table that stands in it."""


@dataclass
class CellWithTables:
    """A cell that tables stand in: its texts and the blocks of those tables, in their order.

    `is_grid` says of the table around whether it is one of data; there, small tables are values of their cells.
    """

    parts: list[CellPart]

    def text(self, is_grid: bool) -> str:
        """The cell's text, with that of the tables in it that are no more than a dressed-up value."""
        texts = [part if isinstance(part, str) else _text_of_table(part, is_grid) for part in self.parts]
        return collapsed(texts)

    def tables(self, is_grid: bool) -> list[Block]:
        """The blocks of the tables that are not part of the cell's text."""
        blocks: list[Block] = []
        for part in self.parts:
            if not isinstance(part, str) and not _is_value(part, is_grid):
                blocks += part
        return blocks

    def flow(self) -> Iterator[Block]:
        """Yields the cell's texts and tables as they stand on the page."""
        texts: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part)
            elif _is_value(part, is_grid=False):
                texts.append(_text_of_table(part, is_grid=False))
            else:
                yield from line_block(texts)
                texts = []
                yield from part
        yield from line_block(texts)


def _is_value(blocks: list[Block], is_grid: bool) -> bool:
    """Whether a table in a cell only dresses up a value: a single cell, or a few where the cell is one of a grid's."""
    if not blocks:
        return True
    if len(blocks) > 1:
        return False
    is_single_cell = len(blocks[0].filled) < 2
    return is_single_cell or (is_grid and blocks[0].is_small)


def _text_of_table(blocks: list[Block], is_grid: bool) -> str:
    """What a table adds to the text of its cell: its text on lines of its own, or only a break."""
    if not _is_value(blocks, is_grid):
        return BREAK
    text = blocks[0].text if blocks else ""
    return f"{BREAK}{text}{BREAK}"


TableCell = str | CellWithTables | None


@dataclass
class Table:
    """One open table: where the next cell goes and which columns a taller cell above still covers.

    `covered` holds first column, last column and how many rows a tall cell still reaches down; `stray` is text
    between the cells, and `above` the lines of it that stand above the table.
    """

    rows: list[list[TableCell]] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    row: list[TableCell] = field(default_factory=list)
    column: int = 0
    width: int = 1
    is_in_row: bool = False
    holds_tables: bool = False
    covered: list[tuple[int, int, int]] = field(default_factory=list)

    def next_free(self) -> int:
        """Moves to the first column from here on that no taller cell covers, and returns it."""
        moved = True
        while moved:
            moved = False
            for first, last, _ in self.covered:
                if first <= self.column <= last:
                    self.column = last + 1
                    moved = True
        return self.column

    def put(self, content: str | CellWithTables, first: int, last: int, down: int) -> None:
        """Puts a cell into the columns `first` to `last` of the open row; it reaches `down` rows, this one included."""
        if content:
            self.row.extend([None] * (first - len(self.row)))
            self.row.append(content)
        self.column = last + 1
        self.width = max(self.width, last + 1)
        if down > 1:
            self.covered.append((first, last, down))

    def begin_row(self) -> None:
        """Begins a row at the first column."""
        self.flush_stray()
        self.row = []
        self.column = 0
        self.is_in_row = True

    def end_row(self) -> None:
        """Ends the open row; tall cells reach one row less far down from here."""
        self.rows.append(self.row)
        self.covered = [(first, last, down - 1) for first, last, down in self.covered if down > 1]
        self.row = []
        self.is_in_row = False

    def flush_stray(self) -> None:
        """Puts text between the cells (a caption, or a slip) above the table, where a browser shows it."""
        text = collapsed(self.stray)
        self.stray = []
        if text:
            self.above.append([text])

    def blocks(self) -> list[Block]:
        """Returns the finished table, with its tables inside.

        A grid, of which two rows hold several texts, stays whole, and the tables in it follow. Any other table around
        tables only lays out the page: its texts stand before and behind them as on the page.
        """
        above = [Block([row]) for row in self.above]
        if not self.holds_tables:
            return [*above, Block(cast("list[Row]", self.rows), is_table=True, width=self.width)]
        is_grid = self._is_grid()
        inner = self._inner_tables(is_grid)
        if is_grid or not inner:
            rows = [_texts(row, is_grid) for row in self.rows]
            return [*above, Block(rows, is_table=True, width=self.width), *inner]
        laid_out = chain.from_iterable(map(_laid_out, self.rows))
        return [*above, *laid_out]

    def _is_grid(self) -> bool:
        wide_rows = [row for row in self.rows if _is_wide(_texts(row, is_grid=True))]
        return len(wide_rows) > 1

    def _inner_tables(self, is_grid: bool) -> list[Block]:
        blocks: list[Block] = []
        for row in self.rows:
            for cell in row:
                if isinstance(cell, CellWithTables):
                    blocks += cell.tables(is_grid)
        return blocks


def _texts(row: list[TableCell], is_grid: bool) -> Row:
    texts: Row = []
    for cell in row:
        if isinstance(cell, CellWithTables):
            text = cell.text(is_grid)
            texts.append(text or None)
        else:
            texts.append(cell)
    return texts


def _laid_out(row: list[TableCell]) -> Iterator[Block]:
    """Yields the texts and tables of one row of a table that lays out a page; texts side by side stay one row."""
    texts: Row = []
    has_tables = False
    for cell in row:
        if not isinstance(cell, CellWithTables):
            texts.append(cell)
            continue
        has_tables = True
        for block in cell.flow():
            is_line = not block.is_table and len(block.rows) == 1
            if is_line:
                texts += block.rows[0]
                continue
            if any(texts):
                yield Block([texts])
            texts = []
            yield block
    if any(texts) or not has_tables:
        yield Block([texts])
