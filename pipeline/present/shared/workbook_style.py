"""Sheets of the workbooks that we write: safe cells, widths, print layout.

What stands in them is in `pipeline.present.steward` and `pipeline.present.sender`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.spreadsheet_text import set_text, text_width
from pipeline.present.shared.findings import SEVERITIES

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# Excel's own limit for a sheet's name.
SHEET_CHARACTERS: Final = 31
NARROWEST: Final = 5
WIDEST: Final = 64
CRITICAL: Final = SEVERITIES["critical"]


def add_sheet(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Worksheet:
    """Append a sheet with a header line, filters, a frozen header and a print layout; texts are shown, never run."""
    sheet = book.create_sheet(title[:SHEET_CHARACTERS])
    for number, row in enumerate((header, *rows), start=1):
        for position, value in enumerate(row, start=1):
            write_cell(sheet, number, position, value)
    _style_table(sheet, len(header), len(rows))
    return sheet


def write_cell(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    """Write one value; a text that looks like a formula stays a text."""
    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = float(value) if isinstance(value, Decimal) else value
        if isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm"
        return
    set_text(cell, value)


def _style_table(sheet: Worksheet, columns: int, rows: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    line = Side(style="thin", color="C9CED6")
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for cells in sheet.iter_rows(min_row=2, max_row=rows + 1, max_col=columns):
        is_critical = cells[0].value == CRITICAL
        for cell in cells:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.border = Border(bottom=line)
        if is_critical:
            cells[0].fill = PatternFill("solid", fgColor="F8CBC4")
            cells[0].font = Font(bold=True, color="8F2417")
    for position in range(1, columns + 1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = _width([cell.value for cell in sheet[letter][:200]])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{rows + 1}"
    style_print(sheet)


def style_print(sheet: Worksheet) -> None:
    """A4 landscape, as wide as the page, the header on every page, page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.8, 0.35
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&A　第 &P 页，共 &N 页"


def _width(values: Sequence[Any]) -> int:
    widths = [NARROWEST]
    for value in values:
        if value is not None:
            widths.append(text_width(value))
    return min(max(widths) + 3, WIDEST)
