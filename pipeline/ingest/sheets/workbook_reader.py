"""Reads the sheets of a workbook as text cells; what the cells mean, tables and cells say."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.common.characters import visible
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.bulk_rows import BulkRows, filled_height, make_cells, open_scratch
from pipeline.ingest.sheets.hidden_binary import search as search_binary
from pipeline.ingest.sheets.hidden_values import Book, Found, Oddities
from pipeline.ingest.sheets.hidden_xlsx import Parts, find_days, find_oddities, read_parts
from pipeline.ingest.sheets.sheet import BULK_ROWS, Cells, Days, Sheet

if TYPE_CHECKING:
    import duckdb


_WIDE = re.compile(r"-?\d{16,}")


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
    con = open_scratch()
    con.register("arrived", cells)
    make_cells(con)
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
    return BulkRows(con, cells.width, filled_height(con, cells.width, cells.height))


def _has_wide(con: duckdb.DuckDBPyConnection, width: int) -> bool:
    wide = " OR ".join(
        f"(strlen(c{at}) > 15 AND (NOT contains(c{at}, '-') OR starts_with(c{at}, '-')) "
        f"AND regexp_full_match(c{at}, '-?[0-9]+'))"
        for at in range(width)
    )
    return con.execute(f"SELECT 1 FROM cells WHERE {wide} LIMIT 1").fetchone() is not None


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    """One empty in-memory database that turns Arrow cells into Python texts; opening one a sheet costs more."""
    return open_scratch()


def _cause(error: BaseException) -> str:
    return str(error).splitlines()[0][:120]
