"""The steward's workbook, first form: a week's findings with their evidence, to be read in Excel or WPS.

Decisions are not taken here yet; nothing is read back from it. Values stay text as they were found: a cell that looks
like a formula is stored as text with Excel's own quote mark, so that it is shown and never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.excel import add_sheet, write_cell
from pipeline.present.findings import check_counts, week_findings
from pipeline.present.rows import Row
from pipeline.release.files import replaced

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from pipeline.settings import Settings

WORKBOOK: Final = "findings.xlsx"
QUARANTINE_ROWS: Final = 20_000
# What a finding is about, by the floor and table it was found on; the first prefix that fits names the sheet.
CATEGORIES: Final = (
    ("charts.window", "综窗办件"),
    ("charts.item", "事项受理办结"),
    ("charts.authorization", "进驻及授权"),
    ("charts.", "图表数字"),
    ("marts.case", "办件收支"),
    ("marts.item_volume", "报表与办件核对"),
    ("marts.volume", "数量异常"),
    ("marts.", "指标"),
    ("core.case", "办件"),
    ("core.", "基础数据"),
    ("staging.", "来源数据"),
    ("ledger.", "文件与合计"),
)
OTHER_CATEGORY: Final = "其他"
FINDING_COLUMNS: Final = (
    ("级别", "severity"),
    ("问题", "title"),
    ("依据", "evidence"),
    ("说明", "explanation"),
    ("处理建议", "action"),
    ("责任单位", "owner"),
    ("状态", "status"),
    ("首次出现", "first_seen"),
    ("涉及的键", "keys"),
    ("数据表", "table_name"),
    ("检查", "check_name"),
    ("问题编号", "finding_id"),
)
# The loader's own words for why a row or a cell went where it did; a word that is not here stays as it is.
REASONS: Final = {
    "loaded": "",
    "title": "标题",
    "header": "表头",
    "numbering": "序号行",
    "total": "小计或合计",
    "note": "说明",
    "blank": "空行",
    "duplicate_row": "重复行",
    "conflicting_duplicate": "同键而内容不同",
    "unknown_code": "代码不在表内",
    "personal_data_masked": "文字里的个人信息已遮盖",
    "not_a_datetime": "不是时间",
    "not_a_date": "不是日期",
    "not_a_number": "不是数",
    "identifier_lost": "编号已失真",
    "text_lost": "文字已损坏",
    "missing_required": "必填而空",
}
REASON_HEADER: Final = "原因"
QUARANTINE: Final = """
    SELECT d.file_name AS "文件", q.sheet AS "工作表", q.row_no AS "行", q.column_name AS "列", q.reason AS "原因",
        q.value AS "原值（已遮盖）", q.message AS "说明",
        CASE q.row_disposition WHEN 'quarantined' THEN '整行隔离' WHEN 'loaded' THEN '其余各列载入'
            ELSE q.row_disposition END AS "该行处理"
    FROM quarantine.cell AS q JOIN ledger.delivery AS d USING (delivery_id)
    WHERE d.week_id = ? AND d.status = 'current'
    ORDER BY d.file_name, q.sheet, q.row_no, q.column_name
"""
DELIVERIES: Final = """
    SELECT d.source AS "来源", d.file_name AS "文件", d.as_of AS "导出时间",
        CASE d.status WHEN 'current' THEN '采用' WHEN 'superseded' THEN '已被替代' WHEN 'duplicate' THEN '重复'
            WHEN 'refused' THEN '未接受' ELSE d.status END AS "状态",
        d.rows_physical AS "物理行", a.sheet AS "工作表",
        CASE a.disposition WHEN 'loaded' THEN '载入' WHEN 'quarantined' THEN '隔离' WHEN 'set_aside' THEN '搁置'
            ELSE a.disposition END AS "去向",
        a.reason AS "原因", a.row_count AS "行数"
    FROM ledger.delivery AS d LEFT JOIN ledger.row_account AS a USING (delivery_id)
    WHERE d.week_id = ?
    ORDER BY d.source, d.as_of, d.delivery_id, a.sheet, a.disposition, a.reason
"""


def write_review(con: DuckDBPyConnection, settings: Settings, week_id: str) -> Path:
    """Write `review/<week_id>/findings.xlsx` and return its path; it takes the place of an older one in one step.

    In: `quality.finding` and `finding_week` (finding_id, week_id), `quality.check_result` (week_id, table_name,
    check_name), `quarantine.cell` (delivery_id, sheet, row_no, column_name, reason; values masked already),
    `ledger.delivery` and `ledger.row_account`. Out: 概览, one sheet for each kind of finding, 隔离单元格, 交付与行账.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    findings = week_findings(con, week_id)
    by_category: dict[str, list[Row]] = {}
    for finding in findings:
        by_category.setdefault(category_of(finding), []).append(finding)
    _overview(book, con, week_id, by_category)
    for category, rows in by_category.items():
        cells = [[row[column] for _, column in FINDING_COLUMNS] for row in rows]
        add_sheet(book, category, [title for title, _ in FINDING_COLUMNS], cells)
    _query_sheet(book, con, "隔离单元格", QUARANTINE + f" LIMIT {QUARANTINE_ROWS}", week_id)
    _query_sheet(book, con, "交付与行账", DELIVERIES, week_id)
    path = settings.review / week_id / WORKBOOK
    with replaced(path) as temporary:
        book.save(temporary)
    return path


def write_reviews(con: DuckDBPyConnection, settings: Settings, week_ids: Sequence[str]) -> list[Path]:
    """The workbooks of those weeks that have a finding, and of the last week in any case; in the order of the weeks."""
    if not week_ids:
        return []
    found = con.execute("SELECT DISTINCT week_id FROM quality.finding_week").fetchall()
    wanted = {week_id for (week_id,) in found} | {week_ids[-1]}
    return [write_review(con, settings, week_id) for week_id in week_ids if week_id in wanted]


def category_of(finding: Row) -> str:
    """The kind of a finding, which is the name of its sheet."""
    table = str(finding["table_name"] or "")
    return next((category for prefix, category in CATEGORIES if table.startswith(prefix)), OTHER_CATEGORY)


def _overview(book: Workbook, con: DuckDBPyConnection, week_id: str, by_category: dict[str, list[Row]]) -> None:
    rows: list[Sequence[Any]] = [
        (category, owner, len(mine), sum(row["is_critical"] for row in mine))
        for category, found in by_category.items()
        for owner, mine in _by_owner(found).items()
    ]
    rows.append(("合计", None, sum(row[2] for row in rows), sum(row[3] for row in rows)))
    sheet = add_sheet(book, "概览", ["问题类别（工作表）", "责任单位", "问题数", "其中严重"], rows)
    sheet.insert_rows(1, 3)
    write_cell(sheet, 1, 1, f"数据质量问题清单（{week_id} 期）")
    write_cell(sheet, 2, 1, _checks_words(con, week_id))
    _style_title(sheet)
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:D{4 + len(rows) - 1}"
    sheet.print_title_rows = "1:4"


def _by_owner(rows: list[Row]) -> dict[str | None, list[Row]]:
    owners: dict[str | None, list[Row]] = {}
    for row in rows:
        owners.setdefault(row["owner"], []).append(row)
    return owners


def _checks_words(con: DuckDBPyConnection, week_id: str) -> str:
    counts = check_counts(con, week_id)
    if not counts:
        return "本期尚未检查。"
    passed, failed = counts.get("passed", 0), counts.get("failed", 0)
    counted = f"本期检查 {passed + failed} 项：通过 {passed} 项，未通过 {failed} 项。"
    return counted + "严重问题处理前不能发布；提醒随数字一并公布。"


def _query_sheet(book: Workbook, con: DuckDBPyConnection, title: str, query: str, week_id: str) -> None:
    cursor = con.execute(query, [week_id])
    header = [column[0] for column in cursor.description]
    reason = header.index(REASON_HEADER)
    rows = [(*row[:reason], REASONS.get(row[reason], row[reason]), *row[reason + 1 :]) for row in cursor.fetchall()]
    add_sheet(book, title, header, rows)


def _style_title(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font

    sheet["A1"].font = Font(bold=True, size=16)
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
        sheet.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 34
    for column, width in zip("ABCD", (26, 22, 12, 12), strict=True):
        sheet.column_dimensions[column].width = width
