"""The charts for spreadsheets: a CSV each, and one workbook; what stands in them is in chart_sheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.reproducible_zip import packed_parts
from pipeline.common.spreadsheet_text import neutralise, set_text, text_width
from pipeline.release.revisions.figures import number_text

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from pipeline.release.published.chart_sheets import ChartSheet

ABOUT: Final = "说明"
FIELDS: Final = "字段"
FIELD_HEADER: Final = ("工作表", "列", "单位", "说明", "代码", "English")
CORE: Final = "docProps/core.xml"
SAVED_AT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
NARROWEST: Final = 8
WIDEST: Final = 60
HINTS: Final = (
    "每张图表一个工作表，一行一个数；带筛选，可直接做透视表。“字段”说明每一列。",
    "空格是没有报送或不适用，零是报了零或没有发生。",
    "期为文字，如 2023-15；今年累计自 1 月 1 日到本期截止日。率、平均和名次不能相加，在办等时点数不能跨期相加。",
    "同样的表在 metrics.duckdb 里，另有出处、检查、修订和常用查询。",
)


def write_csv_files(folder: Path, sheets: Iterable[ChartSheet]) -> list[Path]:
    """Write `charts.<table>.csv` for each, columns by their codes, UTF-8 with the mark that Excel needs."""
    written = []
    for sheet in sheets:
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([column.name for column in sheet.columns])
        writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
        path = folder / f"charts.{sheet.table}.csv"
        path.write_text(stream.getvalue(), encoding="utf-8-sig", newline="")
        written.append(path)
    return written


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(number_text(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return neutralise(value) if isinstance(value, str) else str(value)


def write_workbook(path: Path, sheets: Sequence[ChartSheet], about: Sequence[tuple[str, str]]) -> None:
    """Write the workbook: what it is, a sheet a chart, what each column means. Equal content gives equal bytes.

    `about` are lines for the first sheet: what, and what of it.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _write_about(book, sheets, about)
    for sheet in sheets:
        headings = [_with_unit(column.heading, column.unit) for column in sheet.columns]
        _write_table(book, sheet.title, headings, sheet.rows)
    fields = [
        (sheet.title, one.heading, one.unit, one.meaning_zh, f"charts.{sheet.table}.{one.name}", one.meaning_en)
        for sheet in sheets
        for one in sheet.columns
    ]
    _write_table(book, FIELDS, FIELD_HEADER, fields)
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(_without_times(stream.getvalue()))


def _with_unit(heading: str, unit: str) -> str:
    return heading if not unit or unit in heading else f"{heading}（{unit}）"


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
    for one in sheets:
        link = _cell(sheet, one.title)
        link.hyperlink = f"#'{one.title}'!A1"
        link.font = Font(color="0563C1", underline="single")
        sheet.append([link, _wrapped(sheet, one.description), len(one.rows)])


def _write_table(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.utils import get_column_letter

    sheet: WriteOnlyWorksheet = book.create_sheet(title)
    for position, heading in enumerate(header, start=1):
        values = [row[position - 1] for row in rows[:200]]
        sheet.column_dimensions[get_column_letter(position)].width = _width([heading, *values])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    _fit_page(sheet, "landscape")
    sheet.append([_bold(sheet, text) for text in header])
    for row in rows:
        sheet.append([(_wrapped if _is_long(value) else _cell)(sheet, value) for value in row])


def _fit_page(sheet: WriteOnlyWorksheet, orientation: str) -> None:
    """A4, as wide as the page, a page number at the foot."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A　第 &P 页，共 &N 页"


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and _width([value]) == WIDEST


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
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        places = max(-int(value.as_tuple().exponent), 0)
        cell.number_format = f"#,##0.{'0' * places}" if places else "#,##0"
    elif isinstance(value, int) and not isinstance(value, bool):
        cell.number_format = "#,##0"
    return cell


def _width(values: Sequence[Any]) -> int:
    widths = [text_width(value) for value in values if value is not None]
    return min(max([NARROWEST, *widths]) + 2, WIDEST)


def _without_times(body: bytes) -> bytes:
    """The workbook without the moment at which it was saved."""
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(body)) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    parts[CORE] = SAVED_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", parts[CORE])
    return packed_parts(parts)
