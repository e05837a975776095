"""Loads a CSV: in one pass where that is exact, else as a sheet or record by record.

Elsewhere: the typed pass of texts with a moment in each row in `csv_typed`, that of numbers and days in `csv_plain`,
sheets in `sheet_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.load.columns_read import columns_read
from pipeline.ingest.load.csv_rows.csv_columns import rows_in_columns
from pipeline.ingest.load.csv_rows.csv_plain import load_plain
from pipeline.ingest.load.csv_rows.csv_rejects import flush, read_record
from pipeline.ingest.load.csv_rows.csv_seals import sealing
from pipeline.ingest.load.csv_rows.csv_typed import finish, load_part
from pipeline.ingest.load.csv_rows.typed_pass import CHUNK, TypedPass, UnaccountedError, is_typed
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.load.sheet_tables.sheet_rows import load_rows, load_sheets, load_text_in_columns
from pipeline.ingest.reasons import Disposition, RowReason
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import ENDS, SHEET, CsvTable, read_records
from pipeline.ingest.text.transcode import TextFile
from pipeline.ingest.text.utf8_source import TextSource

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.text.lines import Numbers


_RECORDS_AT_ONCE = 200_000


def load_csv(
    source: TextSource,
    table: CsvTable,
    contract: Contract,
    reader: RowReader,
    account: Account,
    rows: PendingRows,
    file_name: str = "",
) -> None:
    """Reads a CSV: into `raw`, where its rows wait for the delivery to count, or into `incoming`.

    The typed pass is taken where its own account adds up: physical lines = above + loaded + rejected + blank + inside
    a quoted field; otherwise its records are read one by one. Where numbers and dates need reading, or totals and
    merged cells may stand among the rows, it takes the pass of plain rows, or is read as a sheet is.
    """
    if not is_typed(contract, table.header):
        _load_figures(source, table, reader, account, rows, file_name)
        return
    rows.begin()
    account.tables.append(columns_read(SHEET, table.header, {}, table.lines_above + 1))
    # The parts decode strictly, the whole text takes damaged bytes too; what neither accounts for is read by hand, and
    # so is a text in which a steward corrected cells.
    ways = () if reader.corrections else (False, True)
    for is_whole in ways:
        texts = source.whole() if is_whole else source.parts()
        try:
            _load_typed(texts, table, reader, account, rows)
            return
        except (UnicodeDecodeError, UnaccountedError):
            _start_again(rows, account)
    _add_above(table, account)
    typed_pass = TypedPass(rows, table.header, reader, account, table.rows)
    for text in source.whole():
        _read_all(typed_pass, text, table)


def _load_figures(
    source: TextSource, table: CsvTable, reader: RowReader, account: Account, rows: PendingRows, file_name: str
) -> None:
    """Loads a text of numbers and days: in one pass where its rows are plain, else as a sheet is.

    The pass needs no look at the bytes before: it leaves to the other reader what does not decode.
    """
    untouched = source.untouched()
    if untouched is not None and _load_in_one_pass(untouched, table, reader, account, rows, file_name):
        return
    for text in source.whole():
        if untouched is None and _load_in_one_pass(text, table, reader, account, rows, file_name):
            return
        _load_as_sheet(rows.con, text, table, reader, account, file_name)


def _load_in_one_pass(
    text: TextFile, table: CsvTable, reader: RowReader, account: Account, rows: PendingRows, file_name: str
) -> bool:
    """Takes the pass; returns False where it is none for this text, and has left nothing behind."""
    is_loaded = load_plain(text, table, reader, account, rows, file_name)
    if not is_loaded and rows.is_begun:
        _start_again(rows, account)
    return is_loaded


def _load_as_sheet(
    con: duckdb.DuckDBPyConnection,
    text: TextFile,
    table: CsvTable,
    reader: RowReader,
    account: Account,
    file_name: str,
) -> None:
    """Loads a text of forms and totals: in columns where its lines are its records, else record by record.

    One too large to be looked at as a whole is read as a single table.
    """
    if _load_in_columns(con, text, table, reader, account, file_name):
        return
    records = read_records(text, table, reader.contract, from_top=True)
    first = list(islice(records, _RECORDS_AT_ONCE))
    is_all = len(first) < _RECORDS_AT_ONCE
    if is_all:
        lines = [line for line, _ in first]
        rows = [_cells(record) for _, record in first]
        load_sheets(con, [Sheet(SHEET, rows, lines=lines)], reader.contract, reader, account, file_name)
        return
    below = islice(chain(first, records), table.header.below, None)
    numbered_rows = ((line, _cells(record)) for line, record in below)
    load_rows(con, SHEET, table.rows, table.header, numbered_rows, reader, account)


def _load_in_columns(
    con: duckdb.DuckDBPyConnection,
    text: TextFile,
    table: CsvTable,
    reader: RowReader,
    account: Account,
    file_name: str,
) -> bool:
    """Loads a text in columns; returns False where that is not possible, and keeps nothing of its rows in memory."""
    kept = rows_in_columns(text, table, reader.contract.csv.delimiter)
    if kept is None:
        return False
    return load_text_in_columns(con, SHEET, kept, table.header, reader, account, file_name)


def _cells(record: list[str]) -> list[str | None]:
    """Returns the cells of a record; the mark with which DOS programs end a text is no cell."""
    if record == [ENDS]:
        return []
    return [cell or None for cell in record]


def _load_typed(
    texts: Iterator[TextFile], table: CsvTable, reader: RowReader, account: Account, rows: PendingRows
) -> None:
    """Takes the typed pass over all parts of a text. Raises UnaccountedError and UnicodeDecodeError."""
    _add_above(table, account)
    typed_pass = TypedPass(rows, table.header, reader, account, table.rows)
    lines_above, lines_before = table.lines_above, 0
    skipped: list[Numbers] = []
    with sealing(rows.con, rows.contract, reader.persons), rows.step():
        for text in texts:
            skipped.append(load_part(typed_pass, text, lines_above, lines_before))
            lines_above = 0
            lines_before += text.physical_lines
    rows.number(table.lines_above + 1, skipped)
    finish(typed_pass)


def _start_again(rows: PendingRows, account: Account) -> None:
    """Removes what a way of reading has left that did not come to its end."""
    account.rows.clear()
    rows.empty()
    for name in ("incoming", "excluded", "cell_problem"):
        rows.con.execute(f"DELETE FROM {name}")


def _add_above(table: CsvTable, account: Account) -> None:
    account.add(SHEET, Disposition.SET_ASIDE, RowReason.TITLE, table.header.top)
    account.add(SHEET, Disposition.SET_ASIDE, RowReason.HEADER, table.header.levels)


def _read_all(typed_pass: TypedPass, text: TextFile, table: CsvTable) -> None:
    """Reads every record below the header one by one."""
    rows: list[TypedRow] = []
    problems: list[CellProblem] = []
    for line, cells in read_records(text, table, typed_pass.contract):
        read_record(typed_pass, cells, line, rows, problems)
        if len(rows) + len(problems) >= CHUNK:
            flush(typed_pass, rows, problems)
    flush(typed_pass, rows, problems)
