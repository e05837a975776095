"""Reads the columns of numbers of a table as a load would: value and printed precision of each cell, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import FieldType
from pipeline.contracts.model import DATED
from pipeline.contracts.words import NOTHING
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.label_words import is_row_number
from pipeline.ingest.authoring.drafting.proposals.label_stems import Kind, Stem, stem_of
from pipeline.ingest.authoring.drafting.row_cells import cell_at
from pipeline.ingest.authoring.drafting.table_guess import TableGuess
from pipeline.ingest.cells.numbers import parse_number, printed_step
from pipeline.ingest.cells.units import PER_CENT
from pipeline.ingest.tables.headers.paths import Row

MOST_ROWS: Final = 500
"""So many rows are looked at: words of longer tables show in them, and a sum of all rows is no word of such tables."""
_MOST_COLUMNS: Final = 60
_ZERO: Final = "0"


@dataclass(frozen=True)
class Number:
    """A number as it is printed: 2.31万 is 23100 in steps of 100."""

    value: Decimal
    step: Decimal
    text: str

    @property
    def slack(self) -> Decimal:
        """How far a counted number may be from it: 2.31万 by 50, 23101 by nothing."""
        return Decimal(0) if self.step == 1 else self.step / 2


def like_printed(number: Decimal, printed: str) -> str:
    """A number that was worked out, as the one beside it is printed: 45,204 beside 45,210; 10.00 is 10."""
    text = f"{number:,f}" if "," in printed else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Line:
    """A row of data, or a printed total."""

    row_no: int
    is_total: bool = False

    @property
    def words(self) -> str:
        """第 7 行, 第 12 行（合计）."""
        return f"第 {self.row_no:,} 行（合计）" if self.is_total else f"第 {self.row_no:,} 行"


@dataclass(frozen=True)
class Figures:
    """One column of numbers: what it is, what its label says, and its numbers line by line (None where blank)."""

    column: DraftColumn
    stem: Stem
    numbers: tuple[Number | None, ...]

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.column.name

    @property
    def title(self) -> str:
        """The label of the column."""
        return self.column.title

    @property
    def is_count(self) -> bool:
        """Whether its numbers are counted: they add up, and are no rates."""
        return self.column.is_additive and self.stem.kind is Kind.COUNT

    @property
    def factor(self) -> int:
        """What a fraction is multiplied by to be compared with it."""
        return 100 if self.column.unit in PER_CENT else 1


@dataclass(frozen=True)
class FiguresTable:
    """The lines of a table and its columns of numbers, from left to right.

    `labels` are the columns that are no numbers; `is_whole` says that all rows are among the lines.
    """

    lines: tuple[Line, ...]
    figures: tuple[Figures, ...]
    labels: tuple[DraftColumn, ...]
    rows: tuple[Row, ...]
    is_whole: bool

    @property
    def counts(self) -> list[Figures]:
        """The columns that are counted."""
        return [figures for figures in self.figures if figures.is_count]

    def of_kind(self, kind: Kind) -> list[Figures]:
        """The columns of numbers that are no counts, of one kind."""
        return [figures for figures in self.figures if figures.stem.kind is kind]


def figures_of(table: TableGuess, columns: Sequence[DraftColumn]) -> FiguresTable:
    """Reads the columns of a table that hold numbers; of a long one the first rows."""
    rows = table.rows[:MOST_ROWS]
    data_lines = [Line(row_no) for row_no in table.row_nos[:MOST_ROWS]]
    total_lines = [Line(row_no, is_total=True) for row_no, _ in table.total_rows]
    all_rows = (*rows, *(row for _, row in table.total_rows))
    numeric = [column for column in columns if _is_measure(column)][:_MOST_COLUMNS]
    return FiguresTable(
        lines=(*data_lines, *total_lines),
        figures=tuple(_figures(column, all_rows) for column in numeric),
        labels=tuple(column for column in columns if column not in numeric),
        rows=all_rows,
        is_whole=len(rows) == len(table.rows),
    )


def _is_measure(column: DraftColumn) -> bool:
    is_dated = column.guess.type in DATED
    return column.is_numeric and not is_dated and column.personal is None and not is_row_number(column.title)


def _figures(column: DraftColumn, rows: Sequence[Row]) -> Figures:
    numbers = tuple(_number(cell_at(row, column.index), column) for row in rows)
    return Figures(column, stem_of(column.title), numbers)


def _number(cell: str | None, column: DraftColumn) -> Number | None:
    text = (unmarked(cell) or "").strip()
    if text in column.guess.zero_values:
        text = _ZERO
    if text in NOTHING:
        return None
    value = parse_number(text, column.unit)
    if value is None:
        return None
    step = printed_step(text, value)
    is_whole = column.guess.type is FieldType.INTEGER
    return Number(value, max(step, Decimal(1)) if is_whole else step, text)
