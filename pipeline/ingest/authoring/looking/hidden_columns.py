"""Says which cells of a sheet a look may not show, because persons stand there; row_picture draws the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import Column, Table
from pipeline.ingest.tables.headers.paths import Row
from pipeline.privacy.guess import personal_kind

DROPPED = "［不入库］"
DIGESTED = "［只存摘要］"
GUESSED = "［疑似个人信息］"
UNNAMED = "［没有表头，不显示］"
# What `personal:` says in a contract → the mark that stands for the cell.
MARK_OF_PERSONAL: Mapping[str, str] = {"drop": DROPPED, "hmac": DIGESTED}
_SAMPLE = 200


def hidden_columns(sheet: Sheet, table: Table) -> dict[int, str]:
    """Columns of a table whose cells are never shown, with the mark that stands for them: by contract, or by guess."""
    rows_below = sheet.rows[table.header.below : table.last][:_SAMPLE]
    hidden = {}
    for column in table.header.columns:
        mark = _mark_of(column, rows_below)
        if mark:
            hidden[column.index] = mark
    return hidden


def _mark_of(column: Column, rows: Sequence[Row]) -> str:
    """The mark that stands for the cells of a column; "" where they may be shown."""
    field = column.field
    if field is None:
        return _guessed_mark(column.label, column.index, rows)
    if field.personal:
        return MARK_OF_PERSONAL[field.personal]
    # What a code list names is no person.
    return "" if field.codes else _guessed_mark(field.title, column.index, rows)


def _guessed_mark(title: str, index: int, rows: Sequence[Row]) -> str:
    """The mark of a column that no contract calls personal, and that reads like persons."""
    cells = (row[index] for row in rows if index < len(row))
    different_cells = dict.fromkeys(filter(None, cells))
    kind, _ = personal_kind(title, tuple(different_cells))
    return GUESSED if kind else ""


def all_columns(sheet: Sheet) -> dict[int, str]:
    """What hides every cell of a sheet on which no table is known."""
    width = max(map(len, sheet.rows), default=0)
    return dict.fromkeys(range(width), UNNAMED)
