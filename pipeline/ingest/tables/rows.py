"""Says what each row of a table is: data, total, note, blank; where the table stands is found by `find`.

Elsewhere: names of totals in `total_rows`, rows that number the columns in `numbering`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.model import NUMERIC, Total
from pipeline.ingest.note_lines import NOTE_LINE
from pipeline.ingest.tables.aggregate_words import Aggregate, stem
from pipeline.ingest.tables.headers.header import Header, Table
from pipeline.ingest.tables.headers.paths import Row, is_blank_row, keys_of, rows_between
from pipeline.ingest.tables.numbering import holds_only_number, is_numbering, numbers_all_columns, running_columns
from pipeline.ingest.tables.total_rows import (
    aggregate_at,
    label_places,
    part_places,
    squeezed,
    total_at,
    word_places,
)
from pipeline.ingest.tables.unit_lines import is_unit_line

_LONG_TEXT = 12
"""A text alone in its row with more characters than this is prose: 以上数据由各窗口报送并经核对."""
_MANY_NUMBERS = 5
"""A row that counts 1 2 3 4 5 or further numbers the columns; one that counts 1 2 may be data."""
_ROWS_LOOKED_AT = 300
"""So many rows below a header say what its columns hold."""
_MARKS_AROUND_PART = "()（）-—·:："
"""What may stand around 其中: （其中）, 其中：网上, —其中."""


class RowKind(StrEnum):
    """What a physical row is; all but DATA are set aside under this name, and rows of another table quarantined."""

    TITLE = "title"
    HEADER = "header"
    NUMBERING = "numbering"
    DATA = "data"
    TOTAL = "total"
    OF_WHICH = "of_which"
    COMPARISON = "comparison"
    UNIT_LINE = "unit_line"
    ONLY_NUMBERED = "only_numbered"
    REPEATED_HEADER = "repeated_header"
    BLANK = "blank"
    NOTE = "note"
    OTHER_TABLE = "other_table"


def classify(rows: Sequence[Row], header: Header, contract: Contract) -> list[RowKind]:
    """Says what each row of a sheet with one table is, from the first to the last; the list is as long as `rows`."""
    return kinds_of(rows, Table(header, 0, len(rows)), contract)


def kinds_of(rows: Sequence[Row], table: Table, contract: Contract) -> list[RowKind]:
    """Says what each row of a table is, from its first title to its last row."""
    header = table.header
    kinds = []
    for row in rows[table.first : header.top]:
        kinds.append(RowKind.BLANK if is_blank_row(row) else RowKind.TITLE)
    kinds += [RowKind.HEADER] * header.levels
    rows_below = rows_between(rows, header.below, table.last)
    kinds += judged(RowJudge(rows, header, contract, table.last), rows_below)
    return kinds


def judged(judge: RowJudge, rows: Iterable[Row]) -> Iterator[RowKind]:
    """Yields the kinds of the rows below a header, one after the other."""
    kind = RowKind.HEADER
    part: Row | None = None  # the row that says 其中, as long as the rows below belong to it
    for row in rows:
        kind = judge.kind(row, kind, part)
        if kind is not RowKind.OF_WHICH:
            part = None
        elif part is None or judge.begins_part(row):
            part = row
        yield kind


_ABOVE_UNIT_LINE = (RowKind.HEADER, RowKind.REPEATED_HEADER, RowKind.NUMBERING, RowKind.UNIT_LINE)
"""What stands above the lines of units and frequencies that a database of statistics puts below its header."""


class RowJudge:
    """Says what the rows below a header are, each by its own cells and by what the row right above it is.

    The table ends before the row `last` (from 0), or with the sheet.
    """

    def __init__(self, rows: Sequence[Row], header: Header, contract: Contract, last: int | None = None) -> None:
        self._header, self._contract = header, contract
        self._header_rows = list(map(keys_of, rows[header.top : header.below]))
        end = len(rows) if last is None else last
        self._rows_below = rows[header.below : min(header.below + _ROWS_LOOKED_AT, end)]
        self._data_labels = frozenset(map(stem, contract.layout.data_labels))
        self.label_places = label_places(header)
        self.part_places = part_places(header)

    @cached_property
    def word_places(self) -> tuple[int, ...]:
        """The columns in which words such as 共计 or 上周 say that a row is no data."""
        return word_places(self._header, self._rows_below)

    @cached_property
    def _running_columns(self) -> frozenset[int]:
        """The columns that only number the rows."""
        return running_columns(self._header, self._rows_below)

    def kind(self, row: Row, previous: RowKind, part: Row | None = None) -> RowKind:
        """Says what one row is; `previous` is the kind of the row right above it.

        `part` is the row that says 其中 where the row right above it belongs to such a one.
        """
        kind = RowKind.DATA
        if is_blank_row(row):
            kind = RowKind.BLANK
        elif keys_of(row) in self._header_rows:
            kind = RowKind.REPEATED_HEADER
        elif self._numbers_columns(row, previous):
            kind = RowKind.NUMBERING
        elif previous in _ABOVE_UNIT_LINE and is_unit_line(row, self._header):
            kind = RowKind.UNIT_LINE
        elif holds_only_number(row, self._running_columns):
            kind = RowKind.ONLY_NUMBERED
        elif self._is_part(row, previous, part):
            kind = RowKind.OF_WHICH
        elif self.total(row) is not None:
            kind = RowKind.TOTAL
        elif self._compares(row):
            kind = RowKind.COMPARISON
        elif self._is_words(row, previous):
            kind = RowKind.NOTE
        return kind

    def _is_part(self, row: Row, previous: RowKind, part: Row | None) -> bool:
        """Whether a row says 其中, or stands below one over which that cell is merged."""
        if self.begins_part(row):
            return True
        if previous is not RowKind.OF_WHICH or not part:
            return False
        return self._is_under(row, part)

    def _is_words(self, row: Row, previous: RowKind) -> bool:
        """Whether a row is a note, a signature or prose."""
        return self.is_note(row) or self._is_prose(row, previous)

    def _numbers_columns(self, row: Row, previous: RowKind) -> bool:
        """Whether a row right below a header is 1 2 3 and can be no data."""
        is_below_header = previous in (RowKind.HEADER, RowKind.REPEATED_HEADER)
        if not is_below_header or not is_numbering(row):
            return False
        return self._is_no_data(row) or self._numbers_all_columns(row)

    def _numbers_all_columns(self, row: Row) -> bool:
        """Whether the first row below the header, or its repetition, numbers all columns."""
        first_rows = [*self._rows_below[:2], None, None][:2]
        first, second = first_rows
        return first == row and numbers_all_columns(row, self._header, second)

    def _is_no_data(self, row: Row) -> bool:
        """Whether a row of 1 2 3 can be nothing else: it goes on too long, or a column takes no such value."""
        filled = _filled_cells(row)
        if len(filled) >= _MANY_NUMBERS:
            return True
        for index, text in filled:
            field = self._field_at(index)
            if field is not None and not _may_hold(field, text):
                return True
        return False

    def total(self, row: Row) -> Total | None:
        """Returns the total that a row is, by the contract's names or by words that say so anywhere, or None."""
        total = total_at(row, self.label_places, self._contract.layout.totals)
        aggregate = aggregate_at(row, self.word_places, self._data_labels)
        if total is not None and self._is_data_label(row):
            return None
        if aggregate is None:
            return total
        covers, label = aggregate
        # 上周合计 is a comparison, though it ends with the name of a total.
        if covers is Aggregate.COMPARISON:
            is_named = total is not None and total.label == label
            return total if is_named else None
        return total or Total(label=label, covers=covers.value)

    def _is_data_label(self, row: Row) -> bool:
        """Whether the contract lists the name of a row as one of data: 汇总窗口."""
        if not self._data_labels:
            return False
        near, further = self.label_places
        cells = [row[place] or "" for place in (*near, *further) if place < len(row)]
        return not self._data_labels.isdisjoint(map(stem, cells))

    def _compares(self, row: Row) -> bool:
        """Whether a row is named as one that compares or averages others: 上周, 环比, 平均, 窗口数."""
        aggregate = aggregate_at(row, self.word_places, self._data_labels)
        return aggregate is not None and aggregate[0] is Aggregate.COMPARISON

    def begins_part(self, row: Row) -> bool:
        """Whether a row says 其中 left of its numbers."""
        words = self._contract.layout.of_which
        if not words:
            return False
        labels = (_part_label(row[place]) for place in self.part_places if place < len(row))
        return any(label.startswith(words) for label in labels)

    def _is_under(self, row: Row, part: Row) -> bool:
        """Whether the cell that says only 其中 is merged over this row too: nothing stands there or left of it."""
        place = self._place_of_part(part)
        if place is None:
            return False
        cells_up_to_it = row[: place + 1]
        return not any((cell or "").strip() for cell in cells_up_to_it)

    def _place_of_part(self, part: Row) -> int | None:
        """Returns the first column whose cell says 其中 and nothing else."""
        for place in self.part_places:
            if place < len(part) and _part_label(part[place]) in self._contract.layout.of_which:
                return place
        return None

    def is_note(self, row: Row) -> bool:
        """Whether a row begins as notes and signatures do: 注：…, 制表人：…."""
        for cell in filter(None, row):
            if cell.strip():
                return NOTE_LINE.match(cell) is not None
        return False

    def _is_prose(self, row: Row, previous: RowKind) -> bool:
        """Whether a row is only a long text in the first column, or goes on with a note, and says no date or number."""
        filled = _filled_cells(row, most=2)
        if len(filled) > 1:
            return False
        index, text = filled[0]
        if index > 0:
            return False
        if self._header.matched <= 2:
            return False
        if self._is_value(index, text):
            return False
        return len(row[index] or "") > _LONG_TEXT or previous is RowKind.NOTE

    def _is_value(self, index: int, text: str) -> bool:
        """Whether the column is one of numbers or days and the text begins like one."""
        field = self._field_at(index)
        if field is None or field.type is FieldType.STRING:
            return False
        return text[:1].isdigit()

    def _field_at(self, index: int) -> Field | None:
        """Returns the field of a column; cells right of the table have none."""
        columns = self._header.columns
        return columns[index].field if index < len(columns) else None


def _filled_cells(row: Row, most: int | None = None) -> list[tuple[int, str]]:
    """Returns place and stripped text of the cells that hold more than blanks, up to `most` of them."""
    filled: list[tuple[int, str]] = []
    for index, cell in enumerate(row):
        text = cell.strip() if cell else ""
        if not text:
            continue
        filled.append((index, text))
        if len(filled) == most:
            break
    return filled


def _part_label(cell: str | None) -> str:
    """Returns the label of a row without what stands around 其中: （其中）网上 gives 其中）网上."""
    return squeezed(cell).strip(_MARKS_AROUND_PART)


def _may_hold(field: Field, text: str) -> bool:
    """Whether a plain number or letter may be a value of a field."""
    if field.type is FieldType.STRING:
        return not (field.codes or field.constraints.pattern)
    return field.type in NUMERIC and text.isdigit()
