"""Writes the charts for spreadsheets: a CSV each, and one workbook; what stands in them is read in `chart_sheets`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.csv_text import write_csv
from pipeline.common.reproducible_zip import packed_parts
from pipeline.common.spreadsheet_text import set_text, text_width

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from pipeline.release.published.chart_sheets import ChartSheet, SheetColumn

ABOUT: Final = "说明"
FIELDS: Final = "字段"
FIELD_HEADER: Final = ("工作表", "列", "单位", "说明", "代码", "English")
CORE: Final = "docProps/core.xml"
# <dcterms:created xsi:type="dcterms:W3CDTF">2023-04-24T01:00:00Z</dcterms:created>
SAVED_AT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
# Widths of columns in digits.
NARROWEST: Final = 8
WIDEST: Final = 60
ROWS_MEASURED: Final = 200
HINTS: Final = (
    "每张图表一个工作表，一行一个数；带筛选，可直接做透视表。“字段”说明每一列。",
    "空格是没有报送或不适用，零是报了零或没有发生。",
    "期为文字，如 2023-15；今年累计自 1 月 1 日到本期截止日。率、平均和名次不能相加，在办等时点数不能跨期相加。",
    "同样的表在 metrics.duckdb 里，另有出处、检查、修订和常用查询。",
)


def write_csv_files(folder: Path, sheets: Iterable[ChartSheet]) -> list[Path]:
    """Writes `charts.<table>.csv` for each sheet, its columns named by their codes; returns the files."""
    written = []
    for sheet in sheets:
        path = folder / f"charts.{sheet.table}.csv"
        write_csv(path, [column.name for column in sheet.columns], sheet.rows)
        written.append(path)
    return written


def write_workbook(path: Path, sheets: Sequence[ChartSheet], about: Sequence[tuple[str, str]]) -> None:
    """Writes the workbook: what it is, a sheet a chart, what each column means. Equal content gives equal bytes.

    `about` are lines for the first sheet: what, and what of it.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _write_about(book, sheets, about)
    fields: list[tuple[str, ...]] = []
    for sheet in sheets:
        headings = [_with_unit(column.heading, column.unit) for column in sheet.columns]
        _write_table(book, sheet.title, headings, sheet.rows)
        fields += [_field_row(sheet, column) for column in sheet.columns]
    _write_table(book, FIELDS, FIELD_HEADER, fields)
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(_without_times(stream.getvalue()))


def _field_row(sheet: ChartSheet, column: SheetColumn) -> tuple[str, ...]:
    """Returns what the sheet 字段 says of a column, in the order of FIELD_HEADER."""
    code = f"charts.{sheet.table}.{column.name}"
    return sheet.title, column.heading, column.unit, column.meaning_zh, code, column.meaning_en


def _with_unit(heading: str, unit: str) -> str:
    """受理 and 件 → 受理（件）; a heading that names its unit stays. No unit is the empty text, which all contain."""
    if unit in heading:
        return heading
    return f"{heading}（{unit}）"


def _write_about(book: Workbook, sheets: Sequence[ChartSheet], about: Sequence[tuple[str, str]]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet: WriteOnlyWorksheet = book.create_sheet(ABOUT)
    _fit_page(sheet, "portrait")
    for letter, width in zip("ABC", (34, 70, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    title = WriteOnlyCell(sheet, value="窗口工作周报：数据")
    title.font = Font(bold=True, size=16)
    sheet.append([title])
    for name, value in (*about, *(("用法", hint) for hint in HINTS)):
        sheet.append([_cell(sheet, name), _wrapped(sheet, value)])
    sheet.append([])
    sheet.append([_bold(sheet, text) for text in ("工作表", "内容", "行数")])
    for chart in sheets:
        link = _cell(sheet, chart.title)
        # Excel's own colour of links.
        link.font = Font(color="0563C1", underline="single")
        link.hyperlink = f"#'{chart.title}'!A1"
        sheet.append([link, _wrapped(sheet, chart.description), len(chart.rows)])


def _write_table(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.utils import get_column_letter

    sheet: WriteOnlyWorksheet = book.create_sheet(title)
    # The rows at the top tell how wide a column is.
    first_rows = rows[:ROWS_MEASURED]
    for position, heading in enumerate(header):
        letter = get_column_letter(position + 1)
        sheet.column_dimensions[letter].width = _width([heading, *(row[position] for row in first_rows)])
    last_letter = get_column_letter(len(header))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last_letter}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    _fit_page(sheet, "landscape")
    sheet.append([_bold(sheet, text) for text in header])
    for row in rows:
        sheet.append([_body_cell(sheet, value) for value in row])


def _fit_page(sheet: WriteOnlyWorksheet, orientation: str) -> None:
    """Prints a sheet on A4, as wide as the page, with a page number at the foot."""
    sheet.page_setup.orientation = orientation
    # ECMA-376, 18.3.1.63: paper size 9 is A4; a height of 0 pages is as many as it takes.
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A　第 &P 页，共 &N 页"


def _body_cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """Returns the cell of a value; a text wider than any column is wrapped."""
    is_long_text = isinstance(value, str) and _width([value]) == WIDEST
    if is_long_text:
        return _wrapped(sheet, value)
    return _cell(sheet, value)


def _wrapped(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    from openpyxl.styles import Alignment

    cell = _cell(sheet, value)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _bold(sheet: WriteOnlyWorksheet, text: str) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _cell(sheet, text)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="1F4E79")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        cell = WriteOnlyCell(sheet)
        set_text(cell, value)
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    number_format = _number_format(value)
    if number_format is not None:
        cell.number_format = number_format
    return cell


def _number_format(value: Any) -> str | None:
    """Returns Excel's format of a value: 1234.50 → `#,##0.00`; None where Excel's own is right."""
    # A datetime is a date, and a bool an int: the narrower type is asked first.
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return "#,##0"
    if isinstance(value, Decimal):
        return _decimal_format(value)
    return None


def _decimal_format(value: Decimal) -> str:
    # The exponent of 1234.50 is -2: two decimal places.
    decimal_places = max(-int(value.as_tuple().exponent), 0)
    if decimal_places == 0:
        return "#,##0"
    return "#,##0." + "0" * decimal_places


def _width(values: Iterable[Any]) -> int:
    """Returns how wide a column of these values is, in digits, between NARROWEST and WIDEST."""
    widest = NARROWEST
    for value in values:
        if value is not None:
            widest = max(widest, text_width(value))
    # Two more for the arrow of the filter.
    return min(widest + 2, WIDEST)


def _without_times(body: bytes) -> bytes:
    """Returns the workbook without the moment at which it was saved."""
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(body)) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    parts[CORE] = SAVED_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", parts[CORE])
    return packed_parts(parts)
