"""Finds the table of a CSV and takes it in: in one typed pass where that is exact, else as sheets are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.decode import TextFile
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.grid import Sheet
from pipeline.ingest.incoming import CellProblem, TypedRow
from pipeline.ingest.layout import Header, Row, find_header
from pipeline.ingest.ledger import Account
from pipeline.ingest.parts import TextSource
from pipeline.ingest.pending import SHEET, PendingRows
from pipeline.ingest.reading import RowReader
from pipeline.ingest.typed_csv import (
    CHUNK,
    ENDS,
    TypedPass,
    UnaccountedError,
    finish,
    flush,
    is_typed,
    load_part,
    masking,
    read_record,
)
from pipeline.ingest.workbook import load_rows, load_sheets

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.lines import Numbers

_RECORDS_AT_ONCE = 200_000
__all__ = ["SHEET", "CsvTable", "find_table", "load_csv"]


@dataclass(frozen=True)
class CsvTable:
    """A CSV's table: its header, the texts above it, how many physical lines come before the first data row.

    `rows` are the records down to the end of the header, `below` the first ones after it.
    """

    header: Header
    heading: tuple[str, ...]
    lines_above: int
    rows: tuple[Row, ...]
    below: tuple[Row, ...] = ()


def find_table(head: str, contract: Contract) -> CsvTable | None:
    """The table in the decoded beginning of a CSV, or None where no row is the contract's header.

    A quote that nobody closed hides what follows, not the rows above it.
    """
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=contract.csv.delimiter)
    rows: list[list[str | None]] = []
    ends: list[int] = []
    with suppress(csv.Error):
        for row in islice(reader, contract.layout.header_search_rows + 1):
            rows.append([cell or None for cell in row])
            ends.append(reader.line_num)
    header = find_header(rows, contract)
    if header is None:
        return None
    heading = tuple(cell for row in rows[: header.top] for cell in row if cell)
    return CsvTable(header, heading, ends[header.below - 1], tuple(rows[: header.below]), tuple(rows[header.below :]))


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
    records = _records(text, table, reader.contract, from_top=True)
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
    for line, cells in _records(text, table, this.contract):
        read_record(this, cells, line, rows, problems)
        if len(rows) + len(problems) >= CHUNK:
            flush(this, rows, problems)
    flush(this, rows, problems)


def _records(
    text: TextFile, table: CsvTable, contract: Contract, *, from_top: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Physical line and cells of each record; raises RefusedFileError at a quote that takes in what follows."""
    columns, above = len(table.header.columns), 0 if from_top else table.lines_above
    begins, record = above + 1, _Record()
    with text.path.open(encoding="utf-8", newline="") as file:
        for _ in range(above):
            file.readline()
        reader = csv.reader(record.of(file), delimiter=contract.csv.delimiter)
        try:
            for cells in reader:
                if len(record.lines) > 1 and len(cells) != columns and record.is_open(contract.csv.delimiter):
                    raise csv.Error
                yield begins, cells
                begins = above + reader.line_num + 1
                record.lines.clear()
        except csv.Error as error:
            raise RefusedFileError(
                f"第 {begins:,} 行有不成对的引号，或有过长的内容，后面的行会被并进一个单元格；请改正这一行后重新导出"
            ) from error


class _Record:
    """The physical lines of the record that is being read."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def of(self, file: Iterator[str]) -> Iterator[str]:
        """The lines of a file, each noted before it is handed on."""
        for line in file:
            self.lines.append(line)
            yield line

    def is_open(self, delimiter: str) -> bool:
        """Whether the record ends only because the file does."""
        try:
            next(csv.reader(self.lines, delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            return "end of data" in str(error)
        return False
