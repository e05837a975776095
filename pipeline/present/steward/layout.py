"""How the steward's workbook looks: what may be filled in, drop-downs, colours, print; its content is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.spreadsheet_text import text_width
from pipeline.present.shared.workbook_style import SHEET_CHARACTERS, style_print, write_cell
from pipeline.present.steward.desk_rows import DeskRow
from pipeline.quality.findings.wording import KIND_LABELS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

TITLE: Final = "数据质量处理单"
# Header, width, whether a steward fills it in. The contract review_decisions reads these headers.
COLUMNS: Final = (
    ("级别", 6, False),
    ("状态", 7, False),
    ("问题", 15, False),
    ("依据", 30, False),
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
    ("已登记的处理", 18, False),
    ("出现期次", 12, False),
    ("问题编号", 18, False),
    ("校验码", 19, False),
)
NAMES: Final = tuple(name for name, _, _ in COLUMNS)
HEADER_ROW: Final = 3
PRINTED: Final = NAMES.index("已登记的处理") + 1
HINT: Final = (
    "只填黄色格：先选处理意见，再写理由和处理人；“暂缓至”要写截至日期，“更正”要写行号（该行在文件里是第几行）、列和更正为的值。"
    "填好存盘，放回收件夹。"
)
ROW_MEANT: Final = (
    "选“更正”时填：要改的那一行在文件里是第几行，如 7。“位置”里有几张工作表的写 工作表!7，有几份文件的写 "
    "文件名!工作表!7。小计、合计行不能更正，请改明细行，或退回。"
)
LIST_CHARACTERS: Final = 255
# Characters of the last column of the overview that every program shows without a second line.
ONE_LINE: Final = 45
FONT: Final = "微软雅黑"
LINE_POINTS: Final = 15
TALLEST: Final = 400
SHADES: Final = {"header": "1F4E79", "input_header": "8A6D00", "input": "FFF2CC", "line": "C9CED6"}
# Fill and ink by severity and by state.
SEVERITY_INK: Final = {"critical": ("F8CBC4", "8F2417"), "warning": ("FCE8B8", "6B4E00")}
STATUS_INK: Final = {
    "open": ("F8CBC4", "8F2417"),
    "expired": ("F8CBC4", "8F2417"),
    "explained": ("D9EAD3", "274E13"),
    "corrected": ("D9EAD3", "274E13"),
    "waived": ("D6E4F0", "1F4E79"),
    "sent_back": ("E4DCF0", "4A2C74"),
    "fixed_at_source": ("E7E9ED", "444B55"),
}
STEPS: Final = (
    "1. 从下表的工作表名进入，每行一个问题；“依据”写明数字，“位置”写明文件、工作表和行。",
    "2. 只填黄色格。先在“处理意见”里选一项，再写理由和处理人；其他格有保护，不必改。",
    "3. 可以只填一部分，没填的行维持原状，下次再填。",
    "4. 填好存盘，把文件放回收件夹（或运行 zhoubao review import 文件）。下次运行时逐行登记，并写出“处理结果”答复。",
    "5. 严重问题全部有了处理意见，这一期就可以发布；到期的、有变化的会重新列出。",
)
DECISIONS: Final = (
    (
        "接受并说明",
        "数字没有错，或可以接受",
        "理由、处理人；写了截至日期的，到期重新列出；不写的，只认现有的期和数",
    ),
    (
        "更正",
        "来源有一格写错，已经查清正确的值",
        "行号（该行在文件里是第几行，如 7；“位置”有几份文件的写 文件名!工作表!7）、列、更正为、理由、处理人；"
        "来源一有变化就提示",
    ),
    ("退回", "要由报送单位改了重报", "理由、处理人；标好问题的副本在本期文件夹的“退回”中"),
    ("暂缓至", "现在查不清，先放行", "理由、截至日期（一年之内）、处理人；到期重新列出"),
    ("撤回", "收回此前登记的处理意见", "理由、处理人"),
)


def add_overview(book: Workbook, week_id: str, checks: str, by_category: Mapping[str, Sequence[DeskRow]]) -> None:
    """The first sheet: what this is, how to fill it in, and how much there is by category and owner."""
    from openpyxl.styles import Alignment

    sheet = book.create_sheet("填写说明")
    for letter, width in zip("ABCDEF", (22, 34, 14, 12, 12, 52), strict=True):
        sheet.column_dimensions[letter].width = width
    write_cell(sheet, 1, 1, f"{TITLE}（{_issue(week_id)}）")
    sheet["A1"].font = _font(bold=True, size=18)
    lines = [checks, *STEPS]
    for number, line in enumerate(lines, start=2):
        write_cell(sheet, number, 1, line)
        sheet.cell(number, 1).font = _font()
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=6)
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[number].height = 20
    top = len(lines) + 3
    bottom = _counts(sheet, top, by_category)
    _kinds(sheet, bottom + 2)
    style_print(sheet)
    sheet.protection.sheet = True


def _counts(sheet: Worksheet, top: int, by_category: Mapping[str, Sequence[DeskRow]]) -> int:
    """The table of counts; returns its last row."""
    _header(sheet, top, ("工作表", "责任单位", "问题数", "其中严重", "还没处理"))
    number = top
    for category, rows in by_category.items():
        for place, owner in enumerate(sorted({row.owner for row in rows})):
            number += 1
            shown = category if place == 0 else None
            _line(sheet, number, (shown, owner, *_tally([row for row in rows if row.owner == owner])))
            if shown:
                sheet.cell(number, 1).hyperlink = f"#'{category}'!A1"
    everything = [row for rows in by_category.values() for row in rows]
    _line(sheet, number + 1, ("合计", None, *_tally(everything)), is_bold=True)
    return number + 1


def _tally(rows: Sequence[DeskRow]) -> tuple[int, int, int]:
    return len(rows), sum(row.is_critical for row in rows), sum(row.is_open for row in rows)


def _kinds(sheet: Worksheet, top: int) -> None:
    _header(sheet, top, ("处理意见", "什么时候用", "要填什么"))
    for number, (label, when, what) in enumerate(DECISIONS, start=top + 1):
        _line(sheet, number, (label, when, what))
        sheet.merge_cells(start_row=number, start_column=3, end_row=number, end_column=6)
        sheet.row_dimensions[number].height = (2 if len(what) > ONE_LINE else 1) * LINE_POINTS + 6
    sheet.merge_cells(start_row=top, start_column=3, end_row=top, end_column=6)


def add_category(
    book: Workbook, week_id: str, category: str, rows: Sequence[DeskRow], columns: Sequence[Mapping[str, str]]
) -> None:
    """One sheet of findings; `columns` are, row by row, the fields that a correction may name and their headers."""
    sheet = book.create_sheet(category[:SHEET_CHARACTERS])
    write_cell(sheet, 1, 1, f"{TITLE}（{_issue(week_id)}）　{category}　共 {len(rows)} 个问题")
    sheet["A1"].font = _font(bold=True, size=14)
    write_cell(sheet, 2, 1, HINT)
    sheet["A2"].font = _font(color="444B55")
    _header(sheet, HEADER_ROW, NAMES)
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        _line(sheet, number, _cells(row, columns[number - HEADER_ROW - 1]))
        _colour(sheet, number, row)
        sheet.row_dimensions[number].height = _height(sheet, number)
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE_POINTS + 4
    _drop_downs(sheet, rows, columns)
    _lay_out(sheet, len(rows))


def _cells(row: DeskRow, columns: Mapping[str, str]) -> tuple[str | None, ...]:
    return (
        row.severity_label, row.status_label, row.problem, row.evidence, row.where, row.action, row.owner,
        None, None, None, row.only_row if columns else None, columns.get(row.cell or ""), None, None,
        row.settled, row.weeks, row.finding_id, row.seal,
    )  # fmt: skip


def _header(sheet: Worksheet, number: int, names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, PatternFill

    inputs = {name for name, _, is_input in COLUMNS if is_input} if len(names) == len(NAMES) else set()
    for position, name in enumerate(names, start=1):
        write_cell(sheet, number, position, name)
        cell = sheet.cell(number, position)
        cell.font = _font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=SHADES["input_header" if name in inputs else "header"])
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def _line(sheet: Worksheet, number: int, values: Sequence[str | int | None], is_bold: bool = False) -> None:
    from openpyxl.styles import Alignment, Border, Side

    edge = Side(style="thin", color=SHADES["line"])
    for position, value in enumerate(values, start=1):
        write_cell(sheet, number, position, value)
        cell = sheet.cell(number, position)
        across = "center" if isinstance(value, int) else None
        cell.alignment = Alignment(horizontal=across, vertical="top", wrap_text=True)
        cell.border = Border(left=edge, right=edge, bottom=edge)
        cell.font = _font(bold=is_bold)


def _colour(sheet: Worksheet, number: int, row: DeskRow) -> None:
    from openpyxl.styles import PatternFill, Protection

    for position, shade in ((1, SEVERITY_INK.get(row.severity)), (2, STATUS_INK.get(row.status))):
        if shade:
            sheet.cell(number, position).fill = PatternFill("solid", fgColor=shade[0])
            sheet.cell(number, position).font = _font(bold=True, color=shade[1])
    for position, (name, _, is_input) in enumerate(COLUMNS, start=1):
        cell = sheet.cell(number, position)
        if is_input:
            cell.fill = PatternFill("solid", fgColor=SHADES["input"])
            cell.protection = Protection(locked=False)
            cell.number_format = "yyyy-mm-dd" if name == "截至日期" else "@"


def _drop_downs(sheet: Worksheet, rows: Sequence[DeskRow], columns: Sequence[Mapping[str, str]]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    labels = [label for kind, label in KIND_LABELS.items() if kind != "withdraw"]
    first = DataValidation("list", formula1=f'"{",".join(labels)}"', allow_blank=True)
    again = DataValidation("list", formula1=f'"{",".join([*labels, KIND_LABELS["withdraw"]])}"', allow_blank=True)
    until = DataValidation("date", operator="greaterThanOrEqual", formula1="TODAY()", allow_blank=True)
    for rule, words in (
        (first, "请从列表中选"),
        (again, "请从列表中选"),
        (until, "请写今天或以后的日期，如 2023-05-31"),
    ):
        rule.showErrorMessage, rule.errorTitle, rule.error = True, TITLE, words
        sheet.add_data_validation(rule)
    row_meant = DataValidation(
        "textLength", operator="lessThanOrEqual", formula1=str(LIST_CHARACTERS), allow_blank=True
    )
    row_meant.showInputMessage, row_meant.promptTitle, row_meant.prompt = True, "更正行号", ROW_MEANT
    sheet.add_data_validation(row_meant)
    lists: dict[str, DataValidation] = {}
    for number, (row, titles) in enumerate(zip(rows, columns, strict=True), start=HEADER_ROW + 1):
        (again if row.can_withdraw else first).add(_address(number, "处理意见"))
        until.add(_address(number, "截至日期"))
        row_meant.add(_address(number, "更正行号"))
        choices = ",".join(title for title in titles.values() if "," not in title)
        if choices and len(choices) <= LIST_CHARACTERS and '"' not in choices:
            rule = lists.setdefault(choices, DataValidation("list", formula1=f'"{choices}"', allow_blank=True))
            rule.add(_address(number, "更正列"))
    for rule in lists.values():
        sheet.add_data_validation(rule)


def _font(*, bold: bool = False, size: int = 10, color: str | None = None) -> Font:
    from openpyxl.styles import Font

    return Font(name=FONT, bold=bold, size=size, color=color)


def _height(sheet: Worksheet, number: int) -> float:
    """Points that the longest cell of a row needs: not every program finds that out by itself."""
    texts = [(str(sheet.cell(number, at).value or ""), width) for at, (_, width, _) in enumerate(COLUMNS, start=1)]
    lines = max(-(-text_width(text) // max(width - 2, 1)) for text, width in texts)
    return min(max(lines, 2) * LINE_POINTS + 4, TALLEST)


def _address(number: int, name: str) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(NAMES.index(name) + 1)}{number}"


def _lay_out(sheet: Worksheet, rows: int) -> None:
    from openpyxl.utils import get_column_letter

    for position, (_, width, _) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    last = HEADER_ROW + rows
    sheet.freeze_panes = f"D{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    style_print(sheet)
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    sheet.print_area = f"A1:{get_column_letter(PRINTED)}{last}"
    protection = sheet.protection
    protection.sheet = True
    # In the file format "false" means that protection does not forbid it.
    protection.autoFilter = protection.sort = protection.formatColumns = protection.formatRows = False


def _issue(week_id: str) -> str:
    """2023年第15期, as the loader reads it back."""
    year, _, number = week_id.partition("-")
    return f"{year}年第{int(number)}期"
