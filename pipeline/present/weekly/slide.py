"""One page of the week for meetings, as .pptx: its figures as a table, its counters as PowerPoint's own charts.

In: the published file. The figures are those of `pipeline.present.shared.overview`, as the site shows them first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZipFile

from pipeline.common.reproducible_zip import packed_parts
from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.metrics import WINDOW, figures_of
from pipeline.present.shared.overview import Glance, headlines, largest_changes, week_glance
from pipeline.present.shared.rows import MISSING, fetch, grouped, reported, rows_by
from pipeline.present.weekly.marks import clean
from pipeline.reporting_calendar.week_ids import read_week_id, year_bounds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HEADER: Final = ("部分", "项目", "本期", "较上期", "同比", "今年累计", "提示")
# Widths of the columns of the table, in inches; together with the charts they fill a slide of 13.33 by 7.5.
WIDTHS: Final = (1.2, 1.55, 1.0, 1.1, 1.1, 0.9, 0.9)
SLIDE: Final = (13.333, 7.5)
# 部分, 较上期, 同比 and 提示 may be long, and stay on one line when small: 12345热线办理周报, `+12.36 个百分点`.
SMALL_COLUMNS: Final = (0, 3, 4, 6)
TEXT_SIZE: Final = 11
SMALL_SIZE: Final = 9
# Inches. A line of 11 points with its margins needs about a quarter of an inch; the header is one more.
TABLE_HEIGHT: Final = 6.2
NOTE_HEIGHT: Final = 0.3
MOST_LINES: Final = 23
MARGIN: Final = 4
POINTS_OF_INCH: Final = 72
RED: Final = "B3121D"
BLUE: Final = "2F74C0"
MOST_FINDINGS: Final = 3
# XlsxWriter notes in the data of each chart when it was made: `<dcterms:created …>2026-11-30T04:00:00Z</…>`.
MADE: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
PROPERTIES: Final = "docProps/core.xml"
WORKBOOK: Final = "xl/workbook.xml"
NO_TIME: Final = rb"\g<1>1980-01-01T00:00:00Z"


@dataclass(frozen=True)
class Counter:
    """One counter of the hall by week: its name with the unit, and issues with values in time, None for none."""

    name: str
    issues: tuple[str, ...]
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class SlideContent:
    """Everything that the page shows, as texts and numbers; `label` says that the data are made up.

    `left_out` is how many figures had no room in `rows`.
    """

    title: str
    period: str
    label: str
    rows: tuple[tuple[str, ...], ...]
    counters: tuple[Counter, ...]
    changes: tuple[str, ...]
    attention: tuple[str, ...]
    left_out: int = 0


def slide_content(con: DuckDBPyConnection, week_id: str, fields: dict[str, Any]) -> SlideContent:
    """Reads the page of the shown revision of an issue; `fields` are those of the printed weekly."""
    glances = week_glance(con, week_id)
    unsettled = [finding for finding in week_findings(con, week_id) if not finding["is_settled"]]
    attention = [f"{finding['severity']}：{finding['title']}" for finding in unsettled[:MOST_FINDINGS]]
    revision = f"，第 {fields['修订']} 次发布" if fields["修订"] > 1 else ""
    rows = tuple(map(_row, headlines(glances)))
    fitting = fitting_rows(rows)
    return SlideContent(
        title=f"{fields['标题']} {fields['年']} 年第 {fields['期号']} 期（总第 {fields['总期号']} 期）",
        period=f"{fields['刊印起']}—{fields['刊印止']}，统计至 {fields['统计止']}{revision}",
        label=fields["数据标签"],
        rows=fitting,
        counters=tuple(_counters(con, week_id)),
        changes=tuple(_change_words(glance) for glance in largest_changes(glances)),
        attention=tuple(map(clean, attention)) or ("没有待处理的问题。",),
        left_out=len(rows) - len(fitting),
    )


def fitting_rows(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Returns the first rows, as many as the table has lines for."""
    lines = 0
    for number, row in enumerate(rows):
        lines += _lines_of(row)
        if lines > MOST_LINES:
            return rows[:number]
    return rows


def _lines_of(row: tuple[str, ...]) -> int:
    """How many lines a row takes: a Chinese character is as wide as its size, any other about half of it."""
    lines = 1
    for column_no, text in enumerate(row):
        halves = sum(1 if character.isascii() else 2 for character in text)
        width = halves * _size_of(column_no) / 2
        lines = max(lines, ceil(width / (WIDTHS[column_no] * POINTS_OF_INCH - 2 * MARGIN)))
    return lines


def _size_of(column_no: int) -> int:
    return SMALL_SIZE if column_no in SMALL_COLUMNS else TEXT_SIZE


def _row(glance: Glance) -> tuple[str, ...]:
    row = glance.row
    value = reported(row.printed("value"))
    ytd = grouped(row.printed("value_ytd")) if row.figure.column_ytd else ""
    return (
        row.section,
        clean(row.label),
        f"{value} {row.unit}" if row.value is not None else value,
        glance.change or MISSING,
        glance.year_on_year or MISSING,
        ytd,
        clean(row.flag or ""),
    )


def _change_words(glance: Glance) -> str:
    row = glance.row
    return clean(f"{row.section} {row.label} {grouped(row.value)} {row.unit}，较上期 {glance.change}")


def _counters(con: DuckDBPyConnection, week_id: str) -> list[Counter]:
    first, _ = year_bounds(week_id)
    rows = fetch(
        con,
        "SELECT * FROM charts.window_weekly WHERE week_id BETWEEN ? AND ? ORDER BY week_id",
        [first, week_id],
    )
    by_measure = rows_by(rows, "measure")
    counters = []
    for figure in figures_of(WINDOW):
        weeks = by_measure.get(figure.code, [])
        # A hall without this export has the weeks and no value in any of them.
        if any(week["value"] is not None for week in weeks):
            name = clean(f"{weeks[-1]['measure_label']}（{weeks[-1]['unit']}）")
            issues = tuple(f"{read_week_id(week['week_id'])[1]}期" for week in weeks)
            counters.append(Counter(name, issues, tuple(week["value"] for week in weeks)))
    return counters


def slide(content: SlideContent, issued_on: date) -> bytes:
    """Returns the .pptx of the page; the same content gives the same bytes."""
    from pptx import Presentation
    from pptx.util import Inches

    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = map(Inches, SLIDE)
    # Layout 6 of the library's own template is the empty one.
    page = presentation.slides.add_slide(presentation.slide_layouts[6])
    _add_text(page, (0.4, 0.2, 9.4, 0.5), [content.title], size=22, colour=RED, is_bold=True)
    _add_text(page, (0.4, 0.68, 9.4, 0.35), [content.period], size=12)
    if content.label:
        _add_text(page, (11.2, 0.25, 1.8, 0.4), [content.label], size=14, colour=RED, is_bold=True)
    note_height = NOTE_HEIGHT if content.left_out else 0.0
    _add_table(page, content.rows, TABLE_HEIGHT - note_height)
    if content.left_out:
        _add_text(
            page,
            (0.4, 7.3 - NOTE_HEIGHT, 7.7, NOTE_HEIGHT),
            [f"另有 {content.left_out} 项列不下，见本期周报。"],
            size=10,
        )
    for number, counter in enumerate(content.counters):
        down, across = divmod(number, 2)
        _add_chart(page, counter, (8.3 + 2.42 * across, 1.05 + 2.15 * down, 2.4, 2.1))
    _add_text(page, (8.3, 5.35, 4.8, 1.05), ["变化最大", *content.changes], size=10)
    _add_text(page, (8.3, 6.4, 4.8, 0.95), ["需要留意", *content.attention], size=10)
    properties = presentation.core_properties
    properties.title, properties.author, properties.last_modified_by = content.title, "", ""
    properties.created = properties.modified = datetime.combine(issued_on, time())
    stream = BytesIO()
    presentation.save(stream)
    return _without_time(stream.getvalue())


def _add_text(
    page: Any,
    place: tuple[float, float, float, float],
    lines: Sequence[str],
    *,
    size: int,
    colour: str = "1B2026",
    is_bold: bool = False,
) -> None:
    """Adds a box of text, a paragraph a line; the first of several is a heading.

    `place` is left, top, width and height in inches.
    """
    from pptx.util import Inches

    frame = page.shapes.add_textbox(*map(Inches, place)).text_frame
    frame.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text = line
        is_heading = number == 0 and len(lines) > 1
        _set_font(paragraph.font, size, colour, is_bold=is_bold or is_heading)


def _set_font(font: Any, size: int, colour: str, *, is_bold: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    font.size, font.bold = Pt(size), is_bold
    font.color.rgb = RGBColor.from_string(colour)


def _add_table(page: Any, rows: Sequence[tuple[str, ...]], height: float) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    lines = [1, *map(_lines_of, rows)]
    line_height = height / sum(lines)
    place = (0.4, 1.1, sum(WIDTHS), height)
    table = page.shapes.add_table(len(rows) + 1, len(HEADER), *map(Inches, place)).table
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Inches(width)
    for row_no, row in enumerate((HEADER, *rows)):
        table.rows[row_no].height = Inches(line_height * lines[row_no])
        for column_no, text in enumerate(row):
            cell = table.cell(row_no, column_no)
            cell.margin_top = cell.margin_bottom = Pt(1)
            cell.margin_left = cell.margin_right = Pt(MARGIN)
            cell.text = text
            paragraph = cell.text_frame.paragraphs[0]
            is_head = row_no == 0
            size = TEXT_SIZE if is_head else _size_of(column_no)
            _set_font(paragraph.font, size, "FFFFFF" if is_head else "1B2026", is_bold=is_head or column_no == 2)
            # Between the labels and the flag stand numbers.
            if 2 <= column_no < len(HEADER) - 1:
                paragraph.alignment = PP_ALIGN.RIGHT


def _add_chart(page: Any, counter: Counter, place: tuple[float, float, float, float]) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches, Pt

    data = CategoryChartData(number_format="#,##0")
    data.categories = counter.issues
    data.add_series(counter.name, counter.values)
    chart = page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *map(Inches, place), data).chart
    chart.has_legend = False
    chart.has_title = True
    chart.chart_title.text_frame.text = counter.name
    chart.chart_title.text_frame.paragraphs[0].font.size = Pt(11)
    chart.font.size = Pt(8)
    # Columns are compared by their length: the axis is never cut.
    chart.value_axis.minimum_scale = 0
    fill = chart.plots[0].series[0].format.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(BLUE)
    chart.plots[0].gap_width = 40


def _without_time(body: bytes) -> bytes:
    """Packs the parts anew without the time at which they were made, those of the workbooks within as well."""
    parts = {}
    with ZipFile(BytesIO(body)) as packed:
        for name in packed.namelist():
            part = packed.read(name)
            parts[name] = _without_time(part) if name.endswith(".xlsx") else part
    # The page's own moment is the issue's; that of a workbook is when the program ran.
    if WORKBOOK in parts:
        parts[PROPERTIES] = MADE.sub(NO_TIME, parts[PROPERTIES])
    return packed_parts(parts)
