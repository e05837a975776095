"""Holds what the typed pass of a CSV knows, and says for which contracts there is one.

Elsewhere: the pass itself in `csv_typed`, its rejected lines in `csv_rejects`, notes among its rows in
`csv_set_aside`, texts that read differently in `csv_fixes`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard

from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.tables.csv_table import ENDS
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.rows import RowJudge, RowKind

if TYPE_CHECKING:
    import duckdb

CHUNK = 20_000
"""Rows that are read one by one before they are written."""


class UnaccountedError(Exception):
    """The lines of a text and the records of the typed pass do not add up; the text is to be read one by one."""


@dataclass(frozen=True)
class TypedPass:
    """What a typed pass needs to know: where rows go, the table's header, and who reads what the pass leaves over.

    `above` are the records down to the end of the header. `harmless` are words by field that name nobody, once the
    first part of the text has shown them.
    """

    rows: PendingRows
    header: Header
    reader: RowReader
    account: Account
    above: Sequence[Row] = ()
    harmless: dict[str, frozenset[str]] = dataclasses.field(default_factory=dict)

    @cached_property
    def cells_of_fields(self) -> dict[str, str]:
        """The column of the text, c0, c1, …, by the field that it holds."""
        return {field.name: f"c{index}" for index, field in self.header.fields_by_index.items()}

    @cached_property
    def judge(self) -> RowJudge:
        """Tells notes and totals from data among the records that are read one by one."""
        return RowJudge(self.above, self.header, self.contract)

    @cached_property
    def required_moment(self) -> str | None:
        """The timestamp that every record has."""
        return _required_moment(self.contract)

    @cached_property
    def marks_of_nothing(self) -> list[str]:
        """What stands for nothing in every field: one such list serves the whole file."""
        return always_missing(self.contract)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The warehouse."""
        return self.rows.con

    @property
    def contract(self) -> Contract:
        """What the columns are."""
        return self.rows.contract


def is_typed(contract: Contract, header: Header) -> bool:
    """Whether DuckDB can read all stored fields exactly in one pass: texts, and timestamps of one pinned pattern.

    Without a timestamp a header that is repeated further down would pass for a row, as would totals and cells that are
    merged downwards.
    """
    has_merged_cells = any(field.fill_down for field in contract.fields)
    if has_merged_cells:
        return False
    lacks_moment = not _required_moment(contract)
    if lacks_moment and contract.layout.totals:
        return False
    is_wide = contract.unpivot is not None
    if is_wide or not _has_moment(header):
        return False
    are_read_exactly = all(map(_is_read_exactly, contract.stored_fields))
    return are_read_exactly and _has_one_pattern(contract)


def _has_moment(header: Header) -> bool:
    """Whether one of the header's columns is a timestamp."""
    types = {field.type for field in header.fields_by_index.values()}
    return FieldType.DATETIME in types


def _has_one_pattern(contract: Contract) -> bool:
    """Whether all timestamps of the file are written alike.

    DuckDB reads one pattern a file; two would leave the second to its own notations, which may swap day and month.
    """
    patterns: set[str] = set()
    for field in contract.stored_fields:
        patterns.update(field.formats)
    return len(patterns) <= 1


def _is_read_exactly(field: Field) -> bool:
    """Whether DuckDB's cast of a field is what the contract means: a text as it is, a moment of one pattern."""
    if field.type is FieldType.STRING:
        return field.personal is None
    return field.type is FieldType.DATETIME and len(field.formats) == 1


def _required_moment(contract: Contract) -> str | None:
    """Returns the timestamp that no record lacks, but every total and note; None where the contract has none."""
    for field in contract.stored_fields:
        if field.type is FieldType.DATETIME and field.constraints.required:
            return field.name
    return None


def always_missing(contract: Contract) -> list[str]:
    """Returns the texts that mean "not reported" in every stored field, the empty one among them."""
    missing_by_field = map(contract.missing_of, contract.stored_fields)
    in_every_field = frozenset.intersection(*missing_by_field)
    return sorted({"", *in_every_field})


def is_stored(field: Field | None) -> TypeGuard[Field]:
    """Whether the values of a column reach the warehouse."""
    return field is not None and field.personal != "drop"


def says_nothing(text: str | None, marks: Collection[str] = ()) -> bool:
    """Whether a cell is empty, shows nothing, or holds one of the marks of nothing, such as a dash."""
    if not text or text in marks:
        return True
    shown = visible(text).strip(ENDS).strip()
    return not shown


def kind_of_words(typed_pass: TypedPass, cells: Sequence[str | None]) -> RowKind | None:
    """Returns NOTE or TOTAL for a record that lacks columns, or the moment that each case has; None for all others."""
    moment = typed_pass.required_moment
    if moment is None:
        return None
    columns = typed_pass.header.columns
    row: list[str | None] = []
    moment_cell = None
    for column, cell in zip(columns, cells, strict=False):
        row.append(cell if is_stored(column.field) else None)
        if _is_of(column, moment):
            moment_cell = cell
    is_whole = len(cells) == len(columns)
    if is_whole and not says_nothing(moment_cell, typed_pass.marks_of_nothing):
        return None
    if typed_pass.judge.is_note(row):
        return RowKind.NOTE
    is_total = typed_pass.judge.total(row) is not None
    return RowKind.TOTAL if is_total else None


def _is_of(column: Column, field_name: str) -> bool:
    """Whether a column holds the field of a name."""
    return column.field is not None and column.field.name == field_name
