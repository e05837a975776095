"""One sheet of the copy while it is written: its rows where they stood, its bad cells marked; looks belong in looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.spreadsheet_text import text_width
from pipeline.contracts import Contract
from pipeline.ingest.tables.headers.header import Header, Table, name_of_problems
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.rows import RowJudge, RowKind
from pipeline.present.sender.disclosure import NOT_LOADED, NOT_READ, Disclosure
from pipeline.present.sender.original_rows import SheetRows
from pipeline.present.sender.problems import Problem
from pipeline.present.shared.workbook_style import write_cell
from pipeline.privacy.masking import MASK

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

AUTHOR: Final = "周报"
# Problems that are listed on the cover; rows of further ones are not looked for in a large sheet.
LISTED: Final = 2_000
MARK_COLOUR: Final = "F8CBC4"
_HIDDEN: Final = (MASK, NOT_LOADED, NOT_READ)
# A comment is so many half-width characters wide, and grows by so many points a line.
_COMMENT_CHARACTERS: Final = 44
_COMMENT_WIDTH, _COMMENT_LINE, _COMMENT_MARGIN, _COMMENT_TALLEST = 320, 20, 30, 400
# However a day is written, it is not wider than this.
_WIDEST_DAY: Final = len("2023年04月17日") + 3


@dataclass
class CopiedSheet:
    """A sheet of the copy: its tables by physical rows, and the width that each column needs.

    `tables` has for each table its rows and the column (0-based) of each name of problems; `labels` the rows of its
    headers; `rows` the rows that are there, or None where all are.
    """

    sheet: Worksheet
    tables: list[tuple[range, Mapping[str, int]]] = field(default_factory=list)
    labels: set[int] = field(default_factory=set)
    widths: dict[int, int] = field(default_factory=dict)
    rows: set[int] | None = None

    def holds(self, problem: Problem) -> bool:
        """Whether the problem's row is there."""
        return self.rows is None or problem.row_no in self.rows

    def cell_of(self, problem: Problem) -> tuple[int, int]:
        """Row and column (1-based) of a problem: its own column in the table of its row, else the first one."""
        columns: Mapping[str, int] = {}
        for rows, columns_of_table in self.tables:
            if problem.row_no in rows:
                columns = columns_of_table
                break
        first = min(columns.values(), default=0)
        return problem.row_no, columns.get(problem.column_name, first) + 1

    def as_disclosed(self, problem: Problem) -> Problem:
        """The problem as it may be told: a cell that the copy hides is not quoted."""
        if not self.holds(problem):
            return problem
        cell = self.sheet.cell(*self.cell_of(problem))
        return problem.without_value() if cell.value in _HIDDEN else problem


def copy_tables(
    copied: CopiedSheet,
    original: SheetRows,
    tables: Sequence[Table],
    contract: Contract,
    problems: Sequence[Problem],
) -> None:
    """Writes the rows of each table where they stand, without what may not go out."""
    if not original.is_whole:
        # Rows that are not there are hidden, so that the others keep their numbers.
        copied.sheet.sheet_format.zeroHeight = True
        copied.rows = set()
    wanted = {problem.row_no - original.rows_above - 1 for problem in problems[:LISTED]}
    for table in tables:
        _note_table(copied, original, table)
        wanted.update(range(table.first, table.header.below))
        if original.is_whole:
            wanted.update(range(table.header.below, table.last))
    rows = dict(original.texts_of(wanted))
    for table in tables:
        rows_of_table = {position: texts for position, texts in rows.items() if table.first <= position < table.last}
        _copy_table(copied, original, table.header, contract, rows_of_table)


def _note_table(copied: CopiedSheet, original: SheetRows, table: Table) -> None:
    """Notes where the table stands, in physical rows (1-based)."""
    header = table.header
    columns = {name_of_problems(column): column.index for column in header.columns if column.field}
    offset = original.rows_above + 1
    copied.tables.append((range(offset + table.first, offset + table.last), columns))
    copied.labels.update(range(offset + header.top, offset + header.below))


def _copy_table(
    copied: CopiedSheet, original: SheetRows, header: Header, contract: Contract, rows: Mapping[int, Row]
) -> None:
    disclosure = Disclosure(header, contract)
    judge = RowJudge(original.texts, header, contract)
    fields = {column.index: column.field for column in header.columns if column.field}
    kind = RowKind.HEADER
    for position, texts in rows.items():
        if position < header.top:
            disclosed = disclosure.title(original.values_of(position, texts, {}))
        elif position < header.below:
            disclosed = disclosure.line(original.values_of(position, texts, {}))
        else:
            # Where the row before is not there, its kind is not known either: it counts as data.
            kind_before = kind if position - 1 in rows else RowKind.DATA
            kind = judge.kind(texts, kind_before)
            disclosed = disclosure.row(original.values_of(position, texts, fields), kind)
        # Titles and notes are long texts that run over their cell: they do not widen its column.
        is_measured = position >= header.top and kind is not RowKind.NOTE
        _write_row(copied, original, position, disclosed, is_measured=is_measured)


def _write_row(
    copied: CopiedSheet, original: SheetRows, position: int, disclosed: Sequence[Any], *, is_measured: bool
) -> None:
    row_no = original.rows_above + position + 1
    if copied.rows is not None:
        copied.rows.add(row_no)
    for index, value in enumerate(disclosed):
        if value is None:
            continue
        column = index + 1
        write_cell(copied.sheet, row_no, column, value)
        number_format = original.formats.get((position, index))
        if number_format and not isinstance(value, str):
            copied.sheet.cell(row_no, column).number_format = number_format
        if is_measured:
            copied.widths[column] = max(copied.widths.get(column, 0), _width_of(value))


def _width_of(value: object) -> int:
    """How wide a value stands, however its day is written."""
    if isinstance(value, datetime) and value.time() == time(0):
        return _WIDEST_DAY + 2
    return text_width(value) + 2


def mark_problems(copied: CopiedSheet, problems: Sequence[Problem]) -> None:
    """Colours each bad cell and says in a comment what is wrong with it."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    messages_of: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        if copied.holds(problem):
            messages_of.setdefault(copied.cell_of(problem), []).append(problem.message)
    for (row_no, column), messages in messages_of.items():
        cell = copied.sheet.cell(row_no, column)
        cell.fill = PatternFill("solid", fgColor=MARK_COLOUR)
        text = "\n".join(dict.fromkeys(messages))
        height = min(_COMMENT_MARGIN + _COMMENT_LINE * _lines_of(text), _COMMENT_TALLEST)
        cell.comment = Comment(text, AUTHOR, width=_COMMENT_WIDTH, height=height)


def _lines_of(text: str) -> int:
    """How many lines a text takes in a comment; -(-a // b) divides and rounds up."""
    return sum(-(-text_width(line) // _COMMENT_CHARACTERS) for line in text.splitlines())
