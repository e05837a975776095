"""Writes the charts for spreadsheets: a CSV each, and one workbook; what stands in them is read in `chart_sheets`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.csv_text import write_csv
from pipeline.common.spreadsheet_text import CELL_CHARACTERS, is_formula_like, printable, text_width
from pipeline.release.published.week_sheet import HEADER, counters, latest_week, week_rows

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from pipeline.release.published.chart_sheets import ChartSheet, SheetColumn
    from pipeline.release.published.week_sheet import Counter

WEEK: Final = "本期数字"
ABOUT: Final = "说明"
FIELDS: Final = "字段"
FIELD_HEADER: Final = ("工作表", "列", "单位", "说明", "代码", "English")
# The same moment in every workbook: equal content gives equal bytes.
SAVED_AT: Final = datetime(1980, 1, 1, tzinfo=UTC)
# XlsxWriter turns texts such as `=1+1`, `http://…` or `12` into formulas, links or numbers unless told not to.
TEXT_STAYS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# ECMA-376, 18.3.1.63: paper size 9 is A4.
A4: Final = 9
# A sheet of Excel has 1,048,576 rows, one of which is the header.
MOST_ROWS: Final = 1_048_575
HEADER_LOOK: Final = {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#1F4E79",
    "valign": "vcenter",
    "text_wrap": True,
}
# Excel's own colour of links.
LINK_LOOK: Final = {"font_color": "#0563C1", "underline": 1}
# Widths of columns in digits.
NARROWEST: Final = 8
WIDEST: Final = 60
ROWS_MEASURED: Final = 200
# Where the charts of the first sheet stand: their columns, the rows between them, their size in pixels.
CHART_COLUMNS: Final = (0, 3)
CHART_ROWS: Final = 13
CHART_SIZE: Final = {"x_scale": 0.8, "y_scale": 0.85}
# About what a page of A4 holds; more rows of a week are to be read in the sheet.
MOST_PRINTED: Final = 60
# What the charts are drawn from lies to the right of what is printed.
SERIES_COLUMN: Final = 9
HINTS: Final = (
    "“本期数字”可以直接粘贴到文稿中，印在一页上；其余各表打印时只印最近一期，且不超过一页，要印全部请清除打印区域。",
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
    """Writes the workbook: the latest issue to paste from, what it all is, a sheet a chart, what each column means.

    `about` are lines for the second sheet: what, and what of it. Equal content gives equal bytes.
    """
    from xlsxwriter.workbook import Workbook

    with Workbook(str(path), TEXT_STAYS_TEXT) as book:
        book.set_properties({"created": SAVED_AT})
        looks = Looks(book)
        week_id = latest_week(sheets)
        if week_id is not None:
            _write_week(book, looks, sheets, week_id, about)
        _write_about(book.add_worksheet(ABOUT), looks, sheets, about)
        fields: list[tuple[str, ...]] = []
        for sheet in sheets:
            headings = [_with_unit(column.heading, column.unit) for column in sheet.columns]
            rows = sheet.rows[-MOST_ROWS:]
            worksheet = book.add_worksheet(sheet.title)
            write_table(worksheet, looks, headings, rows)
            _print_last_week(worksheet, sheet, rows)
            fields += [_field_row(sheet, column) for column in sheet.columns]
        write_table(book.add_worksheet(FIELDS), looks, FIELD_HEADER, fields)


class Looks:
    """The formats of the cells of one workbook; each is made once, when a cell first asks for it."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def of(self, **properties: object) -> Format:
        """Returns the format with these properties of XlsxWriter, such as `bold=True`."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def of_text(self, text: str, *, wrap: bool) -> Format:
        """Returns the format of a text; what looks like a formula carries Excel's own quote mark."""
        properties: dict[str, object] = {}
        if wrap:
            properties |= {"text_wrap": True, "valign": "top"}
        if is_formula_like(text):
            properties["quote_prefix"] = True
        return self.of(**properties)


def _write_week(
    book: Workbook, looks: Looks, sheets: Sequence[ChartSheet], week_id: str, about: Sequence[tuple[str, str]]
) -> None:
    """Writes the printed figures of an issue and charts of its counters: one page of A4, without a code."""
    sheet = book.add_worksheet(WEEK)
    for column, width in enumerate((14, 24, 8, 13, 13, 15, 18)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"窗口工作周报 {week_id} 期", looks.of(bold=True, font_size=16))
    label = dict(about).get("数据标签")
    if label:
        _write_cell(sheet, looks, 0, len(HEADER) - 1, label)
    for column, text in enumerate(HEADER):
        sheet.write_string(2, column, text, looks.of(**HEADER_LOOK))
    rows = week_rows(sheets, week_id)
    for row_no, row in enumerate(rows, start=3):
        for column, value in enumerate(row):
            _write_cell(sheet, looks, row_no, column, value)
    # A row of room parts the table from its charts.
    last_row = _add_charts(book, sheet, looks, counters(sheets, week_id), first_row=len(rows) + 4)
    sheet.set_paper(A4)
    sheet.print_area(0, 0, last_row, len(HEADER) - 1)
    sheet.fit_to_pages(1, 1)


def _add_charts(book: Workbook, sheet: Worksheet, looks: Looks, series: Sequence[Counter], *, first_row: int) -> int:
    """Draws each counter by week as columns, two beside each other; returns the last row that they cover."""
    for number, (label, points) in enumerate(series):
        week_column = SERIES_COLUMN + 2 * number
        sheet.write_string(2, week_column, "期")
        sheet.write_string(2, week_column + 1, label)
        for row_no, (week, value) in enumerate(points, start=3):
            _write_cell(sheet, looks, row_no, week_column, week)
            _write_cell(sheet, looks, row_no, week_column + 1, value)
        last_point = len(points) + 2
        chart = book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": [WEEK, 2, week_column + 1],
                "categories": [WEEK, 3, week_column, last_point, week_column],
                "values": [WEEK, 3, week_column + 1, last_point, week_column + 1],
                "fill": {"color": "#2F74C0"},
            }
        )
        chart.set_title({"name": [WEEK, 2, week_column + 1], "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"min": 0, "num_format": "#,##0"})
        down, across = divmod(number, len(CHART_COLUMNS))
        sheet.insert_chart(first_row + down * CHART_ROWS, CHART_COLUMNS[across], chart, CHART_SIZE)
    rows_of_charts = -(-len(series) // len(CHART_COLUMNS))
    return first_row + rows_of_charts * CHART_ROWS


def _print_last_week(worksheet: Worksheet, sheet: ChartSheet, rows: Sequence[Sequence[Any]]) -> None:
    """Prints the head and rows of the last week only, as many as a page holds: all weeks would be hundreds of pages.

    Rows are ordered by week; a sheet without weeks prints whole.
    """
    names = [column.name for column in sheet.columns]
    if "week_id" not in names or not rows:
        return
    place = names.index("week_id")
    first = next(row_no for row_no, row in enumerate(rows, start=1) if row[place] == rows[-1][place])
    last = min(len(rows), first + MOST_PRINTED - 1)
    worksheet.print_area(first, 0, last, len(names) - 1)


def _field_row(sheet: ChartSheet, column: SheetColumn) -> tuple[str, ...]:
    """Returns what the sheet 字段 says of a column, in the order of FIELD_HEADER."""
    code = f"charts.{sheet.table}.{column.name}"
    return sheet.title, column.heading, column.unit, column.meaning_zh, code, column.meaning_en


def _with_unit(heading: str, unit: str) -> str:
    """受理 and 件 → 受理（件）; a heading that names its unit stays. No unit is the empty text, which all contain."""
    if unit in heading:
        return heading
    return f"{heading}（{unit}）"


def _write_about(
    sheet: Worksheet, looks: Looks, charts: Sequence[ChartSheet], about: Sequence[tuple[str, str]]
) -> None:
    _fit_page(sheet)
    for column, width in enumerate((34, 70, 10)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "窗口工作周报：数据", looks.of(bold=True, font_size=16))
    lines = (*about, *(("用法", hint) for hint in HINTS))
    for row, (name, value) in enumerate(lines, start=1):
        _write_cell(sheet, looks, row, 0, name)
        _write_cell(sheet, looks, row, 1, value, wrap=True)
    # An empty row parts the lines from the list of sheets.
    first_row = len(lines) + 2
    for column, text in enumerate(("工作表", "内容", "行数")):
        sheet.write_string(first_row, column, text, looks.of(**HEADER_LOOK))
    for row, chart in enumerate(charts, start=first_row + 1):
        sheet.write_url(row, 0, f"internal:'{chart.title}'!A1", looks.of(**LINK_LOOK), chart.title)
        _write_cell(sheet, looks, row, 1, _described(chart), wrap=True)
        sheet.write_number(row, 2, len(chart.rows))


def _described(chart: ChartSheet) -> str:
    """Returns what a chart shows; of one that is longer than a sheet, also that the oldest rows are left out."""
    if len(chart.rows) <= MOST_ROWS:
        return chart.description
    left_out = f"行数超过一个工作表的容量，这里只列最后 {MOST_ROWS:,} 行；全部见 charts.{chart.table}.csv"
    return f"{chart.description}（{left_out}）"


def write_table(sheet: Worksheet, looks: Looks, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Writes a header and rows with filters, columns as wide as their texts; no text becomes a formula or a link."""
    # The rows at the top tell how wide a column is.
    first_rows = rows[:ROWS_MEASURED]
    for column, heading in enumerate(header):
        sheet.set_column(column, column, _width([heading, *(row[column] for row in first_rows)]))
        sheet.write_string(0, column, heading, looks.of(**HEADER_LOOK))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(header) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    _fit_page(sheet)
    for row_no, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            # A text wider than any column is wrapped.
            is_long_text = isinstance(value, str) and _width([value]) == WIDEST
            _write_cell(sheet, looks, row_no, column, value, wrap=is_long_text)


def _fit_page(sheet: Worksheet) -> None:
    """Prints a sheet on A4, as wide as the page and as many pages long as it takes, with a page number at the foot."""
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&A　第 &P 页，共 &N 页")


def _write_cell(sheet: Worksheet, looks: Looks, row: int, column: int, value: Any, *, wrap: bool = False) -> None:
    """Writes a value as what it is: text as text, a number or a day in Excel's own type; None leaves the cell empty."""
    if value is None:
        return
    if isinstance(value, str):
        text = printable(value)[:CELL_CHARACTERS]
        sheet.write_string(row, column, text, looks.of_text(text, wrap=wrap))
        return
    number_format = _number_format(value)
    look = looks.of(num_format=number_format) if number_format else None
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_number(row, column, value, look)


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
