"""Rounds the moments that a sheet holds as serial numbers, in rows and in columns; by how much, `cells` says."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.common.quoting import quoted
from pipeline.contracts import Field
from pipeline.contracts.model import DATED
from pipeline.ingest.cells.serial_moments import MOMENT_WITH_FRACTION, rounded_moment
from pipeline.ingest.sheets.bulk_rows import BulkRows
from pipeline.ingest.sheets.sheet import Days
from pipeline.ingest.tables.headers.header import Header


def rounded_serial(text: str, field: Field, place: tuple[int, int], days: Days) -> str:
    """Returns a cell's text, rounded where it is the serial number of a day; `place` is its row and column from 0.

    A text that says 09:05:59.999 says so, and stays.
    """
    if field.type not in DATED:
        return text
    rounded = rounded_moment(text)
    if rounded == text:
        return text
    row, column = place
    return rounded if row in days().get(column, ()) else text


def round_serials(rows: BulkRows, header: Header, days: Days) -> None:
    """Rounds the serial numbers in the columns of days of a large sheet."""
    for index, field in header.fields_by_index.items():
        if field.type in DATED:
            _round_column(rows, f"c{index}", index, days)


def _round_column(rows: BulkRows, cell: str, column: int, days: Days) -> None:
    has_fraction = f"regexp_full_match({cell}, {quoted(MOMENT_WITH_FRACTION)})"
    found = rows.con.execute(
        f"SELECT rowid, {cell} FROM cells WHERE contains({cell}, '.') AND {has_fraction}"
    ).fetchall()
    if not found:
        return
    serials = days().get(column, frozenset())
    rounded = [(row, rounded_moment(text)) for row, text in found if row in serials]
    _write(rows, cell, rounded)


def _write(rows: BulkRows, cell: str, rounded: Sequence[tuple[int, str]]) -> None:
    rows.con.execute(
        f"UPDATE cells SET {cell} = r.text FROM (SELECT unnest($rows) AS at, unnest($texts) AS text) r "
        "WHERE cells.rowid = r.at",
        {"rows": [row for row, _ in rounded], "texts": [text for _, text in rounded]},
    )
