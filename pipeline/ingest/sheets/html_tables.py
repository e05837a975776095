"""Reads tables written in HTML as sheets of text cells; which text a page shows, html_visible says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import accumulate

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.note_lines import NOTE_PATTERN
from pipeline.ingest.sheets.html_visible import BREAK, attributes_of, collapsed, visible_tokens
from pipeline.ingest.sheets.sheet import MAX_COLUMNS, MAX_ROWS, Sheet
from pipeline.ingest.sheets.sheet import Cells as Row

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "ul",
})  # fmt: skip
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
_EXACT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>")
_NOTE = re.compile(NOTE_PATTERN.replace("{s}", r"\s").replace("{d}", r"\d"))
_PAGER = re.compile(
    r"共\s*\d+\s*[条页行笔]|第\s*\d+\s*/\s*\d+\s*页|[上下]一页|[首尾末]页|版权所有|技术支持|ICP备|copyright", re.I
)
_DEEPEST = 100
_TOO_MANY = "网页表格的单元格数超过上限；请拆成几份，或改导 CSV"
_AROUND = "表格以外"


def read_html(text: str, max_cells: int, name: str = "") -> list[Sheet]:
    """The tables of an HTML document as one sheet, in the order in which a spreadsheet program lays them out.

    A merged cell's text stands in its first cell and the others are blank. What stands before a table, in its caption
    or in the cells of a table around it becomes rows above it: titles are written so. What stands around the tables at
    the end of the page (pagers, copyright) is a sheet of its own, so that it is no row of the last table. Where the
    program that wrote the file kept exact numbers beside the rounded ones that it shows, the exact ones are taken. The
    sheet is called `name`, or as the page says.

    Raises RefusedFileError where there is no table or the last is cut off.
    """
    parser = _TableParser(max_cells)
    for kind, tag, content in visible_tokens(text):
        parser.take(kind, tag, content)
    is_open = parser.finish()
    if not parser.has_table:
        if "<frameset" in text.lower():
            raise RefusedFileError("网页只有框架，数据在旁边的文件夹里；请用表格软件打开后另存为 xlsx 再报送")
        raise RefusedFileError("网页里没有表格（可能是登录页或报错页）；请重新导出后再放入收件夹")
    if is_open and "</html>" not in text[-2000:].lower() and "</body>" not in text[-2000:].lower():
        raise RefusedFileError("文件不完整：表格没有结尾（可能还在复制，或下载中断）；请重新导出后再试")
    named = SHEET_NAME.search(text[: 1 << 16])
    return _sheets(parser.flow, name or (unescape(named[1]) if named else "网页"), max_cells)


@dataclass
class Block:
    """Rows that stand together on a page: those of a table, or a line of text outside of any."""

    rows: list[Row]
    is_table: bool = False
    width: int = 1

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for row in self.rows for cell in row if cell)

    @property
    def wide_rows(self) -> int:
        """How many rows hold something in more than one cell: a table of data has a header and a row at least."""
        return sum(1 for row in self.rows if sum(1 for cell in row if cell) > 1)

    @property
    def is_small(self) -> bool:
        """Whether this is at most one row or one column of cells, as a value may be dressed up."""
        return self.wide_rows < 2 and (self.wide_rows == 0 or sum(1 for row in self.rows if any(row)) == 1)

    @property
    def text(self) -> str:
        """All that the rows say; a line for each cell, so that no two numbers become one."""
        return BREAK.join(cell for row in self.rows for cell in row if cell)


@dataclass
class _Holder:
    """A cell that tables stand in: its texts and the blocks of those tables, in their order."""

    parts: list[str | list[Block]]

    def text(self, is_grid: bool) -> str:
        """The cell's text, with that of the tables in it that are no more than a dressed-up value."""
        return collapsed([one if isinstance(one, str) else self._of(one, is_grid) for one in self.parts])

    def tables(self, is_grid: bool) -> list[Block]:
        """The blocks that are not part of the cell's text."""
        held = [one for one in self.parts if not isinstance(one, str) and not _is_value(one, is_grid)]
        return [block for blocks in held for block in blocks]

    def flow(self) -> Iterator[Block]:
        """The cell's texts and tables as they stand on the page."""
        texts: list[str] = []
        for one in self.parts:
            if isinstance(one, str):
                texts.append(one)
            elif _is_value(one, is_grid=False):
                texts.append(self._of(one, is_grid=False))
            else:
                yield from _line(texts)
                texts = []
                yield from one
        yield from _line(texts)

    def _of(self, blocks: list[Block], is_grid: bool) -> str:
        return f"{BREAK}{blocks[0].text if blocks else ''}{BREAK}" if _is_value(blocks, is_grid) else BREAK


def _is_value(blocks: list[Block], is_grid: bool) -> bool:
    """Whether a table in a cell only dresses up a value: a single cell, or a few where the cell is one of a grid's."""
    return not blocks or (len(blocks) == 1 and (blocks[0].filled < 2 or (is_grid and blocks[0].is_small)))


def _line(texts: list[str]) -> Iterator[Block]:
    text = collapsed(texts)
    if text:
        yield Block([[text]])


@dataclass
class _Table:
    """One open table: where the next cell goes and which columns a taller cell above still covers."""

    rows: list[list[str | _Holder | None]] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    row: list[str | _Holder | None] = field(default_factory=list)
    column: int = 0
    width: int = 1
    is_in_row: bool = False
    holds_tables: bool = False
    covered: list[tuple[int, int, int]] = field(default_factory=list)

    def next_free(self) -> int:
        """The first column from here on that no taller cell covers."""
        moved = True
        while moved:
            moved = False
            for first, last, _ in self.covered:
                if first <= self.column <= last:
                    self.column, moved = last + 1, True
        return self.column

    def flush_stray(self) -> None:
        """Text between the cells (a caption, or a slip) stands above the table, where a browser shows it."""
        text = collapsed(self.stray)
        self.stray = []
        if text:
            self.above.append([text])

    def blocks(self) -> list[Block]:
        """The finished table, with its tables inside.

        A grid, of which two rows hold several texts, stays whole, and the tables in it follow. Any other table around
        tables only lays out the page: its texts stand before and behind them as on the page.
        """
        above = [Block([row]) for row in self.above]
        if not self.holds_tables:
            return [*above, Block(self.rows, is_table=True, width=self.width)]  # type: ignore[arg-type]
        is_grid = sum(1 for row in self.rows if sum(1 for cell in row if _says(cell)) > 1) > 1
        held = [cell for row in self.rows for cell in row if isinstance(cell, _Holder)]
        inner = [block for cell in held for block in cell.tables(is_grid)]
        if is_grid or not inner:
            return [*above, Block([_texts(row, is_grid) for row in self.rows], True, self.width), *inner]
        return [*above, *(block for row in self.rows for block in _laid_out(row))]


def _says(cell: str | _Holder | None) -> bool:
    return bool(cell.text(is_grid=True) if isinstance(cell, _Holder) else cell)


def _texts(row: list[str | _Holder | None], is_grid: bool) -> Row:
    return [(cell.text(is_grid) or None) if isinstance(cell, _Holder) else cell for cell in row]


def _laid_out(row: list[str | _Holder | None]) -> Iterator[Block]:
    """The texts and tables of one row of a table that lays out a page; texts side by side stay one row."""
    texts: Row = []
    for cell in row:
        if not isinstance(cell, _Holder):
            texts.append(cell)
            continue
        for block in cell.flow():
            if not block.is_table and len(block.rows) == 1:
                texts += block.rows[0]
                continue
            if any(texts):
                yield Block([texts])
            texts = []
            yield block
    if any(texts) or not any(isinstance(cell, _Holder) for cell in row):
        yield Block([texts])


class _TableParser:
    """Collects the blocks of a page: the rows of its tables, and lines of text from between them."""

    def __init__(self, max_cells: int) -> None:
        self.flow: list[Block] = []
        self.has_table = False
        self._cells_left = max_cells
        self._open: list[_Table] = []
        self._cell: list[str | list[Block]] | None = None
        self._outer: list[tuple[list[str | list[Block]] | None, str | None, tuple[int, int]]] = []
        self._exact: str | None = None
        self._span = (1, 1)
        self._loose: list[str] = []

    def take(self, kind: str, tag: str, content: str) -> None:
        """The next tag or text of the document."""
        if kind == "text":
            self._read_text(content)
        elif kind == "start":
            self._start(tag, content)
        else:
            self._end(tag)

    def finish(self) -> bool:
        """Close everything at the end of the document; whether a table was still open."""
        is_open = bool(self._open)
        while self._open:
            self._end_table()
        self._flush_loose()
        return is_open

    def _start(self, tag: str, attributes: str) -> None:
        """Open a table, a row or a cell; a new one closes what its writer forgot to close."""
        if tag == "table":
            self._begin_table()
        elif tag in _GROUPS and self._open:
            self._end_group()
        elif tag == "tr" and self._open:
            self._end_row()
            self._begin_row()
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            self._begin_cell(attributes_of(attributes))
        elif tag == "caption" and self._open:
            self._end_row()
            self._break()
        elif tag in _BLOCKS:
            self._break()

    def _end(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag == "table" and self._open:
            self._end_table()
        elif tag in _GROUPS and self._open:
            self._end_group()
        elif tag == "tr" and self._open:
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif (tag in _BLOCKS and tag != "br") or tag == "caption":
            self._break()

    def _read_text(self, text: str) -> None:
        """Text goes to the open cell, above the open table, or to the line between tables."""
        if self._cell is not None:
            self._cell.append(text)
        elif self._open:
            self._open[-1].stray.append(text)
        else:
            self._loose.append(text)

    def _break(self) -> None:
        if self._cell is not None:
            self._cell.append(BREAK)
        elif self._open:
            self._open[-1].flush_stray()
        else:
            self._flush_loose()

    def _flush_loose(self) -> None:
        for block in _line(self._loose):
            self._spend(1)
            self.flow.append(block)
        self._loose = []

    def _begin_table(self) -> None:
        """A table inside a cell is part of that cell; one between the cells ends the table before it."""
        if self._open and self._cell is None:
            self._end_table()
        if len(self._open) >= _DEEPEST:
            raise RefusedFileError(f"网页的表格套了 {_DEEPEST} 层以上，可能已损坏；请重新导出，或另存为 xlsx 再报送")
        self._flush_loose()
        self.has_table = True
        self._outer.append((self._cell, self._exact, self._span))
        self._cell = None
        self._open.append(_Table())

    def _end_table(self) -> None:
        self._end_row()
        table = self._open.pop()
        table.flush_stray()
        self._cell, self._exact, self._span = self._outer.pop()
        if self._cell is None:
            self.flow += table.blocks()
        else:
            self._cell.append(table.blocks())
            self._open[-1].holds_tables = True

    def _end_group(self) -> None:
        """The head, body or foot of a table is over, and with it every cell that spans rows."""
        self._end_row()
        self._open[-1].covered.clear()

    def _begin_row(self) -> None:
        table = self._open[-1]
        table.flush_stray()
        table.row, table.column, table.is_in_row = [], 0, True

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self._open[-1].is_in_row:
            self._begin_row()
        self._cell = []
        exact = next((attributes[name] for name in ("x:num", "x:str", "sdval") if attributes.get(name)), None)
        self._exact = exact
        down = MAX_ROWS if (attributes.get("rowspan") or "").strip() == "0" else _span(attributes.get("rowspan"))
        self._span = (min(_span(attributes.get("colspan")), MAX_COLUMNS), min(down, MAX_ROWS))

    def _end_cell(self) -> None:
        if self._cell is None or not self._open:
            return
        table, (across, down) = self._open[-1], self._span
        first = table.next_free()
        last = min(first + across, MAX_COLUMNS) - 1
        if first >= MAX_COLUMNS:
            raise RefusedFileError(f"网页表格超过 {MAX_COLUMNS:,} 列；请拆分后重新导出")
        content = _content(self._cell, self._exact)
        if content:
            table.row.extend([None] * (first - len(table.row)))
            table.row.append(content)
        table.column = last + 1
        table.width = max(table.width, last + 1)
        if down > 1:
            table.covered.append((first, last, down))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self._open[-1]
        if not table.is_in_row:
            return
        self._spend(max(len(table.row), 1))
        table.rows.append(table.row)
        table.covered = [(first, last, down - 1) for first, last, down in table.covered if down > 1]
        table.row, table.is_in_row = [], False

    def _spend(self, cells: int) -> None:
        self._cells_left -= cells
        if self._cells_left < 0:
            raise RefusedFileError(_TOO_MANY)


def _content(parts: list[str | list[Block]], exact: str | None) -> str | _Holder:
    texts = [one for one in parts if isinstance(one, str)]
    return _exact_or_shown(collapsed(texts), exact) if len(texts) == len(parts) else _Holder(parts)


def _span(written: str | None) -> int:
    digits = (written or "").strip()
    return max(int(digits), 1) if digits.isdecimal() and len(digits) < 12 else 1


def _exact_or_shown(shown: str, exact: str | None) -> str:
    if not exact:
        return shown
    is_rounded = _NUMBER.fullmatch(shown) and _EXACT.fullmatch(exact)
    return exact if is_rounded or not shown else shown


def _sheets(flow: list[Block], name: str, max_cells: int) -> list[Sheet]:
    """The page as a sheet, and as another one what only stands around the tables at its end."""
    end = _end_of_tables(flow)
    pieces = [(name, flow[:end]), (f"{name}（{_AROUND}）", flow[end:])]
    sheets: list[Sheet] = []
    above = 0
    for title, blocks in pieces:
        rows = _level([row for block in blocks for row in block.rows], max_cells)
        if rows or not sheets:
            sheets.append(Sheet(title, rows, rows_above=above))
        above += len(rows)
    return sheets


def _end_of_tables(flow: list[Block]) -> int:
    """How many of the blocks belong to the tables: up to the last table of data, and the notes below it."""
    widths = list(accumulate((one.width if one.is_table else 0 for one in flow), max, initial=0))
    end = len(flow)
    while end > 0 and _is_around(flow[end - 1], widths[end - 1]):
        end -= 1
    if end < len(flow) and _NOTE.match(flow[end].text):
        while end < len(flow) and not flow[end].is_table:
            end += 1
    return end


def _is_around(block: Block, width: int) -> bool:
    """Whether a block below tables of this width cannot go on with them: a line of text, a pager, a narrow table."""
    if not width or not block.is_table:
        return bool(width)
    return block.wide_rows < 2 and (block.width < width - 1 or bool(_PAGER.search(block.text)))


def _level(rows: list[Row], max_cells: int) -> list[Row]:
    """Rows of one width, as sheets have them; blank ones stay, since each is a row of the file."""
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > max_cells:
        raise RefusedFileError(_TOO_MANY)
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows
