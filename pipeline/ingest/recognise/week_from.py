"""The week of an export whose title does not say it: that of the latest day in one field; titles belong in period."""

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
from pipeline.ingest.tables.header import Header, find_header

_DISTINCT = 100_000


def latest_day_of_csv(path: Path, codec: str, table: CsvTable, contract: Contract) -> date | None:
    """The latest day in the field that `delivery.weekFrom` names; None where it names none or holds no day.

    The file is read once from its beginning to its end: a title with the period in it is cheaper.
    """
    field, place = _field(contract), _place(table.header, contract)
    if field is None or place is None:
        return None
    with path.open(encoding=codec, errors="replace", newline="") as file:
        for _ in islice(file, table.lines_above):
            pass
        rows = csv.reader(file, delimiter=contract.csv.delimiter)
        return _latest((row[place] for row in rows if len(row) > place), field, contract)


def latest_day_of_sheets(sheets: Iterable[Sheet], contract: Contract) -> date | None:
    """The latest day over all sheets that hold the contract's table, or None."""
    field = _field(contract)
    return _latest(_cells(sheets, contract), field, contract) if field else None


def _cells(sheets: Iterable[Sheet], contract: Contract) -> Iterator[str | None]:
    for sheet in sheets:
        header = find_header(sheet.rows, contract)
        place = _place(header, contract) if header else None
        if header is None or place is None:
            continue
        below: Sequence[Sequence[str | None]] = sheet.rows[header.top + header.levels :]
        yield from (row[place] for row in below if len(row) > place)


def _field(contract: Contract) -> Field | None:
    return next((one for one in contract.fields if one.name == contract.delivery.week_from), None)


def _place(header: Header, contract: Contract) -> int | None:
    wanted = contract.delivery.week_from
    return next((column.index for column in header.columns if column.field and column.field.name == wanted), None)


def _latest(texts: Iterable[str | None], field: Field, contract: Contract) -> date | None:
    # Dates without a year say nothing about the week, and many rows share a text.
    read = lru_cache(maxsize=_DISTINCT)(lambda text: read_text(text, field, contract, Context()).value)
    latest = max((value for text in texts if (value := read(text))), default=None)
    return date.fromisoformat(latest[:10]) if latest else None
