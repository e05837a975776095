"""The answer to a workbook that came back: a copy that says, row by row, what was recorded and what to mend.

What becomes of a row is decided in `pipeline.quality.desk.answers`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import replaced
from pipeline.present.shared.workbook_style import add_sheet, write_cell
from pipeline.quality.codes import OUTCOME_LABELS
from pipeline.quality.desk.workbook_rows import SOURCE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from openpyxl import Workbook

    from pipeline.quality.desk.intake import Taken
    from pipeline.settings import Settings

HEADER: Final = (
    "结果", "答复", "工作表", "行", "问题", "依据", "处理意见", "理由", "截至日期", "更正行号", "更正列", "更正为",
    "处理人", "复核人", "编号",
)  # fmt: skip
ROWS: Final = f"""
SELECT a.outcome, a.message, a.sheet, a.row_no, r.problem, r.evidence, r.decision, r.decision_reason,
    CAST(r.until AS VARCHAR), r.row_meant, r.column_meant, r.corrected_value, r.decided_by, r.approved_by,
    a.finding_id
FROM quality.review_answer AS a
LEFT JOIN raw.{SOURCE} AS r ON r.delivery_id = a.delivery_id AND r.sheet = a.sheet AND r.row_no = a.row_no
WHERE a.delivery_id = ? ORDER BY a.outcome = 'blank', a.outcome IN ('applied', 'repeated'), a.sheet, a.row_no
"""
SHADES: Final = {"applied": "D9EAD3", "repeated": "D6E4F0", "blank": "E7E9ED"}
NOT_RECORDED: Final = "F8CBC4"


def write_answers(con: DuckDBPyConnection, settings: Settings, taken: Taken) -> Path:
    """Writes `review/<week_id>/处理结果_<delivery>.xlsx`: first what must be mended, then what was recorded.

    Built anew from what was read, never from the file that came: nothing in it can run, no personal data is in it.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "周报"
    rows = con.execute(ROWS, [taken.workbook.delivery_id]).fetchall()
    _add_answers(book, taken, rows)
    path = settings.review / taken.workbook.week_id / f"处理结果_{taken.workbook.delivery_id[:8]}.xlsx"
    with replaced(path) as temporary:
        book.save(temporary)
    return path


def _add_answers(book: Workbook, taken: Taken, rows: list[tuple[Any, ...]]) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    cells = [(OUTCOME_LABELS.get(row[0], row[0]), *row[1:]) for row in rows]
    sheet = add_sheet(book, "处理结果", HEADER, cells)
    sheet.insert_rows(1, 2)
    write_cell(sheet, 1, 1, f"处理单答复（{taken.workbook.week_id} 期，{taken.workbook.file_name}）")
    write_cell(sheet, 2, 1, summary(taken))
    sheet["A1"].font = Font(bold=True, size=14)
    for number, row in enumerate(rows, start=4):
        sheet.cell(number, 1).fill = PatternFill("solid", fgColor=SHADES.get(row[0], NOT_RECORDED))
    sheet.column_dimensions["A"].width = 20
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(HEADER))}{3 + len(rows)}"
    sheet.print_title_rows = "1:3"


def summary(taken: Taken) -> str:
    """Says in a sentence how many rows were recorded, and how many were not and why."""
    if not taken.answers:
        return "没有读到任何一行。"
    counts = Counter(answer.outcome for answer in taken.answers)
    parts = []
    for outcome, label in OUTCOME_LABELS.items():
        if counts[outcome]:
            parts.append(f"{label} {counts[outcome]} 行")
    return "，".join(parts) + "。"
