"""Keeps the rows of a large sheet in DuckDB and hands them out as they are asked for; what a row means, tables say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from pipeline.common.characters import is_blank
from pipeline.ingest.sheets.sheet import Cells

if TYPE_CHECKING:
    import duckdb


# The first rows are asked for again and again, to find titles and headers.
_HEAD_ROWS = 300
_CHUNK = 5_000
# A row that is asked for comes with those around it: a sheet of many headers asks for one row after the other.
_BLOCK_ROWS = 200


class BulkRows(Sequence[Cells]):
    """The rows of a large sheet, kept as columns c0, c1, … of the table `cells` in a database of their own.

    Rows are made into lists only where they are asked for; `rowid` is the 0-based physical row.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, width: int, height: int) -> None:
        self.con = con
        self.width = width
        self._height = height
        self._head = self._fetch(0, min(_HEAD_ROWS, height))
        self._block: list[Cells] = []
        self._block_first = 0

    def __len__(self) -> int:
        return self._height

    @overload
    def __getitem__(self, position: int) -> Cells: ...
    @overload
    def __getitem__(self, position: slice) -> list[Cells]: ...
    def __getitem__(self, position: int | slice) -> Cells | list[Cells]:
        if isinstance(position, slice):
            return self._rows_of_slice(position)
        at = position + self._height if position < 0 else position
        if not 0 <= at < self._height:
            raise IndexError(position)
        return self._rows_between(at, at + 1)[0]

    def __iter__(self) -> Iterator[Cells]:
        for first in range(0, self._height, _CHUNK):
            yield from self._fetch(first, min(first + _CHUNK, self._height))

    def _rows_of_slice(self, position: slice) -> list[Cells]:
        first, last, step = position.indices(self._height)
        rows = self._rows_between(first, last)
        return rows if step == 1 else rows[::step]

    def _rows_between(self, first: int, last: int) -> list[Cells]:
        if last <= len(self._head):
            return self._head[first:last]
        if last - first > _BLOCK_ROWS // 2:
            return self._fetch(first, last)
        is_in_block = self._block_first <= first and last <= self._block_first + len(self._block)
        if not is_in_block:
            # Titles are looked for above a header: the block begins before the row that is asked for.
            self._block_first = max(first - _BLOCK_ROWS // 4, 0)
            self._block = self._fetch(self._block_first, min(self._block_first + _BLOCK_ROWS, self._height))
        begin = first - self._block_first
        return self._block[begin : begin + last - first]

    def _fetch(self, first: int, last: int) -> list[Cells]:
        rows = self.con.execute(
            "SELECT * FROM cells WHERE rowid >= ? AND rowid < ? ORDER BY rowid", [first, last]
        ).fetchall()
        return list(map(list, rows))


@dataclass(frozen=True)
class TextRows:
    """The rows of a text, of which each physical line gives one.

    `odd` are the 0-based lines that have fewer cells than the table has columns: notes and totals, but no data.
    """

    rows: BulkRows
    odd: frozenset[int]


def in_columns(rows: Sequence[Sequence[str | None]]) -> BulkRows:
    """Keeps rows as a large sheet does; for sheets that come from elsewhere than a workbook, and for tests."""
    import pandas as pd

    width = max(map(len, rows), default=0)
    columns = {f"c{at}": pd.Series(_column(rows, at), dtype=object) for at in range(width)}
    con = open_scratch()
    con.register("arrived", pd.DataFrame(columns))
    make_cells(con)
    return BulkRows(con, width, filled_height(con, width, len(rows)))


def _column(rows: Sequence[Sequence[str | None]], at: int) -> list[str | None]:
    return [row[at] if at < len(row) else None for row in rows]


def make_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `cells` (columns c0, c1, …, one row a physical row) of a sheet that is registered as `arrived`.

    Blank texts become NULL. `arrived` is unregistered.
    """
    names = [row[0] for row in con.execute("DESCRIBE arrived").fetchall()]
    cells = ", ".join(f"{blank_as_null(name)} AS c{at}" for at, name in enumerate(names))
    con.execute(f"CREATE TABLE cells AS SELECT {cells} FROM arrived")
    con.unregister("arrived")


def blank_as_null(name: str) -> str:
    """Returns SQL of a column's text, or NULL where it shows nothing."""
    text = f'CAST("{name}" AS VARCHAR)'
    return f"CASE WHEN {is_blank(text)} THEN NULL ELSE {text} END"


def filled_height(con: duckdb.DuckDBPyConnection, width: int, height: int) -> int:
    """Returns the number of rows up to the last that holds anything; looks from the end, chunk by chunk."""
    any_cell = " OR ".join(f"c{at} IS NOT NULL" for at in range(width))
    for last in range(height, 0, -_CHUNK):
        last_filled = con.execute(
            f"SELECT max(rowid) FROM cells WHERE rowid >= ? AND rowid < ? AND ({any_cell})", [last - _CHUNK, last]
        ).fetchone()
        if last_filled and last_filled[0] is not None:
            return int(last_filled[0]) + 1
    return 0


def open_scratch() -> duckdb.DuckDBPyConnection:
    """Opens an empty database in memory that never writes to disk: sheets hold personal columns until they are read."""
    import duckdb

    return duckdb.connect(config={"threads": 2, "temp_directory": ""})
