"""Draws the first rows of a sheet by their kinds, without the persons in them; hidden_columns says what is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.common.cell_marks import NUMBER_MARK, unmarked
from pipeline.contracts import Contract
from pipeline.ingest.authoring.drafting.header_guess import provisional_contract
from pipeline.ingest.authoring.looking.hidden_columns import GUESSED, UNNAMED, all_columns, hidden_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.find import find_tables
from pipeline.ingest.tables.headers.header import Header, Table, find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.rows import RowKind, kinds_of
from pipeline.privacy.masking import mask_line, mask_number, shown, signed_places

PICTURE_ROWS = 18
MISALIGNED = "［列数与表头不同，不显示］"
_CELL_LENGTH = 40
_LINE_LENGTH = 120
# 2005, 12.5, -3: no number of a person or a telephone is as short.
_SHORT_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")
_KINDS_OF_NAMES = frozenset(
    {RowKind.TITLE.value, RowKind.HEADER.value, RowKind.REPEATED_HEADER.value, RowKind.NUMBERING.value}
)
_KINDS_OF_LINES = frozenset({RowKind.TITLE.value, RowKind.NOTE.value})


@dataclass(frozen=True)
class PictureRow:
    """One of the first rows of a sheet: its number, its kind, and its cells, persons left out."""

    row_no: int
    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SheetLook:
    """One sheet: its rows by kind, its first rows, and a note on what the picture leaves out."""

    name: str
    rows: int
    kinds: Mapping[str, int]
    picture: tuple[PictureRow, ...]
    note: str = ""


def look_at_sheet(
    sheet: Sheet,
    header: Header | None,
    contract: Contract | None,
    *,
    is_text: bool,
    is_whole: bool,
) -> SheetLook:
    """The rows of a sheet by the contract whose `header` it has, or by a guess where `header` is None.

    `is_text` says that the rows are lines of a text; `is_whole` that they are all of them.
    """
    note = ""
    if header is None and contract is not None:
        note = "没有合同所述的表，整张搁置"
    if not is_whole:
        note = f"只看了前 {len(sheet.rows):,} 行"
    if header is None:
        contract = provisional_contract(sheet.rows)
        header = find_header(sheet.rows, contract) if contract else None

    tables: Sequence[Table] = ()
    # Where nothing looks like a table the rows have no kind, and persons are hidden everywhere.
    kinds = [""] * len(sheet.rows)
    if header is not None and contract is not None:
        tables = find_tables(sheet.rows, contract)
        kinds = _kinds_of_rows(sheet, tables, contract) or kinds
    width = len(header.columns) if header and is_text else None

    return SheetLook(
        name=sheet.name,
        rows=len(sheet.rows),
        kinds=dict(Counter(filter(None, kinds))),
        picture=_draw(sheet, tables, kinds, width),
        note=note,
    )


def _kinds_of_rows(sheet: Sheet, tables: Sequence[Table], contract: Contract) -> list[str]:
    """The kind of each row; nothing where there is no table."""
    kinds: list[str] = []
    for table in tables:
        kinds += kinds_of(sheet.rows, table, contract)
    return list(map(str, kinds))


def _draw(sheet: Sheet, tables: Sequence[Table], kinds: Sequence[str], width: int | None) -> tuple[PictureRow, ...]:
    """The rows that a look shows; `width` is how many cells a line of a text has to have."""
    hidden_by_table = [(range(table.first, table.last), hidden_columns(sheet, table)) for table in tables]
    # Rows outside of any table come last, and match always.
    hidden_by_table.append((range(len(sheet.rows)), all_columns(sheet)))
    picture = []
    for row_index in _rows_to_show(kinds):
        hidden = next(columns for row_span, columns in hidden_by_table if row_index in row_span)
        kind = kinds[row_index]
        cells = _visible_cells(sheet.rows[row_index], kind, hidden, width)
        # People count rows from 1, and those that were cut off above too.
        row_no = sheet.rows_above + row_index + 1
        picture.append(PictureRow(row_no, kind, cells))
    return tuple(picture)


def _rows_to_show(kinds: Sequence[str]) -> list[int]:
    """The first rows, and after them the first of each kind that they do not hold yet; indexes from 0."""
    indexes = list(range(min(len(kinds), PICTURE_ROWS)))
    known_kinds = {kinds[index] for index in indexes}
    for index, kind in enumerate(kinds):
        is_new = kind not in known_kinds and kind != RowKind.BLANK
        if is_new:
            known_kinds.add(kind)
            indexes.append(index)
    return indexes


def _visible_cells(row: Row, kind: str, hidden: Mapping[int, str], width: int | None) -> tuple[str, ...]:
    """The cells as they may be shown; a line whose fields have shifted could show a person anywhere."""
    is_shifted = width is not None and len(row) != width
    if is_shifted and kind == RowKind.DATA:
        return (MISALIGNED,)
    # Labels of columns are no persons, and are shown over hidden columns too.
    marks = {} if kind in _KINDS_OF_NAMES else dict(hidden)
    # 制表人 | 王小明: the cells beside such a word, in whatever column.
    bare_cells = list(map(unmarked, row))
    marks |= dict.fromkeys(signed_places(bare_cells), GUESSED)
    limit = _LINE_LENGTH if kind in _KINDS_OF_LINES else _CELL_LENGTH
    cells = []
    for index, cell in enumerate(row):
        mark = _mark_over(cell, marks.get(index))
        cells.append(mark or _masked_text(cell, limit))
    return tuple(cells)


def _mark_over(cell: str | None, mark: str | None) -> str | None:
    """The mark of its column where it hides this cell; None where the cell may be shown."""
    text = (cell or "").strip()
    if not text:
        return None
    # Under a column without a name short numbers are shown, so that one sees what kind of table it is.
    is_unnamed = mark == UNNAMED
    is_harmless = is_unnamed and _SHORT_NUMBER.fullmatch(text)
    return None if is_harmless else mark


def _masked_text(cell: str | None, limit: int) -> str:
    """A cell of a column that may be shown, without the persons that may stand in any line."""
    if cell is None:
        return ""
    text = unmarked(cell) or ""
    is_number = cell.startswith(NUMBER_MARK) and text.isdigit()
    if is_number:
        text = str(mask_number(int(text)))
    masked = mask_line(text, GUESSED)
    return shown(masked, limit) or ""
