"""A sheet of the copy: its rows stand where they stood, without persons, and its bad cells are marked."""

from __future__ import annotations

from collections.abc import Sequence

import openpyxl
import pytest

from pipeline.ingest.tables.find import find_tables
from pipeline.present.sender.copied_sheet import AUTHOR, MARK_COLOUR, CopiedSheet, copy_tables, mark_problems
from pipeline.present.sender.disclosure import NOT_LOADED
from pipeline.present.sender.original_rows import SheetRows
from pipeline.present.sender.problems import Problem
from pipeline.privacy.masking import MASK
from tests.unit.present.sender.complaints import BAD_COUNT, CONTRACT, LABELS, TABLE, TITLE, Row, problem


def copy_of(rows: Sequence[Row], *problems: Problem, rows_above: int = 0) -> CopiedSheet:
    copied = CopiedSheet(openpyxl.Workbook().worksheets[0])
    copy_tables(copied, SheetRows("表一", rows_above, rows), find_tables(rows, CONTRACT), CONTRACT, problems)
    return copied


def cells(copied: CopiedSheet, row_no: int) -> list[object]:
    return [copied.sheet.cell(row_no, column).value for column in range(1, 6)]


def test_rows_stand_where_they_stood_with_numbers_as_such_and_without_persons() -> None:
    copied = copy_of(TABLE)
    assert cells(copied, 1) == [TITLE, None, None, None, None]
    assert cells(copied, 2) == LABELS
    assert cells(copied, 3) == [1, "T-7", NOT_LOADED, "请尽快办理", 2]
    assert cells(copied, 4) == [2, "T-8", NOT_LOADED, f"电话{MASK}", "一百"]
    assert copied.labels == {2}
    assert copied.tables == [(range(1, 5), {"complaint_no": 1, "caller": 2, "words": 3, "cases": 4})]


def test_a_piece_of_a_sheet_stands_below_the_rows_above_it() -> None:
    copied = copy_of(TABLE, rows_above=10)
    assert cells(copied, 12) == LABELS
    assert (copied.labels, copied.tables[0][0]) == ({12}, range(11, 15))


def test_a_title_widens_no_column() -> None:
    assert copy_of(TABLE).widths[1] < len(TITLE)


def test_of_a_long_sheet_only_titles_header_and_bad_rows_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.present.sender.original_rows.WHOLE_ROWS", 3)
    copied = copy_of(TABLE, BAD_COUNT)
    assert copied.rows == {1, 2, 4}
    assert cells(copied, 3) == [None] * 5
    assert copied.sheet.sheet_format.zeroHeight
    assert not copied.holds(problem(3, "cases", "2", "偏大"))


def test_a_bad_cell_is_coloured_and_tells_each_of_its_problems_once() -> None:
    copied = copy_of(TABLE)
    mark_problems(copied, [BAD_COUNT, BAD_COUNT, problem(4, "cases", "一百", "请核对")])
    cell = copied.sheet["E4"]
    assert cell.fill.fgColor.rgb.endswith(MARK_COLOUR)
    assert cell.comment is not None
    assert (cell.comment.text, cell.comment.author) == (f"{BAD_COUNT.message}\n请核对", AUTHOR)
    assert copied.sheet["E3"].comment is None


def test_a_problem_of_no_column_is_marked_at_the_first_field_and_one_of_a_row_that_is_not_there_nowhere() -> None:
    copied = copy_of(TABLE)
    copied.rows = {1, 2, 4}
    mark_problems(copied, [problem(4, "", None, "列数不同"), problem(3, "cases", "2", "偏大")])
    marked = [cell.coordinate for row in copied.sheet.iter_rows() for cell in row if cell.comment]
    assert marked == ["B4"]


def test_a_cell_that_the_copy_hides_is_not_quoted() -> None:
    copied = copy_of(TABLE)
    person = problem(3, "caller", "张三丰", "“张三丰”有误")
    assert copied.as_disclosed(person) == person.without_value()
    assert copied.as_disclosed(BAD_COUNT) == BAD_COUNT
