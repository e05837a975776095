"""Chooses the sheet that a draft is made from, and names the others that hold tables.

The names of sheets are shown without persons and control characters; a name may be given as it is or as it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ingest.authoring.drafting.table_guess import TableGuess, count_named_cells, table_of
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.authoring import AuthoringRefusal
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.privacy.masking import mask_sheet_names, shown


@dataclass(frozen=True)
class SheetTable:
    """A sheet that holds a table: its place in the workbook (from 1), its name as shown, rows of data and columns."""

    number: int
    name: str
    rows: int
    columns: int

    @property
    def words(self) -> str:
        """The sheet in a list: 2“表二”（34 行 5 列）."""
        return f"{self.number}“{self.name}”（{self.rows:,} 行 {self.columns} 列）"


@dataclass(frozen=True)
class SheetChoice:
    """The table that is drafted from, its sheet, and the other sheets with tables; a text has neither."""

    table: TableGuess
    sheet: SheetTable | None = None
    others: tuple[SheetTable, ...] = ()


def choose_table(sheets: Sequence[Sheet], wanted: str | None, *, is_text: bool) -> SheetChoice:
    """The table on the sheet `wanted`, a name or a number from 1; without it, the largest one on a visible sheet.

    Only where all are hidden, a hidden sheet is taken. Raises RefusedFileError where no sheet has a table, or the
    wanted one has none.
    """
    if is_text and wanted is not None:
        raise RefusedFileError(AuthoringRefusal.TEXT_HAS_NO_SHEETS)
    tables: list[tuple[SheetTable, TableGuess]] = []
    for number, (sheet, name) in enumerate(zip(sheets, _shown_names(sheets), strict=True), 1):
        table = table_of(sheet)
        if table is not None:
            tables.append((SheetTable(number, name, len(table.rows), sum(map(bool, table.titles))), table))
    if not tables:
        raise RefusedFileError(AuthoringRefusal.NO_HEADER_TO_DRAFT, expected="一行列名")
    if is_text:
        return SheetChoice(tables[0][1])
    chosen, table = _wanted(tables, wanted) if wanted is not None else max(tables, key=_size)
    others = tuple(sheet for sheet, _ in tables if sheet is not chosen)
    return SheetChoice(table, chosen, others)


def _size(item: tuple[SheetTable, TableGuess]) -> tuple[bool, int]:
    _, table = item
    return not table.sheet.is_hidden, count_named_cells(table)


def _shown_names(sheets: Sequence[Sheet]) -> list[str]:
    masked = mask_sheet_names(sheet.name for sheet in sheets)
    return [shown(name) or "" for name in masked]


def _wanted(tables: Sequence[tuple[SheetTable, TableGuess]], wanted: str) -> tuple[SheetTable, TableGuess]:
    """The table of the sheet with this name; where none is called so, with this number."""
    for sheet, table in tables:
        if wanted in (table.sheet.name, sheet.name):
            return sheet, table
    for sheet, table in tables:
        if wanted.strip() == str(sheet.number):
            return sheet, table
    raise RefusedFileError(
        AuthoringRefusal.NO_SUCH_SHEET,
        wanted=shown(wanted) or "",
        known="、".join(sheet.words for sheet, _ in tables),
    )
