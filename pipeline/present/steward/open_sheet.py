"""The sheet of what is still open in other weeks, and in which workbook it is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.workbook_style import add_sheet
from pipeline.quality.codes import SEVERITY_LABELS, STATUS_LABELS, WAITING_SQL
from pipeline.quality.findings.order import rank_of
from pipeline.reporting_calendar.week_ids import weeks_in_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from openpyxl import Workbook

SHEET: Final = "其他各期未处理"
# None of these is a header of the contract review_decisions: nobody can fill this sheet in by mistake.
HEADER: Final = ("期次", "轻重", "处理状态", "内容", "负责", "在哪份处理单中处理")
OPEN: Final = f"""
    SELECT f.first_seen, f.last_seen, f.severity, f.status, f.evidence, f.owner, f.figures, f.unexpected_count
    FROM quality.finding AS f
    WHERE f.status IN {WAITING_SQL}
        AND f.finding_id NOT IN (SELECT finding_id FROM quality.finding_week WHERE week_id = ?)
    ORDER BY f.last_seen DESC, f.finding_id
"""


def add_open_elsewhere(book: Workbook, con: DuckDBPyConnection, week_id: str) -> None:
    """Adds the sheet, worst first, then the latest; none where nothing is open elsewhere.

    In: quality.finding (finding_id) and finding_week (finding_id, week_id).
    """
    rows = sorted(fetch(con, OPEN, [week_id]), key=rank_of)
    if rows:
        add_sheet(book, SHEET, HEADER, [_line(row) for row in rows])


def _line(row: Row) -> tuple[str, ...]:
    weeks = weeks_in_words(row["first_seen"], row["last_seen"])
    severity = SEVERITY_LABELS.get(row["severity"], row["severity"])
    status = STATUS_LABELS.get(row["status"], row["status"])
    return weeks, severity, status, row["evidence"], row["owner"], f"review/{row['last_seen']}/findings.xlsx"
