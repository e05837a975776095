"""Loads a CSV: in one typed pass where that is exact, else as a sheet or record by record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.load.csv_typed import (
    CHUNK,
    TypedPass,
    UnaccountedError,
    finish,
    flush,
    is_typed,
    load_part,
    masking,
    read_record,
)
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.load.sheet_rows import load_rows, load_sheets
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
    """Read a CSV: into `raw`, where its rows wait for the delivery to count, or into `incoming`.

    The typed pass is taken where its own account adds up: physical lines = above + loaded + rejected + blank + inside
    a quoted field; otherwise its records are read one by one. Where numbers and dates need reading, or totals and
    merged cells may stand among the rows, the text is read as a sheet is.
    """
    if not is_typed(contract, table.header):
        for text in source.whole():
            _load_as_sheet(rows.con, text, table, reader, account, file_name)
        return
    rows.begin()
    for is_whole in (False, True):
        try:
            _load_typed(source.whole() if is_whole else source.parts(), table, reader, account, rows)
            return
        except (UnicodeDecodeError, UnaccountedError):
            _start_again(rows, account)
    _add_above(table, account)
    this = TypedPass(rows, table.header, reader, account, table.rows)
    for text in source.whole():
        _read_all(this, text, table)


def _load_as_sheet(
    con: duckdb.DuckDBPyConnection,
    text: TextFile,
    table: CsvTable,
    reader: RowReader,
    account: Account,
    file_name: str,
) -> None:
    """A text of forms and totals; one too large for these is read record by record, as a single table."""
    records = read_records(text, table, reader.contract, from_top=True)
    first = list(islice(records, _RECORDS_AT_ONCE))
    if len(first) < _RECORDS_AT_ONCE:
        lines, cells = [line for line, _ in first], [_cells(record) for _, record in first]
        load_sheets(con, [Sheet(SHEET, cells, lines=lines)], reader.contract, reader, account, file_name)
        return
    below = islice(chain(first, records), table.header.below, None)
    load_rows(con, SHEET, table.rows, table.header, ((line, _cells(record)) for line, record in below), reader, account)


def _cells(record: list[str]) -> list[str | None]:
    """The cells of a record; the mark with which DOS programs end a text is no cell."""
    return [] if record == [ENDS] else [cell or None for cell in record]


def _load_typed(
    texts: Iterator[TextFile], table: CsvTable, reader: RowReader, account: Account, rows: PendingRows
) -> None:
    _add_above(table, account)
    this = TypedPass(rows, table.header, reader, account, table.rows)
    above, before = table.lines_above, 0
    skipped: list[Numbers] = []
    with masking(rows.con), rows.step():
        for text in texts:
            skipped.append(load_part(this, text, above, before))
            above, before = 0, before + text.physical_lines
    rows.number(table.lines_above + 1, skipped)
    finish(this)


def _start_again(rows: PendingRows, account: Account) -> None:
    account.rows.clear()
    rows.empty()
    for name in ("incoming", "excluded", "cell_problem"):
        rows.con.execute(f"DELETE FROM {name}")


def _add_above(table: CsvTable, account: Account) -> None:
    account.add(SHEET, "set_aside", "title", table.header.top)
    account.add(SHEET, "set_aside", "header", table.header.levels)


def _read_all(this: TypedPass, text: TextFile, table: CsvTable) -> None:
    rows: list[TypedRow] = []
    problems: list[CellProblem] = []
    for line, cells in read_records(text, table, this.contract):
        read_record(this, cells, line, rows, problems)
        if len(rows) + len(problems) >= CHUNK:
            flush(this, rows, problems)
    flush(this, rows, problems)
