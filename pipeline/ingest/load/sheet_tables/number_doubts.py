"""Marks the numbers of a table that can be read in two ways; which these are, `cells.separators` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.common.cell_marks import DOUBT_MARK
from pipeline.common.quoting import quoted
from pipeline.contracts import Field
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.cells.separators import doubtful_numbers
from pipeline.ingest.sheets.bulk_rows import BulkRows
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row

Doubts = Mapping[str, frozenset[str]]
"""By field the texts of which nobody knows what they mean."""


def doubts_of_rows(header: Header, rows: Iterable[Row]) -> Doubts:
    """Returns the doubtful numbers of the rows of one table."""
    columns = _numeric_columns(header)
    texts: dict[int, set[str]] = {index: set() for index in columns}
    for row in rows:
        # A row may end before the last columns.
        for index in columns.keys() & range(len(row)):
            texts[index].add(row[index] or "")
    fields_with_texts = [(field, texts[index]) for index, field in columns.items()]
    return doubtful_numbers(fields_with_texts)


def doubts_of_columns(header: Header, rows: BulkRows) -> Doubts:
    """Returns the doubtful numbers of a large sheet with one table; columns without a separator cost little."""
    columns = []
    for index, field in _numeric_columns(header).items():
        cell = f"c{index}"
        below = f"FROM cells WHERE rowid >= {header.below}"
        # A number cell has decimals after a dot, and three of them hardly ever: 12.345
        may_doubt = rf"contains({cell}, ',') OR regexp_matches({cell}, '\.[0-9]{{3}}([^0-9]|$)')"
        if rows.con.execute(f"SELECT 1 {below} AND ({may_doubt}) LIMIT 1").fetchone() is None:
            continue
        texts = rows.con.execute(f"SELECT DISTINCT {cell} {below} AND {cell} IS NOT NULL").fetchall()
        columns.append((field, {text for (text,) in texts}))
    return doubtful_numbers(columns)


def _numeric_columns(header: Header) -> dict[int, Field]:
    columns = {}
    for index, field in header.fields_by_index.items():
        if field.type in NUMERIC:
            columns[index] = field
    return columns


def with_doubt(text: str | None, field: Field, doubts: Doubts) -> str | None:
    """Returns a cell's text, marked where it is a doubtful number of its field."""
    if text is None or text not in doubts.get(field.name, ()):
        return text
    return DOUBT_MARK + text


def with_doubt_sql(cell: str, texts: Sequence[str]) -> str:
    """Returns SQL of a cell's text, marked where it is one of the doubtful `texts`."""
    if not texts:
        return cell
    listed = ", ".join(map(quoted, texts))
    return f"CASE WHEN {cell} IN ({listed}) THEN {quoted(DOUBT_MARK)} || {cell} ELSE {cell} END"
