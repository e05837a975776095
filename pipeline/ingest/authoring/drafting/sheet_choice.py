"""Chooses the sheet that a draft is made from, and names the others that hold tables.

The names of sheets are shown without persons and control characters; a name may be given as it is or as it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, is_not
from typing import NamedTuple

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


class _Found(NamedTuple):
    sheet: SheetTable
    table: TableGuess


_NUMBER = attrgetter("sheet.number")
_SHOWN_NAME = attrgetter("sheet.name")
_NAME = attrgetter("table.sheet.name")


def choose_table(sheets: Sequence[Sheet], wanted: str | None, *, is_text: bool) -> SheetChoice:
    """The table on the sheet `wanted`, a name or a number from 1; without it, the largest one on a visible sheet.

    Only where all are hidden, a hidden sheet is taken. Raises RefusedFileError where no sheet has a table, or the
    wanted one has none.
    """
    if is_text and wanted is not None:
        raise RefusedFileError(AuthoringRefusal.TEXT_HAS_NO_SHEETS)
    tables = list(_tables_on(sheets))
    if not tables:
        raise RefusedFileError(AuthoringRefusal.NO_HEADER_TO_DRAFT, expected="一行列名")
    if is_text:
        _, table = tables[0]
        return SheetChoice(table)
    chosen = max(tables, key=_size) if wanted is None else _wanted(tables, wanted)
    others = filter(partial(is_not, chosen), tables)
    return SheetChoice(
        table=chosen.table,
        sheet=chosen.sheet,
        others=tuple(map(attrgetter("sheet"), others)),
    )


def _tables_on(sheets: Sequence[Sheet]) -> Iterator[_Found]:
    """Each sheet that holds a table, with it."""
    names = _shown_names(sheets)
    for number, (sheet, name) in enumerate(zip(sheets, names, strict=True), 1):
        table = table_of(sheet)
        if table is None:
            continue
        columns = sum(map(bool, table.titles))
        described = SheetTable(number, name, len(table.rows), columns)
        yield _Found(described, table)


def _size(item: _Found) -> tuple[bool, int]:
    table = item.table
    return not table.sheet.is_hidden, count_named_cells(table)


def _shown_names(sheets: Sequence[Sheet]) -> list[str]:
    names = map(attrgetter("name"), sheets)
    shown_names = map(shown, mask_sheet_names(names))
    return [name or "" for name in shown_names]


def _wanted(tables: Sequence[_Found], wanted: str) -> _Found:
    """The table of the sheet with this name; where none is called so, with this number."""
    by_key: dict[str, _Found] = {}
    # Later keys win: a name that is a number stands before the number of another sheet.
    for key in (_NUMBER, _SHOWN_NAME, _NAME):
        by_key |= {str(key(found)): found for found in tables}
    chosen = by_key.get(wanted) or by_key.get(wanted.strip())
    if chosen is not None:
        return chosen
    raise RefusedFileError(
        AuthoringRefusal.NO_SUCH_SHEET,
        wanted=shown(wanted) or "",
        known="、".join(found.sheet.words for found in tables),
    )
