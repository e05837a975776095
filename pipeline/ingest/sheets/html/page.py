"""Lays the blocks of a page out as sheets, in the order in which a spreadsheet program does."""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate, takewhile

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.note_lines import NOTE_LINE
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.html.blocks import Block
from pipeline.ingest.sheets.html.parser import TableParser
from pipeline.ingest.sheets.html.visible import visible_tokens
from pipeline.ingest.sheets.sheet import Cells as Row
from pipeline.ingest.sheets.sheet import Sheet

# <x:ExcelWorksheet><x:Name>综窗</x:Name> : a page that a spreadsheet program wrote names its sheets so.
SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>")
"""Finds the names of sheets that a page gives."""
# 共3条, 第1/2页, 上一页, 尾页, 版权所有: what stands around a table that is shown page by page
_PAGER = re.compile(
    r"共\s*\d+\s*[条页行笔]|第\s*\d+\s*/\s*\d+\s*页|[上下]一页|[首尾末]页|版权所有|技术支持|ICP备|copyright",
    re.IGNORECASE,
)
_HEAD = 1 << 16
_TAIL = 2000
_ENDS_OF_PAGE = ("</html>", "</body>")
_NAMELESS = "网页"
_AROUND = "表格以外"


def read_html(text: str, max_cells: int, name: str = "") -> list[Sheet]:
    """Reads the tables of an HTML document as one sheet, in the order in which a spreadsheet program lays them out.

    A merged cell's text stands in its first cell and the others are blank. What stands before a table, in its caption
    or in the cells of a table around it becomes rows above it: titles are written so. What stands around the tables at
    the end of the page (pagers, copyright) is a sheet of its own, so that it is no row of the last table. Where the
    program that wrote the file kept exact numbers beside the rounded ones that it shows, the exact ones are taken. The
    sheet is called `name`, or as the page says. `<table><tr><td>甲<td>乙</table>` is one sheet 网页 of [["甲", "乙"]].

    Raises RefusedFileError where there is no table, the last is cut off, or there are more than `max_cells` cells.
    """
    parser = TableParser(max_cells)
    for kind, tag, content in visible_tokens(text):
        parser.take(kind, tag, content)
    is_open = parser.finish()
    if not parser.has_table:
        has_frames = "<frameset" in text.lower()
        raise RefusedFileError(
            SheetRefusal.FRAMES_ONLY if has_frames else SheetRefusal.NO_TABLE_IN_PAGE, expected="<table>"
        )
    tail = text[-_TAIL:].lower()
    # Programs that never close a table still close the page; a page that was cut off does neither.
    if is_open and not any(end in tail for end in _ENDS_OF_PAGE):
        raise RefusedFileError(SheetRefusal.TABLE_CUT_OFF, expected="</table>")
    return _sheets(parser.flow, name or _name_in(text), max_cells)


def _name_in(text: str) -> str:
    name = SHEET_NAME.search(text[:_HEAD])
    return unescape(name[1]) if name else _NAMELESS


def _sheets(flow: list[Block], name: str, max_cells: int) -> list[Sheet]:
    """Lays the page out as a sheet, and as another one what only stands around the tables at its end."""
    end = _end_of_tables(flow)
    tables = _level(flow[:end], max_cells)
    around = _level(flow[end:], max_cells)
    if not around:
        return [Sheet(name, tables)]
    return [Sheet(name, tables), Sheet(f"{name}（{_AROUND}）", around, rows_above=len(tables))]


def _end_of_tables(flow: list[Block]) -> int:
    """Returns how many of the blocks belong to the tables: up to the last table of data, and the notes below it."""
    widths = map(_width_of_table, flow)
    # The width of the widest table above each block.
    widths_above = list(accumulate(widths, max, initial=0))
    end = len(flow)
    while end > 0 and _is_around(flow[end - 1], widths_above[end - 1]):
        end -= 1
    around = flow[end:]
    if around and NOTE_LINE.match(around[0].text):
        notes = list(takewhile(_is_line, around))
        end += len(notes)
    return end


def _width_of_table(block: Block) -> int:
    return block.width if block.is_table else 0


def _is_line(block: Block) -> bool:
    return not block.is_table


def _is_around(block: Block, width: int) -> bool:
    """Whether a block below tables of this width cannot go on with them: a line of text, a pager, a narrow table."""
    if not width:
        return False
    if not block.is_table:
        return True
    if block.wide_rows >= 2:
        return False
    return block.width < width - 1 or bool(_PAGER.search(block.text))


def _level(blocks: list[Block], max_cells: int) -> list[Row]:
    """Makes the rows of blocks of one width, as sheets have them; blank ones stay, since each is a row of the file."""
    rows = [row for block in blocks for row in block.rows]
    width = max(map(len, rows), default=0)
    if width * len(rows) > max_cells:
        raise RefusedFileError(
            SheetRefusal.PAGE_CELLS_OVER_LIMIT, expected=f"<= {max_cells}", found=str(width * len(rows))
        )
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows
