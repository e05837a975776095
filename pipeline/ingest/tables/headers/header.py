"""Finds the header of a table and says which column is which field.

Elsewhere: paths of labels in `paths`, units in `units`, labels of a contract in `contract_labels`; the rows below a
header in `tables.rows`, the tables of a sheet in `tables.find`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.contracts import Contract, Field
from pipeline.contracts.labels import label_key
from pipeline.ingest.tables.headers.contract_labels import (
    columns_searched,
    field_of_path,
    fields_by_path,
    ignored_labels,
    known_labels,
    labels_by_place,
    twin_path,
    twins_by_path,
)
from pipeline.ingest.tables.headers.paths import (
    Row,
    flatten,
    is_blank_row,
    spanned_texts,
    written_labels,
)
from pipeline.ingest.tables.headers.units import unit_line, unit_of_path
from pipeline.ingest.tables.headers.wide_columns import names_wide, wide_column
from pipeline.ingest.tables.headers.wide_labels import WideLabel


@dataclass(frozen=True)
class Column:
    """One column of the table: its place (from 0), its header path, its field, and the unit that its header names.

    `label` is the path as label keys (办件情况/受理), `written` the path as people read it (办件情况/受理（件）).
    `scale` is 万 in 受理（万件）; `unclear_unit` is a text that names a scale in a way that is not understood.
    `wide` is the value that the label of a wide table's column stands for.
    """

    index: int
    label: str
    field: Field | None
    scale: str = ""
    has_unit: bool = False
    written: str = ""
    unclear_unit: str = ""
    wide: WideLabel | None = None


def name_of_problems(column: Column) -> str:
    """Returns the name under which problems of a column's cells are filed: its field, in a wide table its label.

    With the row it is the cell: a wide table has many columns of one field.
    """
    if column.wide is not None or column.field is None:
        return column.written or column.label
    return column.field.name


@dataclass(frozen=True)
class RecordColumns:
    """The columns of which one record of a row is made; `label` is the value that those of a wide table bear."""

    label: WideLabel | None
    fields_by_index: Mapping[int, Field]


@dataclass(frozen=True)
class Header:
    """Where a table's header stands (0-based row, number of levels) and what each column is.

    `unknown` are the labels that no field has, `missing` the fields that no column holds.
    """

    top: int
    levels: int
    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    missing: tuple[Field, ...]

    @property
    def below(self) -> int:
        """The first row after the header."""
        return self.top + self.levels

    @cached_property
    def fields_by_index(self) -> Mapping[int, Field]:
        """The field of each column that holds one, by the place of the column."""
        fields = {}
        for column in self.columns:
            if column.field is not None:
                fields[column.index] = column.field
        return fields

    @property
    def matched(self) -> int:
        """How many fields of the contract have a column."""
        return len({field.name for field in self.fields_by_index.values()})

    @cached_property
    def records(self) -> tuple[RecordColumns, ...]:
        """The records that each row gives: one, or in a wide table one for each value that its labels stand for."""
        columns_by_label: dict[object, list[Column]] = {}
        shared = {}
        for column in self.columns:
            if column.field is None:
                continue
            if column.wide is None:
                shared[column.index] = column.field
            else:
                columns_by_label.setdefault(column.wide.identity, []).append(column)
        if not columns_by_label:
            return (RecordColumns(None, shared),)
        return tuple(_record(columns, shared) for columns in columns_by_label.values())

    def index_of(self, field: Field) -> int | None:
        """The place of the column that holds a field, or None."""
        for index, field_of_column in self.fields_by_index.items():
            if field_of_column.name == field.name:
                return index
        return None

    @property
    def is_complete(self) -> bool:
        """Whether every required field has a column."""
        required = [field for field in self.missing if field.constraints.required]
        return not required

    def is_repeated_by(self, cells: Sequence[str]) -> bool:
        """Whether a row further down says the same as this header of one level."""
        if len(cells) != len(self.columns):
            return False
        labels = [column.label for column in self.columns]
        return labels == list(map(label_key, cells))

    def is_reordered_by(self, cells: Sequence[str]) -> bool:
        """Whether a row further down is a header, too, most of whose labels are these, but some in other columns."""
        labels = [column.label for column in self.columns]
        keys = list(map(label_key, cells))
        known = set(keys).intersection(labels) - {""}
        if len(known) * 2 <= len(labels):
            return False
        return any(keys.index(key) != labels.index(key) for key in known)


@dataclass(frozen=True)
class Table:
    """A table on a sheet: its header, its first row (of titles), and the row after its last."""

    header: Header
    first: int
    last: int


def _record(columns: Sequence[Column], shared: Mapping[int, Field]) -> RecordColumns:
    """Returns the columns of one value of a wide table, and those that all its records share."""
    own = {column.index: column.field for column in columns if column.field is not None}
    return RecordColumns(columns[0].wide, {**shared, **own})


def find_header(rows: Sequence[Row], contract: Contract) -> Header | None:
    """Finds the header of the contract's first table: of those that overlap, the one with the best rank.

    A header further down that fits better is that of another table. Returns None where no row of the first ones
    (`layout.header_search_rows`) holds at least half of the required fields.
    """
    headers: list[Header] = []
    for top in _possible_tops(rows, contract):
        headers += _headers_at(rows, top, contract)
    if not headers:
        return None
    best = max(headers, key=_rank)
    above = [header for header in headers if _is_table_above(rows, header, best, contract)]
    if above:
        best = _best_of_first_table(above)
    if not _has_enough_fields(best, contract):
        return None
    return finished_header(rows, best, contract)


def whole_header_at(rows: Sequence[Row], top: int, contract: Contract) -> Header | None:
    """Returns the contract's header that begins in this very row with every required column, or None."""
    header = max(_headers_at(rows, top, contract), key=_rank, default=None)
    if header is None or not header.is_complete:
        return None
    return header if _has_enough_fields(header, contract) else None


def _rank(header: Header) -> tuple[int, int, int, int]:
    """Most fields first, then fewest unknown labels, fewest levels, and nearest to the top."""
    return header.matched, -len(header.unknown), -header.levels, -header.top


def _possible_tops(rows: Sequence[Row], contract: Contract) -> Iterator[int]:
    """Yields the rows in which a header may begin: a known label stands there, and another one there or below."""
    known = known_labels(contract)
    # One known word alone may be a row of data that happens to hold it.
    wanted = 1 if contract.unpivot is not None else min(2, len(_fields_of_columns(contract)) - 1)
    width = columns_searched(contract)
    searched = min(len(rows), contract.layout.header_search_rows)
    reach = searched + contract.layout.max_header_levels
    labels_of_rows = [_known_in(row[:width], known) for row in rows[:reach]]
    for top in range(searched):
        if not labels_of_rows[top] and not names_wide(rows[top][:width], contract):
            continue
        reach_of_top = slice(top, top + contract.layout.max_header_levels)
        labels = set[str]().union(*labels_of_rows[reach_of_top])
        is_wide = any(names_wide(row[:width], contract) for row in rows[reach_of_top])
        if is_wide or len(labels) >= wanted:
            yield top


def _known_in(row: Row, known: frozenset[str]) -> set[str]:
    """Returns the label keys of a row that the contract knows."""
    keys = set(map(label_key, filter(None, row)))
    return keys & known


def _headers_at(rows: Sequence[Row], top: int, contract: Contract) -> Iterator[Header]:
    """Yields the headers of one, two, … levels that begin in a row, as far as their first columns show them."""
    block = rows[top : top + contract.layout.max_header_levels]
    first_columns = [row[: columns_searched(contract)] for row in block]
    for levels in range(1, len(block) + 1):
        yield _read_header(first_columns[:levels], top, contract)


def _is_table_above(rows: Sequence[Row], header: Header, best: Header, contract: Contract) -> bool:
    """Whether a header above the best one is a table of its own, whole or with a column lost, and not mere words."""
    if header.below > best.top:
        return False
    if not _has_enough_fields(header, contract):
        return False
    if header.matched * 2 < best.matched:
        return False
    # Words in a title that happen to be labels stand among other words, and never make a whole header.
    if header.unknown and not header.is_complete:
        return False
    between = rows[header.below : best.top]
    return not all(map(is_blank_row, between))


def _best_of_first_table(headers: Sequence[Header]) -> Header:
    """Returns the best of those headers that overlap with the first ones; they come from top to bottom."""
    first_top = headers[0].top
    reach = 0
    overlapping = []
    for header in headers:
        if header.top == first_top:
            reach = max(reach, header.below)
        if header.top < reach:
            overlapping.append(header)
    return max(overlapping, key=_rank)


def _has_enough_fields(header: Header, contract: Contract) -> bool:
    """Whether a header holds at least two fields, and half of the required ones.

    One known word is no header: a row of data that holds it would be taken for one, and its cells named as columns.
    """
    fields = _fields_of_columns(contract)
    required = [field for field in fields if field.constraints.required]
    if header.matched < min(2, len(fields)):
        return False
    return header.matched * 2 >= len(required)


def _fields_of_columns(contract: Contract) -> list[Field]:
    """Returns the fields that a column holds: all but those that the sheet's name or labels of columns give."""
    given = {contract.layout.sheet_name}
    if contract.unpivot is not None:
        given.add(contract.unpivot.into)
    return [field for field in contract.fields if field.name not in given]


@dataclass(frozen=True)
class _Meaning:
    """What the labels of a column name: a field, perhaps of one value of a wide table, or nothing that is needed."""

    label: str
    field: Field | None
    is_ignored: bool = False
    wide: WideLabel | None = None

    @property
    def held(self) -> object:
        """What no second column may hold: a field, or in a wide table the field of one value."""
        if self.field is None:
            return None
        return self.field.name if self.wide is None else (self.field.name, self.wide.identity)

    @property
    def is_unclaimed(self) -> bool:
        """Whether it has a label of which the contract says nothing."""
        return self.label != "" and not self.is_ignored


def _read_header(block: Sequence[Row], top: int, contract: Contract) -> Header:
    """Reads the rows of `block`, of which the first stands in row `top` of the sheet, as a header."""
    words = _words_of(contract)
    columns: list[Column] = []
    taken: dict[object, Field] = {}
    unknown: list[str] = []
    for index, (texts, path) in enumerate(zip(spanned_texts(block), flatten(block), strict=True)):
        meaning = _meaning(index, texts, path, words, contract)
        field = None if meaning.held in taken else meaning.field
        columns.append(_column(index, meaning, field, texts))
        if field is not None:
            taken[meaning.held] = field
        elif meaning.is_unclaimed:
            unknown.append(meaning.label)
    held = {field.name for field in taken.values()}
    missing = [field for field in _fields_of_columns(contract) if field.name not in held]
    return Header(top, len(block), tuple(columns), tuple(unknown), tuple(missing))


@dataclass(frozen=True)
class _Words:
    """What a contract calls its columns: asked for once a header, since a sheet may have thousands."""

    fields: dict[str, Field]
    ignored: frozenset[str]
    labels_of_places: Mapping[int, str]
    twins: Mapping[str, Field | None]


def _words_of(contract: Contract) -> _Words:
    return _Words(
        fields_by_path(contract), ignored_labels(contract), labels_by_place(contract), twins_by_path(contract)
    )


def _meaning(index: int, texts: Sequence[str], path: tuple[str, ...], words: _Words, contract: Contract) -> _Meaning:
    """Says what a column is by its labels, as they are written and as keys; one without labels by its place."""
    twin = twin_path(texts, words.twins)
    if twin is not None:
        return _Meaning(twin, words.twins[twin], is_ignored=words.twins[twin] is None)
    parts = path or tuple(filter(None, [words.labels_of_places.get(index)]))
    label = "/".join(parts)
    if label in words.ignored:
        return _Meaning(label, field_of_path(parts, words.fields), is_ignored=True)
    wide = None if label in words.fields else wide_column(texts, contract)
    if wide is not None:
        return _Meaning(label, wide.field, wide=wide.label)
    return _Meaning(label, field_of_path(parts, words.fields))


def _column(index: int, meaning: _Meaning, field: Field | None, texts: Sequence[str]) -> Column:
    column = Column(index, meaning.label, field, wide=meaning.wide)
    unit = unit_of_path(tuple(texts))
    if unit is None:
        return column
    return replace(column, scale=unit.scale, has_unit=True, unclear_unit=unit.unclear)


def finished_header(rows: Sequence[Row], header: Header, contract: Contract) -> Header:
    """Returns the header in its full width, with its line of units (人次, 万件), and its labels as they are written."""
    header = _in_full_width(rows, header, contract)
    block = list(rows[header.top : header.below])
    units = unit_line(rows[header.below]) if header.below < len(rows) else None
    if units is not None:
        # Without the word 单位 that may stand before them: it is no label.
        block.append(units)
        header = _read_header(block, header.top, contract)
    columns = []
    for column, keys, texts in zip(header.columns, flatten(block), spanned_texts(block), strict=True):
        # Each column by its own spelling: 小计(A) and 小计(B) have one key.
        written_by_key = written_labels([[text] for text in texts])
        labels = [written_by_key.get(key, key) for key in keys]
        columns.append(replace(column, written="/".join(labels)))
    return replace(header, columns=tuple(columns))


def _in_full_width(rows: Sequence[Row], header: Header, contract: Contract) -> Header:
    """Returns the header read anew where its rows are wider than what is searched."""
    block = rows[header.top : header.below]
    width = max(map(len, block), default=0)
    if width <= columns_searched(contract):
        return header
    return _read_header(block, header.top, contract)
