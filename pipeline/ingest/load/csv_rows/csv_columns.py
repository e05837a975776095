"""Keeps the records of a text in columns, as those of a large sheet are kept, so that they can be loaded in sets.

In: a text in UTF-8 of which nearly every physical line is one record. Out: its rows, or None where it is better read
record by record. What the rows mean, `sheet_tables.sheet_plan` says; records are read by `tables.csv_table`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.ingest.load.csv_rows.csv_rejects import lines_behind_blanks
from pipeline.ingest.sheets.bulk_rows import BulkRows, TextRows, blank_as_null, filled_height, open_scratch
from pipeline.ingest.sheets.sheet import BULK_ROWS
from pipeline.ingest.tables.csv_table import ENDS, CsvTable
from pipeline.ingest.text.lines import irregular_lines, lines_at, starts_of
from pipeline.ingest.text.transcode import TextFile

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.text.lines import Numbers

_LARGEST_TEXT = 128 << 20
"""Bytes of a text that fits into memory in columns, about a million records; a larger one is read piece by piece."""
_MOST_ODD = 2_000
"""Lines that DuckDB cannot read as the others; with more of them the text is another kind of table."""


class UnevenTextError(Exception):
    """The lines of a text are not its records, one by one."""


def rows_in_columns(text: TextFile, table: CsvTable, delimiter: str) -> TextRows | None:
    """Reads a text into columns; None where it is short, very large, or its lines are not its records, one by one.

    Example: of "部门,受理\\n公安厅,1\\n合计\\n" the last line is odd: it has one cell, and stands as a row of two.
    """
    import duckdb

    if text.physical_lines <= BULK_ROWS or text.path.stat().st_size > _LARGEST_TEXT:
        return None
    if not is_even(table):
        return None
    con = open_scratch()
    try:
        return _read(con, text, table, delimiter)
    # A text with line ends of several kinds, which DuckDB does not read, is an invalid input.
    except (UnevenTextError, duckdb.InvalidInputException, UnicodeDecodeError, csv.Error):
        con.close()
        return None


def is_even(table: CsvTable) -> bool:
    """Whether each record down to the end of the header is one line, and none is wider than the table."""
    columns = len(table.header.columns)
    has_wider_row = any(any(row[columns:]) for row in table.rows)
    is_line_by_line = table.lines_above == len(table.rows)
    return columns > 1 and is_line_by_line and not has_wider_row


def _read(con: duckdb.DuckDBPyConnection, text: TextFile, table: CsvTable, delimiter: str) -> TextRows:
    """Makes the table `cells`. Raises UnevenTextError and what DuckDB and `csv` raise."""
    width = len(table.header.columns)
    names = [f"c{at}" for at in range(width)]
    con.execute(f"CREATE TABLE cells ({', '.join(f'{name} VARCHAR' for name in names)})")
    _insert(con, [_fitting(row, width) for row in table.rows])
    types = dict.fromkeys(names, "VARCHAR")
    loaded = con.execute(
        f"INSERT INTO cells SELECT {', '.join(map(blank_as_null, names))} FROM read_csv($path, header = false, "
        f"skip = {table.lines_above}, auto_detect = false, delim = $delimiter, quote = '\"', escape = '\"', "
        f"columns = {types}, store_rejects = true)",
        {"path": str(text.path), "delimiter": delimiter},
    ).fetchall()
    odd_lines, blank_lines = lines_left_over(con, text, table.lines_above, int(loaded[0][0]))
    odd_rows = short_rows(text, odd_lines, width, delimiter)
    if len(odd_lines) or len(blank_lines):
        _put_between(con, text.physical_lines, odd_lines, odd_rows, blank_lines)
    height = filled_height(con, width, text.physical_lines)
    return TextRows(BulkRows(con, width, height), frozenset(int(line) - 1 for line in odd_lines))


def _fitting(row: Sequence[str | None], width: int) -> list[str | None]:
    """Returns a row of `width` cells."""
    missing = width - len(row)
    return [*row[:width], *[None] * missing]


def _insert(con: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[str | None]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    con.executemany(f"INSERT INTO cells VALUES ({marks})", rows)


def lines_left_over(
    con: duckdb.DuckDBPyConnection, text: TextFile, lines_above: int, loaded: int
) -> tuple[Numbers, Numbers]:
    """Returns the physical lines (from 1) that DuckDB rejected, and those that are blank.

    Raises UnevenTextError where the numbers do not add up: physical lines = above + loaded + rejected + blank.
    """
    import numpy as np

    positions = con.execute(
        "SELECT DISTINCT line_byte_position::BIGINT AS position FROM reject_errors ORDER BY position"
    ).fetchnumpy()["position"]
    if len(positions) > _MOST_ODD:
        raise UnevenTextError
    rejected = lines_at(text.path, np.asarray(positions, dtype=np.int64))
    below = text.physical_lines - lines_above
    if loaded + len(rejected) == below:
        return rejected, np.empty(0, dtype=np.int64)
    irregular = irregular_lines(text.path, lines_above)
    rejected = lines_behind_blanks(rejected, irregular.blank)
    is_accounted = loaded + len(rejected) + len(irregular.blank) == below
    if irregular.is_open or len(irregular.inside) or not is_accounted:
        raise UnevenTextError
    return rejected, irregular.blank


def short_rows(text: TextFile, lines: Numbers, width: int, delimiter: str) -> list[list[str | None]]:
    """Reads the lines that DuckDB rejected, which are shorter than the others.

    Raises UnevenTextError at one that is as wide as the others or wider, and at one that does not end its record.
    """
    rows = []
    with text.path.open("rb") as file:
        for start in starts_of(text.path, lines):
            file.seek(int(start))
            (cells,) = csv.reader([file.readline().decode("utf-8")], delimiter=delimiter, strict=True)
            if len(cells) >= width:
                raise UnevenTextError
            # The mark with which DOS programs end a text is no cell.
            filled = [] if cells == [ENDS] else [cell or None for cell in cells]
            rows.append(_fitting(filled, width))
    return rows


def _put_between(
    con: duckdb.DuckDBPyConnection,
    height: int,
    odd_lines: Numbers,
    odd_rows: Sequence[Sequence[str | None]],
    blank_lines: Numbers,
) -> None:
    """Puts the rows that were left over where they stand in the text, so that `rowid` is the 0-based line again."""
    import numpy as np
    import pandas as pd

    left_over = np.concatenate([odd_lines, blank_lines]) - 1
    places = np.setdiff1d(np.arange(height, dtype=np.int64), left_over)
    blank_row = [None] * len(con.execute("DESCRIBE cells").fetchall())
    _insert(con, [*odd_rows, *[blank_row] * len(blank_lines)])
    con.register("places", pd.DataFrame({"place": np.concatenate([places, left_over])}))
    con.execute("CREATE TABLE arranged AS SELECT * FROM places POSITIONAL JOIN cells")
    con.unregister("places")
    con.execute("DROP TABLE cells")
    con.execute("CREATE TABLE cells AS SELECT * EXCLUDE (place) FROM arranged ORDER BY place")
    con.execute("DROP TABLE arranged")
