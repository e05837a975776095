"""The steward's workbook: a week's findings with their evidence, to be settled in Excel or WPS and dropped back.

What a filled-in row does is decided in `pipeline.quality.desk.answers`; how a sheet looks is in
`pipeline.present.steward.overview_sheet` and `findings_sheet`. Values stay text as they were found: a cell that looks
like a formula is stored as text with Excel's own quote mark, shown and never run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import replaced
from pipeline.common.clock import file_moment
from pipeline.contracts import Contract, load_contracts
from pipeline.ingest.load.hall_key import hall_key
from pipeline.present.shared.findings import check_counts
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.workbook_style import add_sheet
from pipeline.present.steward.desk_rows import DeskRow, desk_rows
from pipeline.present.steward.findings_sheet import add_category
from pipeline.present.steward.open_sheet import add_open_elsewhere
from pipeline.present.steward.overview_sheet import add_overview
from pipeline.quality.checks.vocabulary import Vocabulary, vocabulary
from pipeline.quality.codes import CATEGORIES
from pipeline.quality.desk.cells import correctable_fields
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from openpyxl import Workbook

    from pipeline.settings import Settings

WORKBOOK: Final = "findings.xlsx"
WRITTEN: Final = ".findings.sha256"
QUARANTINE_ROWS: Final = 20_000
QUARANTINE_HEADER: Final = ("文件", "工作表", "行", "列", "原因", "原值（已遮盖）", "说明", "该行处理")
DELIVERIES_HEADER: Final = ("来源", "文件", "导出时间", "状态", "物理行", "工作表", "去向", "原因", "行数")
QUARANTINE: Final = """
    SELECT d.source, d.file_name AS "文件", q.sheet AS "工作表", q.row_no AS "行", q.column_name AS "列",
        q.reason AS "原因", q.value AS "原值（已遮盖）", q.message AS "说明",
        CASE q.row_disposition WHEN 'quarantined' THEN '整行隔离' WHEN 'loaded' THEN '其余各列载入'
            ELSE q.row_disposition END AS "该行处理"
    FROM quarantine.cell AS q JOIN ledger.delivery AS d USING (delivery_id)
    WHERE d.week_id = ? AND d.status = 'current'
    ORDER BY d.file_name, q.sheet, q.row_no, q.column_name
"""
DELIVERIES: Final = """
    SELECT d.source AS "来源", d.file_name AS "文件", d.as_of AS "导出时间",
        CASE d.status WHEN 'current' THEN '采用' WHEN 'superseded' THEN '已被替代' WHEN 'duplicate' THEN '重复'
            WHEN 'lost' THEN '原件已失' WHEN 'refused' THEN '未接受' WHEN 'applied' THEN '已登记'
            ELSE d.status END AS "状态",
        d.rows_physical AS "物理行", a.sheet AS "工作表",
        CASE a.disposition WHEN 'loaded' THEN '载入' WHEN 'quarantined' THEN '隔离' WHEN 'set_aside' THEN '搁置'
            ELSE a.disposition END AS "去向",
        a.reason AS "原因", a.row_count AS "行数"
    FROM ledger.delivery AS d LEFT JOIN ledger.row_account AS a USING (delivery_id)
    WHERE d.week_id = ?
    ORDER BY d.source, d.as_of, d.delivery_id, a.sheet, a.disposition, a.reason
"""


def write_review(con: DuckDBPyConnection, settings: Settings, week_id: str) -> Path:
    """Writes `review/<week_id>/findings.xlsx` and returns its path; it takes the place of an older one in one step.

    In: `quality.finding`, `finding_week` (finding_id, week_id) and `decision`, `quality.check_result`,
    `quarantine.cell` (values masked already), `ledger.delivery` and `ledger.row_account`. Out: 填写说明, one sheet for
    each category of finding, 其他各期未处理, 隔离单元格, 交付与行账. A workbook that somebody filled in where it lay is
    kept beside it.
    """
    from openpyxl import Workbook

    create_tables(con)
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "周报"
    by_category = _by_category(desk_rows(con, week_id, hall_key(con, settings.secret_path)))
    contracts = load_contracts(settings.contracts)
    sources = _sources(con, week_id)
    add_overview(book, week_id, _checks_words(con, week_id), by_category)
    for category, rows in by_category.items():
        add_category(book, week_id, category, rows, [_columns_of(row, sources, contracts) for row in rows])
    add_open_elsewhere(book, con, week_id)
    words = vocabulary(settings, contracts)
    quarantined = fetch(con, QUARANTINE + f" LIMIT {QUARANTINE_ROWS}", [week_id])
    for row in quarantined:
        row["列"] = words.field(row.pop("source"), row["列"])
    _add_rows(book, "隔离单元格", QUARANTINE_HEADER, quarantined, words)
    _add_rows(book, "交付与行账", DELIVERIES_HEADER, fetch(con, DELIVERIES, [week_id]), words)
    path = settings.review / week_id / WORKBOOK
    _keep_filled_in(path)
    with replaced(path) as temporary:
        book.save(temporary)
    path.with_name(WRITTEN).write_text(_digest(path), "ascii")
    return path


def write_reviews(con: DuckDBPyConnection, settings: Settings, week_ids: Sequence[str]) -> list[Path]:
    """Writes the workbooks of those weeks that have a finding, and of the last week in any case.

    Returns their paths in the order of the weeks.
    """
    if not week_ids:
        return []
    create_tables(con)
    rows = con.execute(
        "SELECT week_id FROM quality.finding_week UNION SELECT week_id FROM quality.correction"
    ).fetchall()
    with_findings = {week_id for (week_id,) in rows}
    last = week_ids[-1]
    return [write_review(con, settings, week_id) for week_id in week_ids if week_id == last or week_id in with_findings]


def last_week(con: DuckDBPyConnection) -> str:
    """Returns the latest week with a delivery that counts; an empty text where nothing was ever loaded."""
    query = "SELECT coalesce(max(week_id), '') FROM ledger.delivery WHERE status = 'current'"
    ((week_id,),) = con.execute(query).fetchall()
    return str(week_id)


def _by_category(rows: Sequence[DeskRow]) -> dict[str, list[DeskRow]]:
    """The rows by category, in the order of the sheets; a category that is no more comes last."""
    by_category: dict[str, list[DeskRow]] = {category: [] for category in CATEGORIES}
    for row in rows:
        by_category.setdefault(row.category, []).append(row)
    return {category: of_category for category, of_category in by_category.items() if of_category}


def _sources(con: DuckDBPyConnection, week_id: str) -> dict[str, str]:
    """delivery_id → source of the deliveries that count."""
    rows = con.execute(
        "SELECT delivery_id, source FROM ledger.delivery WHERE week_id = ? AND status = 'current'", [week_id]
    ).fetchall()
    return dict(rows)


def _columns_of(row: DeskRow, sources: Mapping[str, str], contracts: Mapping[str, Contract]) -> dict[str, str]:
    """The fields that a correction may name and their headers, where all places of a finding are of one source."""
    of_places = {sources.get(place.delivery_id or "", "") for place in row.places}
    if len(of_places) != 1:
        return {}
    (source,) = of_places
    contract = contracts.get(source)
    if contract is None:
        return {}
    return {field.name: field.title for field in correctable_fields(contract)}


def _checks_words(con: DuckDBPyConnection, week_id: str) -> str:
    counts = check_counts(con, week_id)
    if not counts:
        return "本期尚未检查。"
    passed, failed = counts.get("passed", 0), counts.get("failed", 0)
    counted = f"本期检查 {passed + failed} 项：通过 {passed} 项，未通过 {failed} 项。"
    return counted + "严重问题处理前不能发布；提醒随数字一并公布。"


def _add_rows(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Row], words: Vocabulary) -> None:
    """A sheet of rows, with what the loader calls a source or a reason in words."""
    code_columns = {"来源": "source", "原因": "reason"}
    lines = []
    for row in rows:
        lines.append([words.value(code_columns.get(name, name), row[name], row) for name in header])
    add_sheet(book, title, header, lines)


def _keep_filled_in(path: Path) -> None:
    """Set aside a workbook that is no longer as it was written: somebody filled it in and has not handed it in."""
    mark = path.with_name(WRITTEN)
    if not path.exists() or not mark.exists():
        return
    is_as_written = mark.read_text("ascii") == _digest(path)
    if is_as_written:
        return
    changed = file_moment(path.stat().st_mtime)
    path.rename(path.with_name(f"findings_填写稿_{changed:%Y%m%d-%H%M%S}.xlsx"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
