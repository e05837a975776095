"""Rows that a sheet hides are loaded, and the delivery says so."""

from __future__ import annotations

import io

import openpyxl
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.load.sheet_tables.hidden_rows import hidden_rows_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.settings import PROJECT_ROOT
from tests.unit.ingest.forms import LABELS, TITLE, as_workbook, outcome

WEEKLY = load_contracts(PROJECT_ROOT / "pipeline" / "contracts")["window_weekly"]


def hidden(*rows: int, rows_above: int = 0) -> list[tuple[int, str | None]]:
    """Row and value of the remark on a sheet of two rows above its data, ten rows and a blank one."""
    data: list[list[str | None]] = [["2023-04-17", f"综合窗口{at}", "1", "1", "1", "1"] for at in range(10)]
    header = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]
    sheet = Sheet("综窗", [["综窗办件周报"], header, *data, []], rows_above=rows_above, hidden_rows=frozenset(rows))
    found = find_header(sheet.rows, WEEKLY)
    assert found is not None
    return [(problem.row_no, problem.value) for problem in hidden_rows_of(sheet, found)]


@pytest.mark.parametrize(
    ("rows", "remark"),
    [
        ((5,), (6, "第 6 行，共 1 行")), ((5, 6, 8), (6, "第 6—7、9 行，共 3 行")),
        ((2, 4, 6, 8, 10, 11), (3, "第 3、5、7、9、11—12 行，共 6 行")), ((0, 1, 2), (3, "第 3 行，共 1 行")),
    ],
)  # fmt: skip
def test_a_remark_names_the_hidden_rows_of_data(rows: tuple[int, ...], remark: tuple[int, str]) -> None:
    assert hidden(*rows) == [remark]


@pytest.mark.parametrize("rows", [(), (0, 1), (12,), (40,)])
def test_titles_headers_and_blank_rows_may_be_hidden(rows: tuple[int, ...]) -> None:
    assert hidden(*rows) == []


def test_a_piece_of_a_sheet_names_the_rows_of_the_file() -> None:
    assert hidden(5, 105, rows_above=100) == [(106, "第 106 行，共 1 行")]


def test_filtered_rows_are_loaded_with_a_remark() -> None:
    rows = [["2023-04-17", f"综合窗口{at}", 1, 2, 3, 4] for at in range(1, 5)]
    book = openpyxl.load_workbook(io.BytesIO(as_workbook([TITLE, LABELS, *rows])))
    book.worksheets[0].row_dimensions[4].hidden = True
    made = io.BytesIO()
    book.save(made)
    found = outcome("a.xlsx", made.getvalue())
    assert [row[2] for row in found["rows"]] == ["综合窗口1", "综合窗口2", "综合窗口3", "综合窗口4"]
    assert found["bad"] == [(4, "", "rows_hidden", "第 4 行，共 1 行")]
    assert ("loaded", "loaded", 4) in found["account"]
