"""Finds the table of a delimited text and reads its records; loading them is done by `load.csv_file`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.tables import TableRefusal
from pipeline.ingest.tables.backslashes import refuse_backslash_escapes
from pipeline.ingest.tables.headers.header import Header, find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.text.transcode import TextFile

ENDS = "\x1a"
"""The mark with which DOS programs end a text (Ctrl-Z)."""
_LONGEST_LINE = 16 << 20
"""Characters of a line that no export writes: 100 MB of commas would be a list of a hundred million cells."""
SHEET = "csv"
"""What the ledger calls the only sheet of a text."""


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
    """Finds the table in the decoded beginning of a CSV, or None where no row is the contract's header.

    Example: "周报\\n部门,受理\\n公安厅,1\\n" gives a header in row 1, the heading ("周报",) and 2 lines above the data.
    """
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=contract.csv.delimiter)
    rows: list[list[str | None]] = []
    last_lines: list[int] = []  # the physical line with which each record ends
    # A quote that nobody closed hides what follows, not the rows above it.
    with suppress(csv.Error):
        for row in islice(reader, contract.layout.header_search_rows + 1):
            rows.append([cell or None for cell in row])
            last_lines.append(reader.line_num)
    header = find_header(rows, contract)
    if header is None:
        return None
    return CsvTable(
        header,
        heading=tuple(_texts(rows[: header.top])),
        lines_above=last_lines[header.below - 1],
        rows=tuple(rows[: header.below]),
        below=tuple(rows[header.below :]),
    )


def _texts(rows: list[list[str | None]]) -> Iterator[str]:
    """Yields the texts of the filled cells, row after row."""
    for row in rows:
        yield from filter(None, row)


def read_records(
    text: TextFile, table: CsvTable, contract: Contract, *, from_top: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yields the physical line (from 1) and the cells of each record below the header, or of all with `from_top`.

    Raises RefusedFileError at a quote that takes in what follows, and at a record with backslashes for escapes.
    """
    delimiter = contract.csv.delimiter
    skipped = 0 if from_top else table.lines_above
    first_line = skipped + 1
    record = _Record()
    with text.path.open(encoding="utf-8", newline="") as file:
        for _ in range(skipped):
            file.readline()
        reader = csv.reader(record.noted_lines(file), delimiter=delimiter)
        try:
            for cells in reader:
                has_several_lines = len(record.lines) > 1
                # However many cells it has: in a last column of remarks the rows below would be words of a remark.
                if has_several_lines and record.is_open(delimiter):
                    raise csv.Error
                refuse_backslash_escapes(record.lines, cells, delimiter, len(table.header.columns), first_line)
                yield first_line, cells
                first_line = skipped + reader.line_num + 1
                record.lines.clear()
        except csv.Error as error:
            raise RefusedFileError(
                TableRefusal.QUOTE_NOT_CLOSED,
                place=RefusalPlace(file=text.path.name, sheet=SHEET, row=first_line),
                line=f"{first_line:,}",
            ) from error


class _Record:
    """The physical lines of the record that is being read."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def noted_lines(self, file: Iterator[str]) -> Iterator[str]:
        """Yields the lines of a file, each noted before it is handed on."""
        for line in file:
            if len(line) > _LONGEST_LINE:
                raise csv.Error(f"line of {len(line)} characters")
            self.lines.append(line)
            yield line

    def is_open(self, delimiter: str) -> bool:
        """Whether the record ends only because the file does: its last quote has no second."""
        try:
            next(csv.reader(self.lines, delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            return "end of data" in str(error)  # Python's message is "unexpected end of data"
        return False
