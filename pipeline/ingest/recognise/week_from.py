"""Finds the week of an export whose title does not say it: that of the latest day in one field.

The field is the contract's `delivery.weekFrom`; weeks that a title or file name says, `period` reads.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pipeline.contracts import Contract, Field
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.read_cell import read_text
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import CsvTable
from pipeline.ingest.tables.headers.header import Header, find_header
from pipeline.ingest.tables.headers.paths import Row

_REMEMBERED_TEXTS = 100_000
_LENGTH_OF_DAY = len("2023-04-17")


def latest_day_of_csv(path: Path, codec: str, table: CsvTable, contract: Contract) -> date | None:
    """The latest day in the field that `delivery.weekFrom` names; None where it names none or holds no day.

    The file is read once from its beginning to its end: a title with the period in it is cheaper.
    """
    field = _week_field(contract)
    column = _week_column(table.header, contract)
    if field is None or column is None:
        return None
    with path.open(encoding=codec, errors="replace", newline="") as file:
        below_titles = islice(file, table.lines_above, None)
        rows = csv.reader(below_titles, delimiter=contract.csv.delimiter)
        return _latest(_cells_of_column(rows, column), field, contract)


def latest_day_of_sheets(sheets: Iterable[Sheet], contract: Contract) -> date | None:
    """The latest day over all sheets that hold the contract's table, or None."""
    field = _week_field(contract)
    if field is None:
        return None
    return _latest(_cells(sheets, contract), field, contract)


def _cells(sheets: Iterable[Sheet], contract: Contract) -> Iterator[str | None]:
    """The cells of the week's field on all sheets that hold the contract's table."""
    for sheet in sheets:
        header = find_header(sheet.rows, contract)
        if header is None:
            continue
        column = _week_column(header, contract)
        if column is None:
            continue
        rows_below: Sequence[Row] = sheet.rows[header.below :]
        yield from _cells_of_column(rows_below, column)


def _cells_of_column(rows: Iterable[Row], column: int) -> Iterator[str | None]:
    return (row[column] for row in rows if len(row) > column)


def _week_field(contract: Contract) -> Field | None:
    wanted = contract.delivery.week_from
    return next((field for field in contract.fields if field.name == wanted), None)


def _week_column(header: Header, contract: Contract) -> int | None:
    """The place of the week's field on its table, from 0; None where the table lacks it."""
    wanted = contract.delivery.week_from
    for column in header.columns:
        if column.field and column.field.name == wanted:
            return column.index
    return None


def _latest(texts: Iterable[str | None], field: Field, contract: Contract) -> date | None:
    """The latest day among the texts of a date or datetime field; what is no day counts for nothing."""

    # Dates without a year say nothing about the week, and many rows share a text.
    @lru_cache(maxsize=_REMEMBERED_TEXTS)
    def canonical(text: str | None) -> str | None:
        return read_text(text, field, contract, Context()).value

    readable = filter(None, map(canonical, texts))
    latest = max(readable, default=None)
    return date.fromisoformat(latest[:_LENGTH_OF_DAY]) if latest else None
