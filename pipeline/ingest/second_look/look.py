"""Takes the second look at a delivery that was read and does not count yet, and refuses it where the looks differ."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain
from operator import attrgetter

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.columns_read import ColumnsRead
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.refusals.second_look import SecondLookRefusal
from pipeline.ingest.second_look.compare import Comparison, Difference, compared_columns
from pipeline.ingest.second_look.loaded import loaded_rows
from pipeline.ingest.second_look.seen import SeenRow, SimpleReader
from pipeline.ingest.tables.csv_table import SHEET
from pipeline.privacy.masking import mask_name

_NAME_IN_TABLE = attrgetter("field.column")


def refuse_difference(
    reader: SimpleReader,
    contract: Contract,
    rows: PendingRows,
    account: Account,
    *,
    is_whole_file: bool = True,
    corrected: Collection[tuple[str, int]] = (),
) -> None:
    """Refuses the delivery where a cell says something else to `reader` than what was loaded of it, or a row is lost.

    `is_whole_file` is False where the file holds other exports, too: rows below the last table may be theirs.
    `corrected` are the sheets and rows that are not read as they stand in the file, by a steward's decision.
    Raises RefusedFileError with the place of the first. Nothing is said of cells that take more than simple reading.
    """
    for tables in _tables_by_sheet(account, contract):
        if is_whole_file:
            tables[-1] = replace(tables[-1], last_row=None)
        difference = _difference(reader, contract, rows, account, tables, corrected, is_whole=False)
        if difference is not None:
            _refuse(tables[0].sheet, difference)


def _tables_by_sheet(account: Account, contract: Contract) -> list[list[ColumnsRead]]:
    """Returns the tables with columns that can be compared, those of each sheet from top to bottom."""
    by_sheet: dict[str, list[ColumnsRead]] = {}
    for table in sorted(account.tables, key=lambda table: table.first_row):
        columns = compared_columns(table, contract)
        if columns:
            by_sheet.setdefault(table.sheet, []).append(table)
    return list(by_sheet.values())


def _difference(
    reader: SimpleReader,
    contract: Contract,
    rows: PendingRows,
    account: Account,
    tables: list[ColumnsRead],
    corrected: Collection[tuple[str, int]],
    *,
    is_whole: bool,
) -> Difference | None:
    """Returns the first difference in the tables of one sheet.

    What a sample shows is looked at once more in the whole sheet: a block of lines may begin inside of a cell, and a
    column may be empty in all rows of a sample.
    """
    sheet = tables[0].sheet
    seen = reader.rows(sheet, is_whole=is_whole)
    if seen is None:
        return None
    as_in_file = [row for row in seen.rows if (sheet, row.row_no) not in corrected]
    seen_rows = sorted(as_in_file, key=_row_no)
    columns_of_tables = [compared_columns(table, contract, seen.first_column) for table in tables]
    all_columns = chain.from_iterable(columns_of_tables)
    names = dict.fromkeys(map(_NAME_IN_TABLE, all_columns))
    loaded = loaded_rows(rows, account, sheet, list(names), list(map(_row_no, seen_rows)))
    for table, columns in zip(tables, columns_of_tables, strict=True):
        comparison = Comparison(columns, loaded)
        for row in _rows_of(table, seen_rows):
            comparison.add(row)
        difference = comparison.difference()
        if difference is not None:
            is_sure = seen.is_whole
            if is_sure:
                return difference
            return _difference(reader, contract, rows, account, tables, corrected, is_whole=True)
    return None


def _row_no(row: SeenRow) -> int:
    return row.row_no


def _rows_of(table: ColumnsRead, rows: Sequence[SeenRow]) -> Sequence[SeenRow]:
    """Returns the rows in the data region of a table; `rows` are in order."""
    first = bisect_left(rows, table.first_row, key=_row_no)
    last = len(rows)
    if table.last_row is not None:
        last = bisect_right(rows, table.last_row, key=_row_no)
    return rows[first:last]


def _refuse(sheet: str, difference: Difference) -> None:
    code = SecondLookRefusal.ROW_NOT_LOADED if difference.is_row_lost else SecondLookRefusal.LOADED_DIFFERS_FROM_FILE
    column = difference.column
    # Of a wide table the label: many of its columns hold one field.
    title = column.name if column.label else column.field.title
    seen = mask_name(difference.seen)
    loaded = "空" if difference.loaded is None else difference.loaded
    if seen != difference.seen:
        # What was loaded of a person's number may be nearly the same number.
        loaded = seen
    raise RefusedFileError(
        code,
        place=RefusalPlace(sheet=sheet, row=difference.row_no, column=title),
        expected=seen,
        found=loaded,
        where=f"{_words_of_sheet(sheet)}第 {difference.row_no:,} 行",
        column=title,
        seen=seen,
        loaded=loaded,
        sums=_words_of_sums(difference),
    )


def _words_of_sheet(sheet: str) -> str:
    return "" if sheet == SHEET else f"工作表“{sheet}”"


def _words_of_sums(difference: Difference) -> str:
    if difference.sums is None:
        return ""
    return f"（这一列核对过的合计：文件 {difference.sums.seen:,f}，装载 {difference.sums.loaded:,f}）"
