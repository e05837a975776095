"""What the sheets of the steward's workbook have in common: columns, colours, fonts, header and line.

The first sheet is written in `pipeline.present.steward.overview_sheet`, the sheets of findings in
`pipeline.present.steward.findings_sheet`; safe cells and print layout are in `pipeline.present.shared.workbook_style`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pipeline.present.shared.workbook_style import write_cell
from pipeline.reporting_calendar.week_ids import read_week_id

if TYPE_CHECKING:
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

TITLE: Final = "数据质量处理单"
# Header, width, whether a steward fills it in. The contract review_decisions reads these headers.
COLUMNS: Final = (
    ("级别", 6, False),
    ("状态", 7, False),
    ("问题", 30, False),
    ("依据", 22, False),
    ("位置", 19, False),
    ("处理建议", 19, False),
    ("责任单位", 10, False),
    ("处理意见", 11, True),
    ("理由", 15, True),
    ("截至日期", 11, True),
    ("更正行号", 7, True),
    ("更正列", 8, True),
    ("更正为", 8, True),
    ("处理人", 8, True),
    ("复核人", 8, True),
    ("留言", 12, True),
    ("往来留言", 14, False),
    ("上次答复", 14, False),
    ("已登记的处理", 18, False),
    ("出现期次", 12, False),
    ("问题编号", 18, False),
    ("校验码", 19, False),
)
NAMES: Final = tuple(name for name, _, _ in COLUMNS)
HEADER_ROW: Final = 3
PRINTED: Final = NAMES.index("已登记的处理") + 1
FONT: Final = "微软雅黑"
# Points of one line of text at size 10.
LINE_POINTS: Final = 15
SHADES: Final = {"header": "1F4E79", "input_header": "8A6D00", "input": "FFF2CC", "line": "C9CED6"}
# Headers of the cells that a steward fills in.
INPUTS: Final = tuple(name for name, _, is_input in COLUMNS if is_input)


def write_header(sheet: Worksheet, number: int, names: Sequence[str], inputs: Sequence[str] = ()) -> None:
    """Writes a header line in row `number`; those of `inputs` have the colour of cells to fill in."""
    from openpyxl.styles import Alignment, PatternFill

    for position, name in enumerate(names, start=1):
        write_cell(sheet, number, position, name)
        shade = "input_header" if name in inputs else "header"
        cell = sheet.cell(number, position)
        cell.font = font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=SHADES[shade])
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def write_line(sheet: Worksheet, number: int, values: Sequence[str | int | None], is_bold: bool = False) -> None:
    """Writes a line of values in row `number`, with a frame; numbers stand in the middle."""
    from openpyxl.styles import Alignment, Border, Side

    edge = Side(style="thin", color=SHADES["line"])
    for position, value in enumerate(values, start=1):
        write_cell(sheet, number, position, value)
        across = "center" if isinstance(value, int) else None
        cell = sheet.cell(number, position)
        cell.alignment = Alignment(horizontal=across, vertical="top", wrap_text=True)
        cell.border = Border(left=edge, right=edge, bottom=edge)
        cell.font = font(bold=is_bold)


def font(*, bold: bool = False, size: int = 10, color: str | None = None) -> Font:
    """Returns the workbook's font; `color` is RRGGBB."""
    from openpyxl.styles import Font

    return Font(name=FONT, bold=bold, size=size, color=color)


def issue_words(week_id: str) -> str:
    """Returns 2023年第15期 for 2023-15, as the loader reads it back."""
    year, number = read_week_id(week_id)
    return f"{year}年第{number}期"
