"""Writes the one kind of CSV that people open: UTF-8 with a mark, CRLF, nothing that a spreadsheet would run.

CSV files that exports bring are read in `pipeline.ingest`; which columns a file has, its caller says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pipeline.common.decimal_text import number_text
from pipeline.common.spreadsheet_text import neutralise

# The byte order mark (EF BB BF) is what makes Excel read Chinese as UTF-8.
ENCODING: Final = "utf-8-sig"
# RFC 4180: lines end with CRLF.
LINE_END: Final = "\r\n"


def csv_cell(value: Any) -> str:
    """Returns a value as it stands in a cell: None is empty, 42.50 is `42.5`, True is `true`, `=1+1` is `'=1+1`."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(number_text(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return neutralise(value)
    return str(value)


def csv_text(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Returns the header and the rows as the text of a CSV file, without the mark."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=LINE_END)
    writer.writerow(header)
    writer.writerows(map(csv_cell, row) for row in rows)
    return stream.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Writes a CSV file in place; who needs it to appear whole gives a temporary path."""
    path.write_text(csv_text(header, rows), encoding=ENCODING, newline="")
