"""Finds the tables of a sheet, one below the other; what a row of one is, rows says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from pipeline.contracts import Contract
from pipeline.ingest.note_lines import NOTE_LINE
from pipeline.ingest.tables.header import (
    Header,
    Row,
    Table,
    find_header,
    finished_header,
    is_blank_row,
    keys_of,
    known_labels,
    names,
    whole_header_at,
)
from pipeline.ingest.tables.rows import total_of


def find_tables(rows: Sequence[Row], contract: Contract) -> tuple[Table, ...]:
    """All tables of the contract on a sheet, one below the other; together they cover every row of it.

    The rows are gone through in one go: a large sheet answers slowly to one question after the other.
    """
    header = find_header(rows, contract)
    if header is None:
        return ()
    known = known_labels(contract)
    below = islice(enumerate(rows), header.below, None)
    return tables_at(rows, header, contract, (at for at, row in below if names(row, known)))


def tables_at(rows: Sequence[Row], header: Header, contract: Contract, tops: Iterable[int]) -> tuple[Table, ...]:
    """The first table, and those that begin at one of `tops` with another header, or with the same under a title."""
    tables: list[Table] = []
    first, current = 0, header
    for top in tops:
        found = _next_header(rows, top, current, contract) if top >= current.below else None
        if found is None:
            continue
        begins = first_title_of(rows, top, current, contract)
        if begins == top and _same(rows, found, current):
            continue
        tables.append(Table(current, first, begins))
        first, current = begins, found
    return (*tables, Table(current, first, len(rows)))


def _next_header(rows: Sequence[Row], top: int, current: Header, contract: Contract) -> Header | None:
    found = whole_header_at(rows, top, contract)
    return finished_header(rows, found, contract) if found and found.matched * 2 >= current.matched else None


def _same(rows: Sequence[Row], one: Header, other: Header) -> bool:
    return [keys_of(row) for row in rows[one.top : one.below]] == [
        keys_of(row) for row in rows[other.top : other.below]
    ]


def first_title_of(rows: Sequence[Row], top: int, header: Header, contract: Contract) -> int:
    """The first title line of the table whose header begins at `top`, below the table of `header`."""
    first = top
    for at in range(top - 1, header.below - 1, -1):
        row = rows[at]
        if is_blank_row(row):
            continue
        filled = {cell.strip() for cell in row if cell and cell.strip()}
        if len(filled) > 1 or total_of(row, header, contract) or NOTE_LINE.match(next(iter(filled))):
            break
        first = at
    return first
