"""The first sheet of the steward's workbook: what it is, how to fill it in, how much there is and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from pipeline.present.shared.workbook_style import style_print, write_cell
from pipeline.present.steward.decision_words import DECISION_WORDS
from pipeline.present.steward.desk_rows import DeskRow
from pipeline.present.steward.layout import LINE_POINTS, TITLE, font, issue_words, write_header, write_line
from pipeline.quality.codes import KIND_LABELS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

WIDTHS: Final = {"A": 22, "B": 34, "C": 14, "D": 12, "E": 12, "F": 52}
LAST_COLUMN: Final = len(WIDTHS)
# Characters of the last column that every program shows without a second line.
ONE_LINE: Final = 45
_IS_CRITICAL: Final = attrgetter("is_critical")
_IS_OPEN: Final = attrgetter("is_open")
STEPS: Final = (
    "1. 从下表的工作表名进入，每行一个问题；“依据”写明数字，“位置”写明文件、工作表和行。",
    "2. 只填黄色格。先在“处理意见”里选一项，再写理由和处理人；其他格有保护，不必改。",
    "3. 几行同样处理的，第一行填好，其余各行的“处理意见”选“同上”。可以只填一部分，没填的行维持原状，下次再填。",
    "4. 填好存盘，把文件放回收件夹（或运行 zhoubao review import 文件）。没登记上的行，“上次答复”写明怎样补正。",
    "5. 想对报送单位或下一位处理人说的话写在“留言”：不是处理意见，留在以后各份处理单的“往来留言”里，也写进退回副本。",
    "6. 严重问题都有了处理意见，又没有退回和暂缓的，这一期就可以发布；到期的、有变化的会重新列出。个人信息只能删去。",
)


def add_overview(book: Workbook, week_id: str, checks: str, by_category: Mapping[str, Sequence[DeskRow]]) -> None:
    """Adds the first sheet; `checks` says in a sentence what the checks of the week found."""
    from openpyxl.styles import Alignment

    sheet = book.create_sheet("填写说明")
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    write_cell(sheet, 1, 1, f"{TITLE}（{issue_words(week_id)}）")
    sheet["A1"].font = font(bold=True, size=18)
    lines = [checks, *STEPS]
    for number, line in enumerate(lines, start=2):
        write_cell(sheet, number, 1, line)
        sheet.cell(number, 1).font = font()
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=LAST_COLUMN)
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[number].height = 20
    top = len(lines) + 3
    bottom = _add_counts(sheet, top, by_category)
    _add_decisions(sheet, bottom + 2)
    style_print(sheet)
    sheet.protection.sheet = True


def _add_counts(sheet: Worksheet, top: int, by_category: Mapping[str, Sequence[DeskRow]]) -> int:
    """The table of counts, a line for each category and owner; returns its last row."""
    write_header(sheet, top, ("工作表", "责任单位", "问题数", "其中严重", "还没处理"))
    number = top
    everything: list[DeskRow] = []
    for category, rows in by_category.items():
        everything += rows
        # The category stands in its first line only, and leads to its sheet.
        name: str | None = category
        for owner, owned in _by_owner(rows):
            number += 1
            write_line(sheet, number, (name, owner, *_tally(owned)))
            if name is not None:
                sheet.cell(number, 1).hyperlink = f"#'{category}'!A1"
            name = None
    write_line(sheet, number + 1, ("合计", None, *_tally(everything)), is_bold=True)
    return number + 1


def _by_owner(rows: Sequence[DeskRow]) -> list[tuple[str, list[DeskRow]]]:
    owned: dict[str, list[DeskRow]] = {}
    for row in rows:
        owned.setdefault(row.owner, []).append(row)
    return sorted(owned.items(), key=lambda entry: entry[0])


def _tally(rows: Sequence[DeskRow]) -> tuple[int, int, int]:
    """How many findings there are, how many of them are critical, how many wait for somebody."""
    critical = list(filter(_IS_CRITICAL, rows))
    waiting = list(filter(_IS_OPEN, rows))
    return len(rows), len(critical), len(waiting)


def _add_decisions(sheet: Worksheet, top: int) -> None:
    """The table of what can be decided, when, and what has to be filled in then."""
    write_header(sheet, top, ("处理意见", "什么时候用", "作用；要填什么"))
    sheet.merge_cells(start_row=top, start_column=3, end_row=top, end_column=LAST_COLUMN)
    for number, (kind, words) in enumerate(DECISION_WORDS.items(), start=top + 1):
        effect_and_inputs = f"{words.effect}。{words.inputs}"
        write_line(sheet, number, (KIND_LABELS[kind], words.use, effect_and_inputs))
        lines = -(-len(effect_and_inputs) // ONE_LINE)
        sheet.merge_cells(start_row=number, start_column=3, end_row=number, end_column=LAST_COLUMN)
        sheet.row_dimensions[number].height = lines * LINE_POINTS + 6
