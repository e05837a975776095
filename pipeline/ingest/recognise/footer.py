"""Finds the time of export in the lines below a table: 制表人：某某　导出时间：2023-04-24 09:00.

Lines above a table are read by `period`; where a time stands there, nobody looks below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.ingest.recognise.period import export_time_in
from pipeline.ingest.sheets.sheet import Cells, Sheet

_LAST_ROWS = 40
"""So many rows at the end of a sheet are looked at; blank ones below the table do not count."""
_LAST_LINES = 12
_LAST_BYTES = 8_192
_MOST_CELLS = 4
"""A row with more filled cells is one of the table, whatever its prose says."""
_MOST_ROWS_BACK = 5_000
_DELIMITERS = (",", "\t", ";", "|")
_AROUND_CELLS = '" \t'


def export_time_below(sheets: Iterable[Sheet]) -> datetime | None:
    """The latest time of export that a line below the tables of these sheets names, or None."""
    lines: list[str] = []
    for sheet in sheets:
        lines += _last_lines(sheet.rows)
    return _latest_time_in(lines)


def _latest_time_in(lines: Iterable[str]) -> datetime | None:
    """The latest time of export that one of the lines names, or None."""
    times = [export_time_in([line]) for line in lines]
    return max(filter(None, times), default=None)


def _last_lines(rows: Sequence[Cells]) -> Iterator[str]:
    """The last rows of a sheet that are no rows of a table, as lines."""
    tail = rows[max(len(rows) - _MOST_ROWS_BACK, 0) :]
    filled_rows = list(filter(None, map(_filled_cells, tail)))
    for cells in filled_rows[-_LAST_ROWS:]:
        if len(cells) <= _MOST_CELLS:
            yield " ".join(cells)


def _filled_cells(row: Cells) -> list[str]:
    return list(filter(None, row))


def export_time_at_end(path: Path, encoding: str) -> datetime | None:
    """The latest time of export that one of the last lines of a text names, or None; only its end is read."""
    size = path.stat().st_size
    # UTF-16 has two bytes a character: the end begins at an even place.
    start = max(size - _LAST_BYTES, 0) // 2 * 2
    with path.open("rb") as file:
        file.seek(start)
        end = file.read()
    lines = end.decode(encoding, errors="replace").splitlines()[-_LAST_LINES:]
    return _latest_time_in(filter(_is_no_record, lines))


def _is_no_record(line: str) -> bool:
    """Whether a line has few filled cells, whatever divides them: 制表人：某某,,导出时间：2023-04-24 09:00,,,."""
    cells: list[str] = []
    for delimiter in _DELIMITERS:
        cells += line.split(delimiter)[1:]
    filled = [cell for cell in cells if cell.strip(_AROUND_CELLS)]
    return len(filled) < _MOST_CELLS
