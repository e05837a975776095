"""The looks of a copied sheet: widths, merged titles, a header that stays in view; its cells belong in copied_sheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pipeline.present.sender.copied_sheet import CopiedSheet
from pipeline.present.shared.workbook_style import style_print

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# Widths in characters of the standard font.
_NARROWEST = 8
_WIDEST = 36
_WIDEST_OF_ORIGINAL = 80
# An original may claim one width for all 16,384 columns.
_MOST_COLUMNS = 500
_LABEL_COLOUR = "E7ECF2"
_COMMENT = attrgetter("comment")


def dress_sheet(copied: CopiedSheet, original: Worksheet | None) -> None:
    """Gives the copy the looks of its original, so that the department knows its own table again."""
    _dress_labels(copied)
    _set_widths(copied, original)
    _merge_titles(copied, original)
    style_print(copied.sheet)
    if copied.labels:
        first = min(copied.labels)
        last = _end_of_run(copied.labels)
        copied.sheet.freeze_panes = f"A{last + 1}"
        copied.sheet.print_title_rows = f"{first}:{last}"


def _dress_labels(copied: CopiedSheet) -> None:
    from openpyxl.styles import Font, PatternFill

    for row_no in copied.labels:
        for cell in copied.sheet[row_no]:
            cell.font = Font(bold=True)
            cell.alignment = _centred()
            is_marked = cell.comment is not None
            if cell.value is not None and not is_marked:
                cell.fill = PatternFill("solid", fgColor=_LABEL_COLOUR)


def _centred() -> Any:
    from openpyxl.styles import Alignment

    return Alignment(horizontal="center", vertical="center", wrap_text=True)


def _set_widths(copied: CopiedSheet, original: Worksheet | None) -> None:
    from openpyxl.utils import get_column_letter

    widths: dict[int, float] = {}
    for column, needed_width in copied.widths.items():
        widths[column] = float(min(max(needed_width, _NARROWEST), _WIDEST))
    for column, width in _original_widths(original):
        needed = min(widths.get(column, 0.0), _WIDEST)
        widths[column] = max(min(width, _WIDEST_OF_ORIGINAL), needed)
    for column, width in widths.items():
        copied.sheet.column_dimensions[get_column_letter(column)].width = width


def _original_widths(original: Worksheet | None) -> Iterator[tuple[int, float]]:
    """The width of each column that has one of its own; neighbours of one width share an entry."""
    if original is None:
        return
    for dimension in original.column_dimensions.values():
        has_own_width = dimension.customWidth and not dimension.hidden
        if not has_own_width:
            continue
        if not dimension.min:
            continue
        last = min(dimension.max, _MOST_COLUMNS)
        for column in range(dimension.min, last + 1):
            yield column, dimension.width


def _end_of_run(numbers: set[int]) -> int:
    """The last of the numbers that follow the first one without a gap: 4 of {3, 4, 7}."""
    last = min(numbers)
    while last + 1 in numbers:
        last += 1
    return last


def _merge_titles(copied: CopiedSheet, original: Worksheet | None) -> None:
    """Merges again what is merged in titles and headers; below them each row keeps a cell of its own to be marked."""
    if original is None:
        return
    for merged in original.merged_cells.ranges:
        rows = range(merged.min_row, merged.max_row + 1)
        if not all(map(partial(_is_title_row, copied), rows)):
            continue
        covered_cells = _cells_but_first(copied.sheet, merged)
        if any(map(_COMMENT, covered_cells)):
            continue
        copied.sheet.merge_cells(merged.coord)
        copied.sheet.cell(merged.min_row, merged.min_col).alignment = _centred()


def _is_title_row(copied: CopiedSheet, row_no: int) -> bool:
    """Whether the row is a header of a table or stands above it."""
    for table_rows, _ in copied.tables:
        if row_no not in table_rows:
            continue
        if row_no in copied.labels or row_no < _first_label(copied, table_rows):
            return True
    return False


def _first_label(copied: CopiedSheet, table_rows: range) -> int:
    labels = [row_no for row_no in copied.labels if row_no in table_rows]
    return min(labels, default=table_rows.start)


def _cells_but_first(sheet: Worksheet, merged: Any) -> Iterator[Any]:
    """The cells of a merged range but the first, which alone stays."""
    cells = (cell for row in sheet[merged.coord] for cell in row)
    return islice(cells, 1, None)
