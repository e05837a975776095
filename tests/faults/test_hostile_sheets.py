"""Small files that used to take minutes: what is read of them is what was read before, in seconds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import FileEvent
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from tests.faults.trial import Bench, try_content

TITLE = ["2023年第15期窗口动态"]
HEAD = ["序号", "日期", "类别", "报送单位", "内容", "是否采用"]
ROWS = [[at, "2023-04-12", "政务公开", "公安厅", f"内容{at}", "是"] for at in range(1, 31)]


@pytest.fixture
def bench(tmp_path: Path, calendar: ReportingCalendar) -> Bench:
    folder = tmp_path / "bench"
    folder.mkdir()
    return Bench(folder, calendar, load_contracts(Settings(home=folder / "home").contracts))


def workbook(path: Path, rows: list[list[object]], far_cell: str = "", sheets: int = 1) -> bytes:
    book = openpyxl.Workbook(write_only=False)
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if far_cell:
        sheet[far_cell] = "x"
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(path)
    return path.read_bytes()


def outcome(bench: Bench, name: str, content: bytes) -> FileEvent:
    event, broken = try_content(bench, name, content)
    assert broken == []
    return event


@pytest.mark.slow
@pytest.mark.parametrize("far_cell", ["", "XFD1", "XFD20", "XFD600", "FXX2100"])
def test_one_cell_in_a_far_column_changes_no_row_and_costs_little(bench: Bench, tmp_path: Path, far_cell: str) -> None:
    event = outcome(bench, "a.xlsx", workbook(tmp_path / "a.xlsx", [TITLE, HEAD, *ROWS], far_cell))
    assert (event.outcome, event.rows) == ("loaded", 30)


@pytest.mark.slow
@pytest.mark.parametrize("title", [[], TITLE], ids=["repeated", "titled"])
def test_three_thousand_headers_are_read_in_one_go(bench: Bench, tmp_path: Path, title: list[str]) -> None:
    body: list[list[object]] = []
    for at in range(3_000):
        body += [[*title], HEAD, [at, *ROWS[0][1:]]] if title else [HEAD, [at, *ROWS[0][1:]]]
    event = outcome(bench, "a.xlsx", workbook(tmp_path / "a.xlsx", [TITLE, *body]))
    assert (event.outcome, event.rows) == ("loaded", 3_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tail", "code"),
    [("x" * (100 << 20), "quote_not_closed"), ("," * (100 << 20), "quote_not_closed"), ("," * 1_000_000, "")],
    ids=["line", "commas", "columns"],
)
def test_a_line_of_100_mb_is_refused_and_blank_columns_are_none(bench: Bench, tail: str, code: str) -> None:
    lines = [*TITLE, ",".join(HEAD), *(",".join(map(str, row)) for row in ROWS), tail]
    event = outcome(bench, "a.csv", "\n".join(lines).encode())
    assert event.code == code
    assert event.rows == (0 if code else 30)


def test_a_header_that_stands_beyond_what_is_searched_still_says_which_columns_are_unknown(
    bench: Bench, tmp_path: Path
) -> None:
    event = outcome(bench, "a.xlsx", workbook(tmp_path / "a.xlsx", [TITLE, HEAD, *ROWS], "KKK2"))
    assert (event.code, "“x”" in event.message) == ("columns_differ", True)


def test_a_workbook_of_a_thousand_sheets_is_refused(bench: Bench, tmp_path: Path) -> None:
    event = outcome(bench, "a.xlsx", workbook(tmp_path / "a.xlsx", [TITLE, HEAD, *ROWS], sheets=1_001))
    assert event.code == "too_many_sheets"
