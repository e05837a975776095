"""Workbooks as text cells: what their reader keeps silent about comes marked, however large the sheet."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets import workbook_readers
from pipeline.settings import PROJECT_ROOT
from tests.unit.ingest.demo_form import HEADER, Loaded, book, case, contract
from tests.unit.ingest.exports import converted, read_sheets

NHS = PROJECT_ROOT.parent / "shared/samples/uk-nhs-ae-2022-12/gh548_incorrect_sst_unique_count.xls"


def odd_book(path: Path) -> Path:
    return book(
        path,
        表=[[*HEADER], ["公安厅", "510000202304170012", None, "=1/0", None, None],
            ["司法厅", 510000202304170011, None, 2], ["水利厅", 123456789012345, None, "=A1+1", None, None]],
    )  # fmt: skip


def test_formulas_without_a_value_and_rounded_identifiers_are_never_silent(tmp_path: Path) -> None:
    found = Loaded(list(read_sheets(odd_book(tmp_path / "a.xlsx"))))
    assert [(row[2], row[3], row[4], row[5]) for row in found.problems] == [
        (2, "accepted", "formula_without_value", "=1/0"),
        (3, "item", "identifier_as_number", "510000202304170000"),
        (4, "accepted", "formula_without_value", "=A1+1"),
    ]
    assert found.physical == 4


def test_a_large_sheet_finds_the_same_odd_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = odd_book(tmp_path / "a.xlsx")
    small = Loaded(list(read_sheets(path)))
    monkeypatch.setattr(workbook_readers, "BULK_ROWS", 0)
    assert Loaded(list(read_sheets(path))).outcome == small.outcome


def merged_book(path: Path, *, is_usual: bool) -> Path:
    """A flat form in which one department is merged over two rows, and another forgotten."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    note = CellRichText("登记", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    for at, (department, accepted) in enumerate(
        [("公安厅", 30), ("公安厅", 57), ("司法厅", 9), (None, 20), (None, 144)]
    ):
        sheet.append([department, "登记" if is_usual or at else note, None, accepted])
    sheet.insert_rows(1)
    for column, label in enumerate(HEADER, 1):
        sheet.cell(1, column, label)
    sheet.merge_cells("A4:A5")
    made.save(path)
    return path


@pytest.mark.parametrize("is_usual", [True, False])
@pytest.mark.parametrize("bulk_rows", [0, 1000])
def test_a_blank_is_filled_where_the_workbook_says_that_it_is_merged_and_is_a_gap_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bulk_rows: int, *, is_usual: bool
) -> None:
    monkeypatch.setattr(workbook_readers, "BULK_ROWS", bulk_rows)
    found = Loaded(list(read_sheets(merged_book(tmp_path / "a.xlsx", is_usual=is_usual))))
    assert [(row[1], row[2]) for row in found.rows] == [(2, "公安厅"), (3, "公安厅"), (4, "司法厅"), (5, "司法厅")]
    assert [(row[2], row[4]) for row in found.excluded] == [(6, "missing_required")]


def formula_book(path: Path, cells: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ({"A1": 1, "B1": "=A1*2"}, [["1", "\ufdd1=A1*2"]]),
        ({"A1": 1, "A3": "=A1*2"}, [["1"], [], ["\ufdd1=A1*2"]]),
        ({"A1": "=2*3"}, [["\ufdd1=2*3"]]),
    ],
    ids=["the last column", "the last row", "the only cell"],
)
def test_a_formula_without_a_value_is_told_at_the_edge_of_what_the_reader_sees(
    cells: dict[str, object], rows: list[list[str | None]], tmp_path: Path
) -> None:
    (sheet,) = read_sheets(formula_book(tmp_path / "a.xlsx", cells))
    assert [list(row) for row in sheet.rows] == rows


@pytest.mark.parametrize(
    ("cells", "bulk_rows"),
    [({"A1": "=B1*2", "B1": 1}, 1000), ({"A1": 1, "A2": 2, "B1": "=A1*2"}, 1), ({"A1": 1, "A2": 1, "A3": "=A1"}, 1)],
    ids=["the first column", "the last column of a large sheet", "the last row of a large sheet"],
)
def test_a_formula_that_cannot_be_put_in_its_place_refuses_the_file_with_its_cell(
    cells: dict[str, object], bulk_rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_readers, "BULK_ROWS", bulk_rows)
    formula = next(place for place, value in cells.items() if str(value).startswith("="))
    with pytest.raises(RefusedFileError, match=f"的单元格 {formula} 是没有算过的公式"):
        read_sheets(formula_book(tmp_path / "a.xlsx", cells))


def share_book(path: Path) -> Path:
    rows = [["公安厅", None, None, 1, 0.985, None], ["司法厅", None, None, 2, 98.5, None],
            ["水利厅", None, None, 3, "98.5%", None], ["公安厅", None, None, 4, 0.985, None]]  # fmt: skip
    made = openpyxl.load_workbook(book(path, 表=[[*HEADER], *rows]))
    for place, code in (("E2", "0.0%"), ("E3", '0.0"%"'), ("E5", "0.00%;[Red]-0.00%")):
        made["表"][place].number_format = code
    made.save(path)
    return path


@pytest.mark.parametrize("rows_in_bulk", [workbook_readers.BULK_ROWS, 0])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_share_is_the_one_that_its_cell_shows(
    kind: str, rows_in_bulk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_readers, "BULK_ROWS", rows_in_bulk)
    path = share_book(tmp_path / "a.xlsx")
    found = Loaded(list(read_sheets(path if kind == "xlsx" else converted(path, kind, tmp_path))))
    assert [(row[5], float(row[6])) for row in found.rows] == [(1, 98.5), (2, 98.5), (3, 98.5), (4, 98.5)]
    assert found.rows[0][-1] == {"rate": "98.5%"}, "what the cell shows is kept as what was written"


def day_book(path: Path) -> Path:
    windows = [datetime(2023, 3, 1), "3-2", "2023-03-03 00:00:00", None, datetime(2023, 3, 5)]
    rows = [[None, one, "甲", datetime(2023, 4, 17), at, datetime(2023, 3, 1)] for at, one in enumerate(windows)]
    made = openpyxl.load_workbook(book(path, 表=[[None, "窗口", "事项", "日期", "受理", "说明"], *rows]))
    made["表"]["B2"].number_format = 'm"-"d'
    made["表"]["B6"].number_format = "h:mm"
    made.save(path)
    return path


@pytest.mark.parametrize("rows_in_bulk", [workbook_readers.BULK_ROWS, 0])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_window_that_a_spreadsheet_made_a_day_is_told(
    kind: str, rows_in_bulk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_readers, "BULK_ROWS", rows_in_bulk)
    fields = [
        {"name": "window_name", "title": "窗口", "fill_down": True}, {"name": "item", "title": "事项"},
        {"name": "day", "title": "日期", "type": "date"}, {"name": "accepted", "title": "受理", "type": "integer"},
        {"name": "remark", "title": "说明", "free_text": True},
    ]  # fmt: skip
    path = day_book(tmp_path / "a.xlsx")
    found = Loaded(
        list(read_sheets(path if kind == "xlsx" else converted(path, kind, tmp_path))), contract(fields=fields)
    )
    assert [(row[2], row[3], row[4]) for row in found.problems] == [
        (2, "window_name", "identifier_as_day"), (6, "window_name", "identifier_as_day"),
    ]  # fmt: skip
    assert [row[2] for row in found.rows] == ["3-2", "2023-03-03 00:00:00", None], "a lone gap is filled from nowhere"
    assert {str(row[6])[:10] for row in found.rows} == {"2023-03-01"}, "prose may name a day"


def test_an_identifier_that_the_file_writes_out_in_full_is_read_exactly(tmp_path: Path) -> None:
    path = odd_book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"5.1000020230417" in sheet, "the writer rounds, as spreadsheets do"
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"<v>5\.1000020230417\S*?</v>", b"<v>510000202304170011</v>", sheet)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert ("司法厅", "510000202304170011") in [row[2:4] for row in Loaded(list(read_sheets(path))).rows]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_sheet_names_the_rows_that_it_hides(kind: str, tmp_path: Path) -> None:
    made = openpyxl.load_workbook(
        book(tmp_path / "a.xlsx", 表=[[*HEADER], *[case("公安厅", at) for at in range(1, 6)]])
    )
    made["表"].row_dimensions[3].hidden = made["表"].row_dimensions[5].hidden = True
    made.save(tmp_path / "a.xlsx")
    path = tmp_path / "a.xlsx"
    (sheet,) = read_sheets(path if kind == "xlsx" else converted(path, kind, tmp_path))
    assert sheet.hidden_rows == {2, 4}


def test_thousands_of_formatted_empty_rows_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = openpyxl.load_workbook(book(path, 表=[[*HEADER], case("公安厅", 1)]))
    for row in range(3, 5000):
        made["表"].cell(row, 1).style = "Percent"
    made.save(path)
    assert Loaded(list(read_sheets(path))).physical == 2


@pytest.mark.skipif(not NHS.exists(), reason="the samples are not here")
def test_error_cells_of_an_xls_are_found() -> None:
    marked = [cell for sheet in read_sheets(NHS) for row in sheet.rows for cell in row if cell and cell[0] == "\ufdd0"]
    assert marked == ["\ufdd0#VALUE!"] * 56


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_errors_and_wide_numbers_are_found_in_files_of_another_program(kind: str, tmp_path: Path) -> None:
    row = [None, "公安厅", 510000202304170011, None, "=1/0"]
    made = book(tmp_path / "a.xlsx", 说明=[["略"]], 表=[[None, *HEADER], row])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / "out"), str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = list(read_sheets(tmp_path / "out" / f"a.{kind}"))[1].rows
    assert rows[1][0] == "公安厅"
    assert [str(cell)[0] for cell in (rows[1][1], rows[1][3])] == ["\ufdd2", "\ufdd0"]
    assert str(rows[1][3])[1:] == "#DIV/0!"
