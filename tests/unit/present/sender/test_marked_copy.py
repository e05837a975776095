"""The workbook that goes back: cover, the sheets with the table, marked cells, and nobody's name."""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.sheets.sheet import Sheet
from pipeline.present.sender.cover import COVER
from pipeline.present.sender.disclosure import NOT_LOADED
from pipeline.present.sender.marked_copy import marked_copy
from pipeline.privacy.masking import MASK
from tests.unit.present.sender.complaints import BAD_COUNT, LABELS, TABLE, delivery, export, problem, workbook


def test_the_copy_has_a_cover_and_the_sheets_with_the_table_with_their_bad_cells_marked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE)
    one = export(Sheet("说明", [["说明"]]), Sheet("表一", TABLE), path=path)
    person = problem(3, "caller", "张三丰", "“张三丰”有误")
    book = marked_copy(delivery(BAD_COUNT, person), one, path)
    assert book.sheetnames == [COVER, "表一"]
    sheet = book["表一"]
    assert [cell.value for cell in sheet[3]] == ["1", "T-7", NOT_LOADED, "请尽快办理", "2"]
    assert sheet["E4"].comment.text == BAD_COUNT.message
    assert sheet["C3"].comment.text == f"“{MASK}”有误"
    assert [row[4] for row in book[COVER].iter_rows(min_row=5, values_only=True)] == [
        BAD_COUNT.message,
        f"“{MASK}”有误",
    ]


def test_pieces_of_one_sheet_are_put_together_again(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [*TABLE, *TABLE])
    pieces = Sheet("表一", TABLE), Sheet("表一", TABLE, rows_above=4)
    book = marked_copy(delivery(problem(8, "cases", "一百", "有误")), export(*pieces, path=path), path)
    assert book.sheetnames == [COVER, "表一"]
    assert [[cell.value for cell in book["表一"][row]] for row in (2, 6)] == [LABELS, LABELS]
    assert book["表一"]["E8"].comment is not None


def test_sheets_whose_names_a_spreadsheet_does_not_take_get_others_and_their_links_follow(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE)
    sheets = Sheet("4/5月", TABLE), Sheet("4:5月", TABLE)
    marked = problem(4, "cases", "一百", "有误", sheet="4:5月")
    book = marked_copy(delivery(marked), export(*sheets, path=path), path)
    second = book.sheetnames[2]
    assert book.sheetnames[1] == "4_5月"
    assert second not in ("4_5月", "4:5月")
    assert book[second]["E4"].comment is not None
    assert book["4_5月"]["E4"].comment is None
