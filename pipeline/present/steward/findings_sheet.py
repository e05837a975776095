"""A sheet of findings in the steward's workbook: what may be filled in, drop-downs, colours, print.

The content of a row is made in `pipeline.present.steward.desk_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.spreadsheet_text import text_width
from pipeline.present.shared.workbook_style import SHEET_CHARACTERS, style_print, write_cell
from pipeline.present.steward.decision_words import PERSONAL_PROMPT, effects_prompt
from pipeline.present.steward.desk_rows import DeskRow
from pipeline.present.steward.layout import (
    COLUMNS,
    HEADER_ROW,
    INPUTS,
    LINE_POINTS,
    NAMES,
    PRINTED,
    SHADES,
    TITLE,
    font,
    issue_words,
    write_header,
    write_line,
)
from pipeline.quality.codes import KIND_LABELS, PERSONAL
from pipeline.quality.desk.ditto import DITTO

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

HINT: Final = (
    "只填黄色格：先选处理意见，再写理由和处理人；“暂缓至”要写截至日期，“更正”要写行号（该行在文件里是第几行）、列和更正为的值。"
    "填好存盘，放回收件夹。每个词的作用，选中“处理意见”的格子就会显示，也见“填写说明”。"
)
ROW_MEANT: Final = (
    "选“更正”时填：要改的那一行在文件里是第几行，如 7。“位置”里有几张工作表的写 工作表!7，有几份文件的写 "
    "文件名!工作表!7。读不懂而被隔离的格子也能更正：不写行号，写法相同的一并更正；写法不同的，在“更正为”里逐行写，"
    "如 7=198；9=12。小计、合计行不能更正，请改明细行，或退回。"
)
# Excel's own limit for the list of a drop-down, and for the text of its prompt.
LIST_CHARACTERS: Final = 255
# Excel's own limit for the height of a row is 409 points.
TALLEST: Final = 400
# Fill and ink by severity and by state.
SEVERITY_INK: Final = {"critical": ("F8CBC4", "8F2417"), "warning": ("FCE8B8", "6B4E00")}
SETTLED_INK: Final = "6B7280"
STATUS_INK: Final = {
    "open": ("F8CBC4", "8F2417"),
    "expired": ("F8CBC4", "8F2417"),
    "explained": ("D9EAD3", "274E13"),
    "corrected": ("D9EAD3", "274E13"),
    "waived": ("D6E4F0", "1F4E79"),
    "noted": ("D6E4F0", "1F4E79"),
    "withheld": ("D6E4F0", "1F4E79"),
    "postponed": ("E4DCF0", "4A2C74"),
    "sent_back": ("E4DCF0", "4A2C74"),
    "fixed_at_source": ("E7E9ED", "444B55"),
}


def add_category(
    book: Workbook, week_id: str, category: str, rows: Sequence[DeskRow], columns: Sequence[Mapping[str, str]]
) -> None:
    """Adds the sheet of one category.

    `columns` are, row by row, the fields that a correction may name and their headers.
    """
    sheet = book.create_sheet(category[:SHEET_CHARACTERS])
    write_cell(sheet, 1, 1, f"{TITLE}（{issue_words(week_id)}）　{category}　共 {len(rows)} 个问题")
    sheet["A1"].font = font(bold=True, size=14)
    write_cell(sheet, 2, 1, HINT)
    sheet["A2"].font = font(color="444B55")
    write_header(sheet, HEADER_ROW, NAMES, INPUTS)
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE_POINTS + 4
    for number, (row, titles) in enumerate(zip(rows, columns, strict=True), start=HEADER_ROW + 1):
        write_line(sheet, number, _cells(row, titles))
        _colour(sheet, number, row)
        sheet.row_dimensions[number].height = _height(sheet, number)
    _add_drop_downs(sheet, rows, columns)
    _lay_out(sheet, len(rows))


def _cells(row: DeskRow, titles: Mapping[str, str]) -> tuple[str | None, ...]:
    """The values of a line in the order of COLUMNS; a row and a column to correct are proposed where they are clear."""
    row_meant = row.only_row if titles else None
    column_meant = titles.get(row.cell or "")
    return (
        row.severity_label, row.status_label, row.problem, row.evidence, row.where, row.action, row.owner,
        None, None, None, row_meant, column_meant, None, None, None, None,
        row.comments, row.last_answer, row.settled, row.weeks, row.finding_id, row.seal,
    )  # fmt: skip


def _colour(sheet: Worksheet, number: int, row: DeskRow) -> None:
    """Colours severity and state, and opens the cells to fill in."""
    from openpyxl.styles import PatternFill, Protection

    for position, shade in ((1, SEVERITY_INK.get(row.severity)), (2, STATUS_INK.get(row.status))):
        if shade:
            fill, ink = shade
            sheet.cell(number, position).fill = PatternFill("solid", fgColor=fill)
            sheet.cell(number, position).font = font(bold=True, color=ink)
    if not row.is_open:
        # What is settled stays readable and steps back: nobody takes it for work to do.
        for position in range(3, PRINTED + 1):
            sheet.cell(number, position).font = font(color=SETTLED_INK)
    for name in INPUTS:
        cell = sheet.cell(number, _position(name))
        cell.fill = PatternFill("solid", fgColor=SHADES["input"])
        cell.protection = Protection(locked=False)
        # "@" is Excel's format for text: 7 stays 7, and 2023-15 does not become a day.
        cell.number_format = "yyyy-mm-dd" if name == "截至日期" else "@"


def _add_drop_downs(sheet: Worksheet, rows: Sequence[DeskRow], columns: Sequence[Mapping[str, str]]) -> None:
    """Adds the lists and rules of the cells to fill in, each rule once with all its cells.

    Only a finding that is decided on, or that is about a correction, offers 撤回; personal data offers nothing.
    """
    labels = [label for kind, label in KIND_LABELS.items() if kind != "withdraw"]
    labels.append(DITTO)
    first = _decision_rule(labels)
    again = _decision_rule([*labels, KIND_LABELS["withdraw"]])
    closed = _closed_rule()
    until = _day_rule()
    row_meant = _row_rule()
    column_rules: dict[str, DataValidation] = {}
    for number, (row, titles) in enumerate(zip(rows, columns, strict=True), start=HEADER_ROW + 1):
        decision = again if row.can_withdraw else first
        if row.is_personal:
            decision = closed
        decision.add(_address(number, "处理意见"))
        until.add(_address(number, "截至日期"))
        row_meant.add(_address(number, "更正行号"))
        choices = _choices(titles)
        if choices:
            if choices not in column_rules:
                column_rules[choices] = _list_rule([choices])
            column_rules[choices].add(_address(number, "更正列"))
    for rule in (first, again, closed, until, row_meant, *column_rules.values()):
        if rule.sqref:
            sheet.add_data_validation(rule)


def _choices(titles: Mapping[str, str]) -> str:
    """The headers that a list can offer, with commas between; empty where a list cannot hold them.

    A comma parts the entries of a list and a quote ends it.
    """
    offered = [title for title in titles.values() if "," not in title]
    choices = ",".join(offered)
    if len(choices) > LIST_CHARACTERS:
        return ""
    if '"' in choices:
        return ""
    return choices


def _list_rule(choices: Sequence[str], error: str | None = None) -> DataValidation:
    """A drop-down; with an error, nothing but its entries is taken."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    if error:
        rule.showErrorMessage, rule.errorTitle, rule.error = True, TITLE, error
    return rule


def _decision_rule(labels: Sequence[str]) -> DataValidation:
    """The drop-down of decisions; beside it stands what each of its words does."""
    rule = _list_rule(labels, "请从列表中选")
    rule.showInputMessage, rule.promptTitle, rule.prompt = True, "每个词的作用", effects_prompt()
    return rule


def _closed_rule() -> DataValidation:
    """Takes nothing: no decision settles personal data."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("textLength", operator="equal", formula1="0", allow_blank=True)
    rule.showErrorMessage, rule.errorTitle, rule.error = True, TITLE, PERSONAL_PROMPT
    rule.showInputMessage, rule.promptTitle, rule.prompt = True, PERSONAL, PERSONAL_PROMPT
    return rule


def _day_rule() -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("date", operator="greaterThanOrEqual", formula1="TODAY()", allow_blank=True)
    rule.showErrorMessage, rule.errorTitle = True, TITLE
    rule.error = "请写今天或以后的日期，如 2023-05-31"
    return rule


def _row_rule() -> DataValidation:
    """Takes any text; its prompt says what to write."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LIST_CHARACTERS), allow_blank=True)
    rule.showInputMessage, rule.promptTitle, rule.prompt = True, "更正行号", ROW_MEANT
    return rule


def _height(sheet: Worksheet, number: int) -> float:
    """Points that the longest cell of a row needs: not every program finds that out by itself."""
    most_lines = 2
    for position, (_, width, _) in enumerate(COLUMNS, start=1):
        text = str(sheet.cell(number, position).value or "")
        characters = max(width - 2, 1)
        lines = -(-text_width(text) // characters)
        most_lines = max(most_lines, lines)
    return min(most_lines * LINE_POINTS + 4, TALLEST)


def _position(name: str) -> int:
    """The column of a header, from 1."""
    return NAMES.index(name) + 1


def _address(number: int, name: str) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(_position(name))}{number}"


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
