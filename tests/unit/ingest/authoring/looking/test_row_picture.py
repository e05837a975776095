"""The first rows are drawn by kind, and no person is shown."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from pipeline.ingest.authoring.looking.hidden_columns import UNNAMED
from pipeline.ingest.authoring.looking.row_picture import MISALIGNED, PICTURE_ROWS, look_at_sheet
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.settings import Settings
from tests.unit.ingest.authoring.known_exports import TRAININGS, case, case_file, look, training_sheet


def test_a_line_whose_cells_have_shifted_is_not_shown(tmp_path: Path, settings: Settings) -> None:
    shifted = case(2).replace("企业设立登记", "企业,设立,登记")
    found = look(case_file(tmp_path, case(1), shifted), settings)
    assert found.sheets[0].picture[-1].cells == (MISALIGNED,)


def test_a_second_table_hides_its_own_personal_columns(tmp_path: Path, settings: Settings) -> None:
    turned = ("参训人员", "工号", "培训日期", "场次编号", "授课部门", "培训主项", "人员类别")
    path = training_sheet(
        tmp_path,
        ["业务培训台账（2023年第15期）"],
        TRAININGS,
        ["2023-04-17", "P1", "司法厅", "公证", "王小明", "G001", "综窗"],
        [],
        ["业务培训台账（续）"],
        turned,
        ["李小红", "G002", "2023-04-18", "P2", "公安厅", "户籍", "综窗"],
    )
    (sheet,) = look(path, settings).sheets
    last = sheet.picture[-1].cells
    assert last[:2] == ("［不入库］", "［只存摘要］")
    assert last[3:6] == ("P2", "公安厅", "户籍")


def test_without_a_header_only_short_numbers_are_shown(tmp_path: Path, settings: Settings) -> None:
    book = openpyxl.Workbook()
    for row in ([None, "2005", 2006], ["王小明", 12.5, 13900001111]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    (sheet,) = look(tmp_path / "a.xlsx", settings).sheets
    assert sheet.picture[1].cells == (UNNAMED, "12.5", UNNAMED)


def test_of_a_sheet_without_a_table_all_rows_have_no_kind() -> None:
    sheet = Sheet("a", [["1", "王小明"], ["2", "李小红"]])
    seen = look_at_sheet(sheet, None, None, is_text=False, is_whole=False)
    assert (seen.kinds, seen.note, seen.rows) == ({}, "只看了前 2 行", 2)
    assert [row.cells for row in seen.picture] == [("1", UNNAMED), ("2", UNNAMED)]


def test_after_the_first_rows_only_the_first_of_each_new_kind_is_drawn() -> None:
    rows = [["窗口", "件数"], *([f"综窗{number}", str(number)] for number in range(1, 30)), ["合计", "435"]]
    seen = look_at_sheet(Sheet("a", rows), None, None, is_text=False, is_whole=True)
    assert [row.row_no for row in seen.picture][-2:] == [PICTURE_ROWS, len(rows)]
    assert (seen.kinds["data"], seen.picture[-1].kind) == (29, "total")
