"""Finds the tables of a sheet, one below the other; what a row of a table is, `rows` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.contracts import Contract
from pipeline.ingest.note_lines import NOTE_LINE
from pipeline.ingest.tables.headers.contract_labels import known_labels, names
from pipeline.ingest.tables.headers.header import Header, Table, find_header, finished_header, whole_header_at
from pipeline.ingest.tables.headers.paths import Row, is_blank_row, keys_of, rows_between
from pipeline.ingest.tables.headers.wide_columns import names_wide
from pipeline.ingest.tables.total_rows import total_of


def find_tables(rows: Sequence[Row], contract: Contract) -> tuple[Table, ...]:
    """Finds all tables of the contract on a sheet, one below the other; together they cover every row of it.

    The rows are gone through in one go: a large sheet answers slowly to one question after the other.
    """
    header = find_header(rows, contract)
    if header is None:
        return ()
    known = known_labels(contract)
    rows_below = enumerate(rows_between(rows, header.below, len(rows)), header.below)
    possible_tops = (at for at, row in rows_below if names(row, known) or names_wide(row, contract))
    return tables_at(rows, header, contract, possible_tops)


def tables_at(rows: Sequence[Row], header: Header, contract: Contract, tops: Iterable[int]) -> tuple[Table, ...]:
    """Returns the first table, and those whose header begins at one of `tops` (0-based rows, ascending).

    The same header again begins a table only below a title; without one it is a repetition, as on a printed page.
    """
    tables: list[Table] = []
    first, current = 0, header
    for top in tops:
        if top < current.below:
            continue
        following = _next_header(rows, top, current, contract)
        if following is None:
            continue
        first_title = first_title_of(rows, top, current, contract)
        has_title = first_title < top
        if not has_title and _have_same_labels(rows, following, current):
            continue
        tables.append(Table(current, first, first_title))
        first, current = first_title, following
    tables.append(Table(current, first, len(rows)))
    return tuple(tables)


def _next_header(rows: Sequence[Row], top: int, current: Header, contract: Contract) -> Header | None:
    """Returns the whole header that begins at `top`, unless it has less than half of the fields of the current one."""
    header = whole_header_at(rows, top, contract)
    if header is None or header.matched * 2 < current.matched:
        return None
    return finished_header(rows, header, contract)


def _have_same_labels(rows: Sequence[Row], header: Header, current: Header) -> bool:
    labels = list(map(keys_of, rows[header.top : header.below]))
    current_labels = list(map(keys_of, rows[current.top : current.below]))
    return labels == current_labels


def first_title_of(rows: Sequence[Row], top: int, header: Header, contract: Contract) -> int:
    """Returns the first title line of the table whose header begins at `top`, below the table of `header`.

    A title line has one text, perhaps in several merged cells, that is no total and no note of the table above.
    Returns `top` itself where there is no title.
    """
    first = top
    for at in range(top - 1, header.below - 1, -1):
        row = rows[at]
        if is_blank_row(row):
            continue
        if not _may_be_title(row) or total_of(row, header, contract):
            break
        first = at
    return first


def _may_be_title(row: Row) -> bool:
    """Whether the filled cells of a row hold one and the same text, which is no note."""
    texts = set(map(str.strip, filter(None, row)))
    texts.discard("")
    return len(texts) == 1 and not NOTE_LINE.match(texts.pop())
