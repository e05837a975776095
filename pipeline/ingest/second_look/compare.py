"""Compares the cells of one table as a simple reader sees them with what was loaded of them.

A cell is compared where both can be told: a plain numeral in a numeric column, a plain word in a column of the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from operator import attrgetter, itemgetter

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.load.columns_read import ColumnsRead, WideCell
from pipeline.ingest.second_look.loaded import LoadedRows
from pipeline.ingest.second_look.seen import SeenRow, is_plain_word, multiplier, plain_number

_IS_NUMBER = attrgetter("is_number")
# What fifteen digits of a spreadsheet's number may lack, and half of the last decimal that is stored.
_RELATIVE_ERROR = Decimal("1e-12")
_STORED_DECIMALS = 6
_ZERO = Decimal(0)


@dataclass(frozen=True)
class ComparedColumn:
    """One column of a table that is compared: its place from 0 as the file counts, its field, its multiplier.

    `label` is the record of a wide table that it belongs to, `name` what a problem of its cells is filed under.
    """

    index: int
    field: Field
    factor: int
    missing: frozenset[str]
    label: str
    name: str

    @cached_property
    def is_number(self) -> bool:
        """Whether its values are numbers, which have sums."""
        return self.field.type in NUMERIC

    @cached_property
    def place(self) -> tuple[str, str]:
        """Where its value stands among those of a loaded row."""
        return self.field.column, self.label

    def says_something(self, text: str | None) -> bool:
        """Whether a text is a plain value of this column, and none that means nothing."""
        if text is None or text.strip() in self.missing:
            return False
        return plain_number(text) is not None if self.is_number else is_plain_word(text)


@dataclass
class Sums:
    """The sums of the cells of one column that were compared, in the file and as loaded."""

    seen: Decimal
    loaded: Decimal


@dataclass(frozen=True)
class Difference:
    """The first cell that differs; `loaded` is None where its row was lost, `sums` where its column is no number."""

    row_no: int
    column: ComparedColumn
    seen: str
    loaded: str | None
    sums: Sums | None = None
    is_row_lost: bool = False


@dataclass
class Comparison:
    """One table on its way through: what was compared so far."""

    columns: Sequence[ComparedColumn]
    loaded: LoadedRows
    first: Difference | None = None
    lost: list[tuple[SeenRow, ComparedColumn]] = field(default_factory=list)
    compared: dict[int, list[tuple[Decimal, Decimal]]] = field(default_factory=dict)

    def add(self, row: SeenRow) -> None:
        """Compares one row that the simple reader sees."""
        is_unclear = row.row_no in self.loaded.unclear
        is_excluded = row.row_no in self.loaded.excluded
        if is_unclear or is_excluded:
            return
        values = self.loaded.values.get(row.row_no)
        if values is None:
            self._note_row_without_values(row)
            return
        for column in self.columns:
            self._compare(row, column, values.get(column.place))

    def _note_row_without_values(self, row: SeenRow) -> None:
        """Notes a row that was not loaded, though it holds a number; or a key where the table has no numbers."""
        numbers = list(filter(_IS_NUMBER, self.columns))
        decisive = numbers or self.columns
        for column in decisive:
            text = row.cells.get(column.index)
            if column.says_something(text):
                self.lost.append((row, column))
                return

    def _compare(self, row: SeenRow, column: ComparedColumn, value: str | None) -> None:
        """Compares one cell with its value; one with a remark was not loaded as it stands."""
        place = (row.row_no, column.name)
        if place in self.loaded.flagged:
            return
        text = row.cells.get(column.index, "")
        if text is None or self._is_same(column, text, value):
            return
        if self.first is None:
            seen = text.strip() or "空"
            self.first = Difference(row.row_no, column, seen, value)

    def _is_same(self, column: ComparedColumn, text: str, value: str | None) -> bool:
        """Whether a text and the value loaded of it say the same, as far as simple reading can tell."""
        is_nothing_loaded = value is None
        if is_nothing_loaded and text.strip() in column.missing:
            return True
        if column.is_number:
            return self._is_same_number(column, text, value)
        return self._is_same_word(column, text, value)

    @staticmethod
    def _is_same_word(_: ComparedColumn, text: str, value: str | None) -> bool:
        if is_plain_word(text):
            return text == value
        # What takes more than simple reading is not compared.
        return True

    def _is_same_number(self, column: ComparedColumn, text: str, value: str | None) -> bool:
        loaded = None if value is None else Decimal(value)
        if not text.strip():
            return loaded is None or _is_given_to_blanks(column.field)
        seen = plain_number(text)
        if seen is None:
            return True
        seen *= column.factor
        self.compared.setdefault(column.index, []).append((seen, loaded or _ZERO))
        if loaded is None:
            # 0 in a column of weeks to come is no record.
            is_of_record = column.label != ""
            return is_of_record and seen == 0
        if seen == loaded:
            return True
        difference = abs(seen - loaded)
        return difference <= _tolerance(column.field, seen)

    def difference(self) -> Difference | None:
        """Returns the first difference with the sums of its column; None where there is none.

        Rows that hold numbers and were not loaded are the totals and notes that were set aside; only of more than
        these one was lost.
        """
        if self.first is not None:
            sums = self._sums_of(self.first.column)
            return Difference(self.first.row_no, self.first.column, self.first.seen, self.first.loaded, sums)
        if len(self.lost) > self.loaded.set_aside:
            row, column = self.lost[0]
            return Difference(row.row_no, column, row.cells[column.index] or "", None, is_row_lost=True)
        return None

    def _sums_of(self, column: ComparedColumn) -> Sums | None:
        """Returns the sums of a column as far as it was compared; None where it has no numbers."""
        numbers = self.compared.get(column.index)
        if numbers is None:
            return None
        seen = sum(map(itemgetter(0), numbers), _ZERO)
        loaded = sum(map(itemgetter(1), numbers), _ZERO)
        return Sums(seen, loaded)


def compared_columns(table: ColumnsRead, contract: Contract, first_column: int = 0) -> list[ComparedColumn]:
    """Returns the columns of a table that can be compared; `first_column` of the sheet holds its first cells."""
    columns = []
    for index, field_read in table.fields.items():
        if _is_comparable(field_read, contract):
            factor = multiplier(table.scales.get(field_read.name, ""))
            missing = contract.missing_of(field_read)
            wide = table.wide.get(index, WideCell("", field_read.name))
            columns.append(ComparedColumn(index + first_column, field_read, factor, missing, wide.label, wide.title))
    return columns


def _is_comparable(field_read: Field, contract: Contract) -> bool:
    """Whether what is loaded of a field is what its cell says: no digest, no mask, nothing filled from above."""
    if field_read.personal is not None:
        return False
    if field_read.fill_down:
        return False
    if field_read.type in NUMERIC:
        return True
    is_key = field_read.name in contract.primary_key
    is_looked_up = field_read.codes is not None
    is_masked = contract.is_masked(field_read)
    is_text = field_read.type is FieldType.STRING
    return is_text and is_key and not is_looked_up and not is_masked


def _is_given_to_blanks(field_read: Field) -> bool:
    return "" in field_read.zero_values


def _tolerance(field_read: Field, number: Decimal) -> Decimal:
    """Returns by how much a stored number may differ: what rounding takes away, and a spreadsheet's sixteenth digit."""
    decimals = _STORED_DECIMALS if field_read.decimals is None else field_read.decimals
    return Decimal(5).scaleb(-decimals - 1) + abs(number) * _RELATIVE_ERROR
