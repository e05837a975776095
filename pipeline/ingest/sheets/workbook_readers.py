"""Reads the sheets of workbooks with fastexcel (calamine); what the cells mean, `tables` and `cells` say.

Each class below is a reader of `registry`: they share the reading, and differ in the size check and in where the values
hide that fastexcel keeps silent about.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pipeline.common.cell_marks import STRUCK_MARK
from pipeline.common.characters import visible
from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.column_letters import column_letters
from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.extent_binary import refuse_huge_xls
from pipeline.ingest.containers.extent_zip import refuse_huge_zip
from pipeline.ingest.containers.ole import CompoundFile, workbook_stream
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.bulk_rows import BulkRows, filled_height, make_cells, open_scratch
from pipeline.ingest.sheets.hidden.ods import hidden_in_ods
from pipeline.ingest.sheets.hidden.values import HiddenValues, OddCells
from pipeline.ingest.sheets.hidden.xls import hidden_in_xls
from pipeline.ingest.sheets.hidden.xlsb import hidden_in_xlsb
from pipeline.ingest.sheets.hidden.xlsx import XlsxHidden
from pipeline.ingest.sheets.hidden.xlsx_blocks import UnusualFormError
from pipeline.ingest.sheets.reader import Source
from pipeline.ingest.sheets.sheet import BULK_ROWS, Cells, Sheet
from pipeline.ingest.sheets.usual_form.written_anew import written_anew

if TYPE_CHECKING:
    import duckdb

_Found = TypeVar("_Found")

# fastexcel believes a suffix that it knows, and not the content.
_MISLEADING_SUFFIXES = frozenset({".xls", ".xla", ".xlsx", ".xlsm", ".xlam", ".xlsb", ".ods"})
# 510000202304170011: digits beyond what a spreadsheet keeps, which the reader may have rounded
_WIDE = re.compile(r"-?\d{16,}")
_LONGEST_CAUSE = 120
# A question to a table of thousands of columns takes DuckDB minutes.
_MOST_BULK_COLUMNS = 500


class _WorkbookReader:
    """What the readers of workbooks share: fastexcel reads the cells, hidden values take their places."""

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterable[Sheet]:
        """Reads the sheets of a workbook in their order, one at a time."""
        is_lasting = source.work.absolute() not in source.path.absolute().parents
        with _well_named(source) as path:
            yield from read_sheets(path, hidden, is_lasting=is_lasting)


class _ZippedWorkbookReader(_WorkbookReader):
    """A reader of the workbooks whose cells can be measured inside the zip."""

    def refuse_oversized(self, source: Source) -> None:
        """Refuses sheets that span too many cells, damaged parts and XML with a document type."""
        refuse_huge_zip(source.path, source.max_cells)


class XlsxReader(_ZippedWorkbookReader):
    """Reads .xlsx and .xlsm."""

    containers = frozenset({Container.XLSX, Container.XLSM})

    def hidden_values(self, source: Source) -> XlsxHidden:
        """Errors, formulas without a value, long numbers, shares and days, searched sheet by sheet."""
        return XlsxHidden(source.path)

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterable[Sheet]:
        """Reads the sheets of a workbook; one that another program wrote in an unusual form is written anew before."""
        try:
            if isinstance(hidden, XlsxHidden) and hidden.is_usual:
                return list(super().sheets(source, hidden))
        except UnusualFormError:
            pass
        except RefusedFileError as error:
            # What the reader cannot open may be quite right: it follows fewer forms than spreadsheet programs do.
            return self._sheets_of_copy(source, error)
        return self._sheets_of_copy(source)

    def _sheets_of_copy(self, source: Source, refusal: RefusedFileError | None = None) -> list[Sheet]:
        """Reads a copy in the usual form; where none can be read either, the `refusal` of the original is raised."""
        try:
            with written_anew(source.path, source.work) as copy:
                anew = replace(source, path=copy)
                self.refuse_oversized(anew)
                hidden = XlsxHidden(copy, is_written_anew=True)
                return list(read_sheets(copy, hidden, is_lasting=False))
        except RefusedFileError as error:
            is_of_copy = error.refusal is SheetRefusal.WORKBOOK_UNREADABLE
            if refusal is not None and is_of_copy:
                raise refusal from error
            raise


class XlsbReader(_ZippedWorkbookReader):
    """Reads .xlsb."""

    containers = frozenset({Container.XLSB})

    def hidden_values(self, source: Source) -> HiddenValues:
        """Errors, long numbers, shares and days."""
        return hidden_in_xlsb(source.path)


class OdsReader(_ZippedWorkbookReader):
    """Reads .ods."""

    containers = frozenset({Container.ODS})

    def hidden_values(self, source: Source) -> HiddenValues:
        """Errors, long numbers, shares, days and times."""
        return hidden_in_ods(source.path)


class XlsReader(_WorkbookReader):
    """Reads .xls, and .et of WPS, which is an .xls inside."""

    containers = frozenset({Container.XLS, Container.ET})

    def refuse_oversized(self, source: Source) -> None:
        """Refuses sheets that span too many cells."""
        book = workbook_stream(CompoundFile(source.path.read_bytes()))
        refuse_huge_xls(book or b"", source.max_cells)

    def hidden_values(self, source: Source) -> HiddenValues:
        """Errors, long numbers, shares and days."""
        return hidden_in_xls(source.path)


@contextmanager
def _well_named(source: Source) -> Iterator[Path]:
    """Yields the file under a name that does not mislead: itself, or a link to it in the private folder."""
    path = source.path
    suffix = path.suffix.lower()
    if suffix not in _MISLEADING_SUFFIXES or suffix == f".{source.container.value}":
        yield path
        return
    private_folder(source.work)
    with tempfile.TemporaryDirectory(prefix="renamed-", dir=source.work) as folder:
        alias = Path(folder) / source.container.value
        try:
            alias.symlink_to(path.absolute())
        except OSError:
            shutil.copyfile(path, alias)
        yield alias


def read_sheets(path: Path, hidden: HiddenValues, *, is_lasting: bool) -> Iterator[Sheet]:
    """Yields the sheets of a workbook in order, hidden ones too, one at a time.

    The days and the merged cells of a working copy, which is not `is_lasting`, are searched at once: it is gone when
    somebody asks for them.

    Error cells, formulas without a value and numbers that a spreadsheet rounds come marked as `common.cell_marks` says;
    a number that its cell shows as per cent comes with the sign.
    Raises RefusedFileError where the workbook cannot be opened. What a sheet spans is measured before.
    """
    import fastexcel

    _quieten()
    with _refusing_what_fastexcel_refuses():
        workbook = fastexcel.read_excel(path)
    with ThreadPoolExecutor(1) as beside:
        for name in workbook.sheet_names:
            search = _Search(name, hidden, beside)
            with _refusing_what_fastexcel_refuses(name):
                sheet = workbook.load_sheet_by_name(name, header_row=None, skip_rows=0, dtypes="string")
                rows = _rows_of(sheet, search)
            yield Sheet(
                name,
                rows,
                is_hidden=sheet.visible != "visible",
                is_1904=hidden.is_1904,
                hidden_rows=hidden.hidden_rows(name),
                days=_search_later(hidden.days, name, is_lasting=is_lasting),
                merged=_search_later(hidden.merged_cells, name, is_lasting=is_lasting),
            )


def _search_later(search: Callable[[str], _Found], sheet: str, *, is_lasting: bool) -> Callable[[], _Found]:
    """Searches the days or the merged cells of a sheet once: only where somebody asks for them, or now."""
    if is_lasting:
        return cache(partial(search, sheet))
    found = search(sheet)
    return lambda: found


def _quieten() -> None:
    """Keeps calamine's warnings off the screen ("'chartsheet' not a valid worksheet"): a refusal says what matters.

    They come through Python's logging, which prints warnings where nobody has set it up.
    """
    for library in ("calamine", "fastexcel"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


@contextmanager
def _refusing_what_fastexcel_refuses(sheet: str | None = None) -> Iterator[None]:
    """Turns what fastexcel says of a damaged workbook into a refusal, its own panics included.

    A panic of the reader is no `Exception`, so that it would end the run; it is known by its name alone.
    """
    import fastexcel

    try:
        yield
    except RefusedFileError:
        raise
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(error, fastexcel.FastExcelError):
            raise
        cause = str(error).splitlines()[0][:_LONGEST_CAUSE]
        raise RefusedFileError(
            SheetRefusal.WORKBOOK_UNREADABLE, place=RefusalPlace(sheet=sheet), found=cause, cause=cause
        ) from error


class _Search:
    """The search for a sheet's odd cells, begun beside the reader."""

    def __init__(self, sheet: str, hidden: HiddenValues, beside: ThreadPoolExecutor) -> None:
        self._sheet, self._hidden = sheet, hidden
        self._silent = beside.submit(hidden.silent_cells, sheet)

    def cells(self, has_wide: Callable[[], bool]) -> Iterator[tuple[int, int, str]]:
        """Yields row and column (0-based, as the reader counts) of each odd cell, and the text that stands for it.

        Wide numbers are searched only where `has_wide` says that the reader shows texts of so many digits.
        """
        yield from _as_the_reader_counts(self._silent.result())
        if has_wide():
            yield from _as_the_reader_counts(self._hidden.wide_cells(self._sheet))

    def refuse_outside(self, row: int, column: int) -> NoReturn:
        """Raises RefusedFileError for an odd cell that lies where the reader saw no cell at all."""
        cell = f"{column_letters(column + self._silent.result().first_column + 1)}{row + 1}"
        raise RefusedFileError(
            SheetRefusal.FORMULA_OUTSIDE_TABLE,
            place=RefusalPlace(sheet=self._sheet, row=row + 1),
            sheet=self._sheet,
            cell=cell,
        )


def _as_the_reader_counts(odd: OddCells) -> Iterator[tuple[int, int, str]]:
    for (row, column), text in odd.cells.items():
        yield row, column - odd.first_column, text


def _rows_of(sheet: Any, search: _Search) -> Sequence[Cells]:
    is_large = sheet.height > BULK_ROWS and sheet.width <= _MOST_BULK_COLUMNS
    if is_large:
        return _large_rows(sheet, search)
    return _small_rows(sheet, search)


def _small_rows(sheet: Any, search: _Search) -> list[Cells]:
    """Makes lists of the cells of a sheet; blank texts are None, and blank cells and rows at the end are dropped.

    One stray cell in column XFD thus makes its own row long, and not every row of the sheet.
    """
    rows = _rows_as_read(sheet)
    for at, column, text in search.cells(partial(_shows_wide, rows)):
        if column < 0:
            search.refuse_outside(at, column)
        _make_place(rows, at, column)
        rows[at][column] = _in_place_of(rows[at][column], text)
    for row in rows:
        _drop_blank_end(row)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _rows_as_read(sheet: Any) -> list[Cells]:
    if not sheet.width or not sheet.height:
        return []
    with _scratch().cursor() as scratch:
        # DuckDB finds `sheet` here by its name: each view that was ever registered would make the next one slower.
        fetched = scratch.execute("SELECT * FROM sheet").fetchall()
    return [list(map(_cell, row)) for row in fetched]


def _make_place(rows: list[Cells], at: int, column: int) -> None:
    """Lets the rows reach to a cell that the reader did not see: it sees no formula without a value."""
    missing_rows = at + 1 - len(rows)
    rows.extend([] for _ in range(missing_rows))
    missing_cells = column + 1 - len(rows[at])
    rows[at].extend([None] * missing_cells)


def _in_place_of(read: str | None, odd: str) -> str | None:
    """What stands for a cell: of one struck out, the search knows only that it is, and the reader its text."""
    if odd != STRUCK_MARK:
        return odd
    return odd + read if read else None


def _drop_blank_end(row: Cells) -> None:
    while row and row[-1] is None:
        row.pop()


def _cell(text: str | None) -> str | None:
    return text if text and visible(text).strip() else None


def _shows_wide(rows: list[Cells]) -> bool:
    filled_cells = filter(None, chain.from_iterable(rows))
    return any(map(_WIDE.fullmatch, filled_cells))


def _large_rows(sheet: Any, search: _Search) -> BulkRows:
    """Keeps the cells of a sheet in a database of their own; blank texts are NULL."""
    con = open_scratch()
    con.register("arrived", sheet)
    make_cells(con)
    texts_by_column: dict[int, dict[int, str]] = {}
    for row, column, text in search.cells(partial(_shows_wide_in_columns, con, sheet.width)):
        is_seen = 0 <= column < sheet.width and row < sheet.height
        if not is_seen:
            search.refuse_outside(row, column)
        texts_by_column.setdefault(column, {})[row] = text
    for column, texts in texts_by_column.items():
        con.execute(
            f"UPDATE cells SET c{column} = CASE WHEN odd.text = $struck THEN odd.text || c{column} ELSE odd.text END "
            "FROM (SELECT unnest($rows) AS at, unnest($texts) AS text) odd WHERE cells.rowid = odd.at",
            {"rows": list(texts), "texts": list(texts.values()), "struck": STRUCK_MARK},
        )
    return BulkRows(con, sheet.width, filled_height(con, sheet.width, sheet.height))


def _shows_wide_in_columns(con: duckdb.DuckDBPyConnection, width: int) -> bool:
    """Whether any cell is a whole number of more than fifteen digits; cheap conditions stand before the expression."""
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
