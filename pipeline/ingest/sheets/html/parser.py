"""Builds the blocks of a page from its visible tags and texts; how blocks become sheets, `page` says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.html.blocks import Block, CellPart, CellWithTables, Table, line_block
from pipeline.ingest.sheets.html.cell_text import BREAK, collapsed
from pipeline.ingest.sheets.html.tokens import START, TEXT, attributes_of
from pipeline.ingest.sheets.sheet import MAX_COLUMNS, MAX_ROWS

# Elements that begin a line of their own.
_LINES = frozenset({
    "address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "ul",
})  # fmt: skip
# Elements whose end breaks the line, too.
_BREAKING_ENDS = (_LINES - {"br"}) | {"caption"}
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
# Where programs keep the exact value of a number that they show rounded: Excel (x:num, x:str) and LibreOffice (sdval).
_EXACT_VALUES = ("x:num", "x:str", "sdval")
# 1,234.5 as it is shown, and 1234.5678 as it is kept
_SHOWN_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
_KEPT_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DEEPEST = 100


@dataclass
class _OpenCell:
    """A cell that is being read: its texts and tables, the exact value kept beside it, and how far it reaches."""

    exact: str | None
    across: int
    down: int
    parts: list[CellPart] = field(default_factory=list)


class TableParser:
    """Collects the blocks of a page in `flow`: the rows of its tables, and lines of text from between them.

    Raises RefusedFileError for tables that are nested too deep, too wide or, in sum, of more than `max_cells` cells.
    """

    def __init__(self, max_cells: int) -> None:
        self.flow: list[Block] = []
        self.has_table = False
        self._max_cells = self._cells_left = max_cells
        self._tables: list[Table] = []
        self._cell: _OpenCell | None = None
        # The cells that the open tables stand in; None for a table outside of any.
        self._cells_around: list[_OpenCell | None] = []
        self._loose: list[str] = []

    def take(self, kind: str, tag: str, content: str) -> None:
        """Takes in the next tag or text of the document."""
        if kind == TEXT:
            self._read_text(content)
        elif kind == START:
            self._start(tag, content)
        else:
            self._end(tag)

    def finish(self) -> bool:
        """Closes everything at the end of the document; returns whether a table was still open."""
        is_open = bool(self._tables)
        while self._tables:
            self._end_table()
        self._flush_loose()
        return is_open

    def _start(self, tag: str, attributes: str) -> None:
        """Opens a table, a row or a cell; a new one closes what its writer forgot to close."""
        if tag == "table":
            self._begin_table()
        elif tag in _LINES:
            self._break()
        elif not self._tables:
            return
        elif tag in _CELLS:
            self._end_cell()
            self._begin_cell(attributes_of(attributes))
        elif tag == "tr":
            self._end_row()
            self._tables[-1].begin_row()
        elif tag in _GROUPS:
            self._end_group()
        elif tag == "caption":
            self._end_row()
            self._break()

    def _end(self, tag: str) -> None:
        """Closes what the tag closes."""
        if tag in _BREAKING_ENDS:
            self._break()
            return
        end = _ENDS.get(tag)
        if end is not None and self._tables:
            end(self)

    def _read_text(self, text: str) -> None:
        """Adds text to the open cell, above the open table, or to the line between tables."""
        if self._cell is not None:
            self._cell.parts.append(text)
        elif self._tables:
            self._tables[-1].stray.append(text)
        else:
            self._loose.append(text)

    def _break(self) -> None:
        if self._cell is not None:
            self._cell.parts.append(BREAK)
        elif self._tables:
            self._tables[-1].flush_stray()
        else:
            self._flush_loose()

    def _flush_loose(self) -> None:
        for block in line_block(self._loose):
            self._spend(1)
            self.flow.append(block)
        self._loose = []

    def _begin_table(self) -> None:
        """Begins a table: inside a cell it is part of that cell; between the cells it ends the table before it."""
        if self._tables and self._cell is None:
            self._end_table()
        if len(self._tables) >= _DEEPEST:
            raise RefusedFileError(SheetRefusal.PAGE_NESTED_TOO_DEEP, expected=f"<= {_DEEPEST}", levels=_DEEPEST)
        self._flush_loose()
        self.has_table = True
        self._cells_around.append(self._cell)
        self._cell = None
        self._tables.append(Table())

    def _end_table(self) -> None:
        self._end_row()
        table = self._tables.pop()
        table.flush_stray()
        self._cell = self._cells_around.pop()
        if self._cell is None:
            self.flow += table.blocks()
        else:
            self._cell.parts.append(table.blocks())
            self._tables[-1].holds_tables = True

    def _end_group(self) -> None:
        """Ends the head, body or foot of a table, and with it every cell that spans rows."""
        self._end_row()
        self._tables[-1].covered.clear()

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self._tables[-1].is_in_row:
            self._tables[-1].begin_row()
        across = min(_span(attributes.get("colspan")), MAX_COLUMNS)
        down = min(_rows_down(attributes.get("rowspan")), MAX_ROWS)
        self._cell = _OpenCell(_exact_value(attributes), across, down)

    def _end_cell(self) -> None:
        if self._cell is None or not self._tables:
            return
        table = self._tables[-1]
        first = table.next_free()
        if first >= MAX_COLUMNS:
            raise RefusedFileError(
                SheetRefusal.PAGE_TOO_WIDE,
                place=RefusalPlace(row=len(table.rows) + 1),
                expected=f"<= {MAX_COLUMNS}",
                limit=MAX_COLUMNS,
            )
        last = min(first + self._cell.across, MAX_COLUMNS) - 1
        table.put(_content(self._cell), first, last, self._cell.down)
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self._tables[-1]
        if table.is_in_row:
            self._spend(max(len(table.row), 1))
            table.end_row()

    def _spend(self, cells: int) -> None:
        self._cells_left -= cells
        if self._cells_left < 0:
            raise RefusedFileError(SheetRefusal.PAGE_CELLS_OVER_LIMIT, expected=f"<= {self._max_cells}")


# What the end tag of a part of a table does to the parser.
_ENDS: Mapping[str, Callable[[TableParser], None]] = {
    **dict.fromkeys(_CELLS, TableParser._end_cell),
    "tr": TableParser._end_row,
    **dict.fromkeys(_GROUPS, TableParser._end_group),
    "table": TableParser._end_table,
}


def _content(cell: _OpenCell) -> str | CellWithTables:
    texts = [part for part in cell.parts if isinstance(part, str)]
    if len(texts) < len(cell.parts):
        return CellWithTables(cell.parts)
    return _exact_or_shown(collapsed(texts), cell.exact)


def _exact_or_shown(shown: str, exact: str | None) -> str:
    """Returns the exact number kept beside a cell where the cell shows it rounded: 12.5 for 13; else what it shows."""
    if not exact:
        return shown
    if not shown:
        return exact
    is_rounded = _SHOWN_NUMBER.fullmatch(shown) and _KEPT_NUMBER.fullmatch(exact)
    return exact if is_rounded else shown


def _exact_value(attributes: dict[str, str]) -> str | None:
    for name in _EXACT_VALUES:
        if attributes.get(name):
            return attributes[name]
    return None


def _rows_down(rowspan: str | None) -> int:
    """How many rows a cell reaches down; `rowspan=0` is to the end of its group."""
    return MAX_ROWS if (rowspan or "").strip() == "0" else _span(rowspan)


def _span(written: str | None) -> int:
    """Reads `colspan=2` as 2; what is no number, or a number beyond all columns and rows, as 1."""
    digits = (written or "").strip()
    is_possible = digits.isdecimal() and len(digits) < 12
    return max(int(digits), 1) if is_possible else 1
