"""The first sheet of a workbook that goes back: what it is, and a list of its problems with links to their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from pipeline.contracts import Contract
from pipeline.present.sender.copied_sheet import LISTED
from pipeline.present.sender.problems import ReturnedDelivery
from pipeline.present.shared.workbook_style import add_sheet, write_cell
from pipeline.privacy.masking import mask_line

if TYPE_CHECKING:
    from openpyxl import Workbook

COVER: Final = "退回说明"
_HEADER: Final = ["工作表", "行", "列", "原值（已遮盖）", "问题与处理办法"]
# Three lines of introduction, the header of the list, then the list.
_INTRO_ROWS: Final = 3
_HEADER_ROW: Final = _INTRO_ROWS + 1
_FIRST_ROW: Final = _HEADER_ROW + 1


def add_cover(book: Workbook, delivery: ReturnedDelivery, contract: Contract, titles: Mapping[str, str]) -> None:
    """Adds the cover as first sheet; `titles` has the title in the copy of each sheet of the original."""
    from openpyxl.styles import Alignment, Font

    listed = delivery.problems[:LISTED]
    labels = {field.name: field.title for field in contract.fields}
    rows = [
        (
            problem.sheet,
            problem.row_no,
            labels.get(problem.column_name, problem.column_name),
            problem.value,
            problem.message,
        )
        for problem in listed
    ]
    has_hidden = any(sheet.sheet_format.zeroHeight for sheet in book.worksheets)
    cover = add_sheet(book, COVER, _HEADER, rows)
    cover.insert_rows(1, _INTRO_ROWS)
    for row_no, line in enumerate(_introduction(delivery, contract, has_hidden=has_hidden), start=1):
        write_cell(cover, row_no, 1, line)
        cover.cell(row_no, 1).alignment = Alignment(vertical="center")
    cover["A1"].font = Font(bold=True, size=16)
    for row_no, problem in enumerate(listed, start=_FIRST_ROW):
        title = titles.get(problem.sheet)
        if title is not None:
            # In a reference an apostrophe within a sheet's name is doubled: 'it''s'!A7
            quoted = title.replace("'", "''")
            cover.cell(row_no, 2).hyperlink = f"#'{quoted}'!A{problem.row_no}"
    cover.freeze_panes = f"A{_FIRST_ROW}"
    cover.auto_filter.ref = f"A{_HEADER_ROW}:E{_HEADER_ROW + len(rows)}"
    cover.print_title_rows = f"1:{_HEADER_ROW}"
    book.move_sheet(cover, -len(book.worksheets) + 1)
    book.active = 0


def _introduction(delivery: ReturnedDelivery, contract: Contract, *, has_hidden: bool) -> list[str]:
    listed = f"，这里列出前 {LISTED:,} 处" if delivery.count > LISTED else ""
    left_out = "表较大，只留下了有问题的行，行号不变。" if has_hidden else ""
    return [
        f"{contract.title}（{delivery.week_id} 期）退回说明",
        f"来源文件：{mask_line(delivery.file_name)}。"
        f"下列 {delivery.count:,} 处读不进或对不上{listed}，已在各表中标红并加批注。{left_out}",
        "请在平台或原表中更正后重新导出报送；本副本中的个人信息和不读的列已删除，请勿直接用它报送。",
    ]
