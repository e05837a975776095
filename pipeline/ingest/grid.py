"""Reads the sheets of a workbook as text cells; what the cells mean belongs in layout and values."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from pipeline.common.characters import is_blank, visible
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.oddities import Oddities, Parts, find_days, find_oddities, read_parts
from pipeline.ingest.oddities_binary import Book, Found
from pipeline.ingest.oddities_binary import search as search_binary

if TYPE_CHECKING:
    import duckdb


Cells = list[str | None]
Days = Callable[[], Mapping[int, frozenset[int]]]
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""What a sheet of a spreadsheet program can span."""
BULK_ROWS = 2_000
"""Sheets with more rows than this stay in columns; fewer are read faster row by row."""
_HEAD_ROWS = 300
_CHUNK = 5_000
_WIDE = re.compile(r"-?\d{16,}")
DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:.]+)?|[0-9]{2,}:[0-9]{2}:[0-9]{2}"
"""How the reader writes a number that its cell shows as a day or time."""


def no_days() -> Mapping[int, frozenset[int]]:
    """What a sheet says that has no numbers shown as days, or of which that is unknown."""
    return {}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its rows as texts or None, and what the book says of it.

    The rows begin with the first physical one, or after `rows_above` where the sheet holds another table above; those
    of a text are records, of which `lines` are the physical lines where they begin. `days` finds the physical rows
    (0-based), by column, of the numbers that their cells show as days: their texts look like those of cells in which
    somebody wrote a day.
    """

    name: str
    rows: Sequence[Cells]
    is_hidden: bool = False
    is_1904: bool = False
    rows_above: int = 0
    lines: Sequence[int] | None = None
    days: Days = field(default=no_days, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The sheet's name for people; a text has no sheets."""
        return self.name if self.lines is None else ""

    def row_no(self, place: int) -> int:
        """The 1-based physical row of the row at a 0-based place."""
        return self.rows_above + place + 1 if self.lines is None else self.lines[place]


class BulkRows(Sequence[Cells]):
    """The rows of a large sheet, kept as columns c0, c1, … of the table `cells` in a database of their own.

    Rows are made into lists only where they are asked for; `rowid` is the 0-based physical row.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, width: int, height: int) -> None:
        self.con, self.width, self._height = con, width, height
        self._head = self._fetch(0, min(_HEAD_ROWS, height))

    def __len__(self) -> int:
        return self._height

    @overload
    def __getitem__(self, place: int) -> Cells: ...
    @overload
    def __getitem__(self, place: slice) -> list[Cells]: ...
    def __getitem__(self, place: int | slice) -> Cells | list[Cells]:
        if isinstance(place, slice):
            first, last, step = place.indices(self._height)
            rows = self._head[first:last] if last <= len(self._head) else self._fetch(first, last)
            return rows if step == 1 else rows[::step]
        at = place + self._height if place < 0 else place
        if not 0 <= at < self._height:
            raise IndexError(place)
        return self._head[at] if at < len(self._head) else self._fetch(at, at + 1)[0]

    def __iter__(self) -> Iterator[Cells]:
        for first in range(0, self._height, _CHUNK):
            yield from self._fetch(first, min(first + _CHUNK, self._height))

    def _fetch(self, first: int, last: int) -> list[Cells]:
        found = self.con.execute(
            "SELECT * FROM cells WHERE rowid >= ? AND rowid < ? ORDER BY rowid", [first, last]
        ).fetchall()
        return [list(row) for row in found]


def in_columns(rows: Sequence[Sequence[str | None]]) -> BulkRows:
    """Rows as a large sheet keeps them; for sheets that come from elsewhere than a workbook, and for tests."""
    import pandas as pd

    width = max((len(row) for row in rows), default=0)
    frame = pd.DataFrame(
        {f"c{at}": pd.Series([row[at] if at < len(row) else None for row in rows], dtype=object) for at in range(width)}
    )
    con = _database()
    con.register("arrived", frame)
    _make_cells(con)
    return BulkRows(con, width, _filled_height(con, width, len(rows)))


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook in order, hidden ones too, one at a time.

    Error cells, formulas without a value and numbers that a spreadsheet rounds come marked, as values describes; a
    number that its cell shows as per cent comes with the sign.
    Raises RefusedFileError where the workbook cannot be opened. What a sheet spans, extent measures before.
    """
    import fastexcel

    book = _OddBook(path)
    with _refusing():
        workbook = fastexcel.read_excel(path)
    with ThreadPoolExecutor(1) as beside:
        for name in workbook.sheet_names:
            search = _Search(book.finder(name), beside)
            with _refusing():
                sheet = _sheet(workbook, name, search, book.is_1904)
            yield replace(sheet, days=book.days(name))


@contextmanager
def _refusing() -> Iterator[None]:
    """Turns what the reader says of a damaged workbook into a refusal, its own panics included.

    A panic of the reader is no `Exception`, so that it would end the run; it is known by its name alone.
    """
    import fastexcel

    try:
        yield
    except RefusedFileError:
        raise
    except BaseException as error:
        if not isinstance(error, fastexcel.FastExcelError) and type(error).__name__ != "PanicException":
            raise
        raise RefusedFileError(f"工作簿打不开（{_cause(error)}）；请用表格软件打开并另存为 xlsx 后再试") from error


class _OddBook:
    """Where the odd cells of each sheet are found, whatever kind of workbook it is."""

    def __init__(self, path: Path) -> None:
        self._path, self._parts = path, Parts({}, False)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                self._parts = read_parts(archive)
        self._other = Book() if self._parts.sheets else search_binary(path)
        self.is_1904 = self._parts.is_1904 or self._other.is_1904

    def finder(self, name: str) -> Callable[[bool], Oddities]:
        """What finds the silent cells of a sheet, or its wide numbers."""
        member, found = self._parts.sheets.get(name), self._other.sheets.get(name, Found())
        if member is None:
            return lambda wide: found.wide if wide else found.silent
        return lambda wide: find_oddities(self._path, member, wide, self._parts.styles)

    def days(self, name: str) -> Days:
        """What finds the numbers that a sheet shows as days, when somebody asks."""
        member, found = self._parts.sheets.get(name), self._other.sheets.get(name, Found())
        return cache(lambda: find_days(self._path, member, self._parts.styles) if member else found.days())


class _Search:
    """The search of one sheet, begun beside the reader."""

    def __init__(self, find: Callable[[bool], Oddities], beside: ThreadPoolExecutor) -> None:
        self._find, self._silent = find, beside.submit(find, False)

    def cells(self, has_wide: Callable[[], bool]) -> Iterator[tuple[int, int, str]]:
        """Row and column (0-based, as the reader counts) of each odd cell, and the text that stands for it."""
        found = [self._silent.result()]
        if has_wide():
            found.append(self._find(True))
        for one in found:
            for (row, column), text in one.cells.items():
                yield row, column - one.first_column, text


def _sheet(workbook: Any, name: str, search: _Search, is_1904: bool) -> Sheet:
    cells = workbook.load_sheet_by_name(name, header_row=None, skip_rows=0, dtypes="string")
    rows: Sequence[Cells] = []
    if cells.width and cells.height:
        rows = (_large if cells.height > BULK_ROWS else _small)(cells, search)
    return Sheet(name, rows, cells.visible != "visible", is_1904)


def _small(cells: Any, search: _Search) -> list[Cells]:
    with _scratch().cursor() as scratch:
        scratch.register("arrived", cells)
        rows = [
            [cell if cell and visible(cell).strip() else None for cell in row]
            for row in scratch.execute("SELECT * FROM arrived").fetchall()
        ]
        scratch.unregister("arrived")
    for at, column, text in search.cells(lambda: any(cell and _WIDE.fullmatch(cell) for row in rows for cell in row)):
        if at < len(rows) and 0 <= column < len(rows[at]):
            rows[at][column] = text
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _large(cells: Any, search: _Search) -> BulkRows:
    con = _database()
    con.register("arrived", cells)
    _make_cells(con)
    found: dict[int, dict[int, str]] = {}
    for row, column, text in search.cells(lambda: _has_wide(con, cells.width)):
        if 0 <= column < cells.width:
            found.setdefault(column, {})[row] = text
    for column, texts in found.items():
        con.execute(
            f"UPDATE cells SET c{column} = odd.text FROM (SELECT unnest($rows) AS at, unnest($texts) AS text) odd "
            "WHERE cells.rowid = odd.at",
            {"rows": list(texts), "texts": list(texts.values())},
        )
    return BulkRows(con, cells.width, _filled_height(con, cells.width, cells.height))


def _has_wide(con: duckdb.DuckDBPyConnection, width: int) -> bool:
    wide = " OR ".join(
        f"(strlen(c{at}) > 15 AND (NOT contains(c{at}, '-') OR starts_with(c{at}, '-')) "
        f"AND regexp_full_match(c{at}, '-?[0-9]+'))"
        for at in range(width)
    )
    return con.execute(f"SELECT 1 FROM cells WHERE {wide} LIMIT 1").fetchone() is not None


def _make_cells(con: duckdb.DuckDBPyConnection) -> None:
    places = [row[0] for row in con.execute("DESCRIBE arrived").fetchall()]
    cells = ", ".join(f"{_blank_as_null(place)} AS c{at}" for at, place in enumerate(places))
    con.execute(f"CREATE TABLE cells AS SELECT {cells} FROM arrived")
    con.unregister("arrived")


def _blank_as_null(place: str) -> str:
    text = f'CAST("{place}" AS VARCHAR)'
    return f"CASE WHEN {is_blank(text)} THEN NULL ELSE {text} END"


def _filled_height(con: duckdb.DuckDBPyConnection, width: int, height: int) -> int:
    """The rows up to the last that holds anything, found from the end."""
    any_cell = " OR ".join(f"c{at} IS NOT NULL" for at in range(width))
    for last in range(height, 0, -_CHUNK):
        found = con.execute(
            f"SELECT max(rowid) FROM cells WHERE rowid >= ? AND rowid < ? AND ({any_cell})", [last - _CHUNK, last]
        ).fetchone()
        if found and found[0] is not None:
            return int(found[0]) + 1
    return 0


def _database() -> duckdb.DuckDBPyConnection:
    """An empty database in memory that never writes to disk: sheets hold personal columns until they are read."""
    import duckdb

    return duckdb.connect(config={"threads": 2, "temp_directory": ""})


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    """One empty in-memory database that turns Arrow cells into Python texts; opening one a sheet costs more."""
    return _database()


def _cause(error: BaseException) -> str:
    return str(error).splitlines()[0][:120]
