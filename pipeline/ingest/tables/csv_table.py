"""Finds the table of a delimited text and reads its records; loading them belongs in load.csv_file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.tables.header import Header, Row, find_header
from pipeline.ingest.text.transcode import TextFile


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


def read_records(
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


ENDS = "\x1a"
"""The mark with which DOS programs end a text."""
SHEET = "csv"
