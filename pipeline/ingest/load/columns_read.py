"""Notes which physical column of a table was read as which field, so that `ingest.second_look` can go back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.contracts import Field
from pipeline.ingest.tables.headers.header import Header, name_of_problems


@dataclass(frozen=True)
class ColumnsRead:
    """The data region of one table: its sheet, its physical rows, and the field of each column.

    Rows count from 1, `last_row` is None where the table goes on to the end of the sheet. Columns count from 0 as the
    reader of the sheet counts: from the first column that holds anything. `scales` are those of `sheet_tables.scales`.
    `wide` has the label of the record for each labelled column of a wide table, and its title.
    """

    sheet: str
    first_row: int
    last_row: int | None
    fields: Mapping[int, Field]
    scales: Mapping[str, str]
    wide: Mapping[int, WideCell] = field(default_factory=dict)


class WideCell(NamedTuple):
    """Where a cell of a wide table went: the label of its record, and the title of its column among the problems."""

    label: str
    title: str


def columns_read(
    sheet: str, header: Header, scales: Mapping[str, str], first_row: int, last_row: int | None = None
) -> ColumnsRead:
    """Returns the note for a table with this header."""
    wide = {}
    for column in header.columns:
        if column.wide is not None and column.field is not None:
            wide[column.index] = WideCell(column.wide.written, name_of_problems(column))
    return ColumnsRead(sheet, first_row, last_row, header.fields_by_index, scales, wide)
