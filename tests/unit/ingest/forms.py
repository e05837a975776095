"""Small forms as CSV and as workbook, and what becomes of them: for tests of how forms are laid out."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import openpyxl

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings

CONTRACTS = load_contracts(PROJECT_ROOT / "pipeline" / "contracts")
CALENDAR = load_calendar()
TITLE = ["综窗办件周报（2023年第15期）"]
LABELS = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]
Table = Sequence[Sequence[object]]


def as_csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode("gb18030")


def as_workbook(table: Table | None = None, /, **sheets: Table) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items() if table is None else [("csv", table)]:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([cell or None for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_outcome(table: Table | None = None, /, **sheets: Table) -> dict[str, list[tuple[object, ...]]]:
    """What becomes of a workbook of 综窗办件周报."""
    return outcome("a.xlsx", as_workbook(table, **sheets))


def outcome(name: str, content: bytes) -> dict[str, list[tuple[object, ...]]]:
    """What becomes of one file of 综窗办件周报: events, rows, bad cells, account and control totals."""
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        home = Settings(home=Path(folder), settle_seconds=0)
        home.inbox.mkdir()
        (home.inbox / name).write_bytes(content)
        os.utime(home.inbox / name, (1, 1))
        events = load_inbox(make_loader(con, home, CALENDAR, CONTRACTS)).events
        queries = {
            "rows": "SELECT row_no, report_date, window_name, consulted, accepted, issued, transferred "
            "FROM raw.window_weekly ORDER BY row_no",
            "bad": "SELECT row_no, column_name, reason, value FROM quarantine.cell ORDER BY ALL",
            "account": "SELECT disposition, reason, sum(row_count)::INT FROM ledger.row_account GROUP BY ALL "
            "ORDER BY ALL",
            "totals": "SELECT row_no, label, column_name, printed_value, computed_value FROM ledger.control_total "
            "ORDER BY ALL",
        }
        found = {what: con.execute(query).fetchall() for what, query in queries.items()}
    return {"event": [(event.outcome, event.message.replace(name, "FILE")) for event in events], **found}
