"""A copied sheet looks like its original: labels, widths and merged titles, but its rows can be marked."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.present.sender.copied_sheet import CopiedSheet
from pipeline.present.sender.looks import dress_sheet
from tests.unit.present.sender.complaints import TABLE


def sheet() -> Worksheet:
    made = openpyxl.Workbook().worksheets[0]
    for row in TABLE:
        made.append(row)
    return made


@pytest.fixture
def copied() -> CopiedSheet:
    columns = {"complaint_no": 1}
    return CopiedSheet(sheet(), tables=[(range(1, 5), columns)], labels={2}, widths={1: 3, 2: 20, 4: 300})


def test_labels_stand_out_and_stay_in_view(copied: CopiedSheet) -> None:
    copied.sheet["C2"].comment = Comment("重复的列", "周报")
    dress_sheet(copied, None)
    assert copied.sheet["B2"].font.bold
    assert copied.sheet["B2"].fill.fill_type == "solid"
    assert copied.sheet["C2"].fill.fill_type is None, "a marked label keeps its mark"
    assert not copied.sheet["B3"].font.bold
    assert copied.sheet.freeze_panes == "A3"
    assert copied.sheet.print_title_rows == "$2:$2"


def test_only_the_first_header_of_several_stays_in_view(copied: CopiedSheet) -> None:
    copied.labels = {2, 3, 9}
    dress_sheet(copied, None)
    assert copied.sheet.freeze_panes == "A4"


def test_a_column_is_as_wide_as_its_texts_need_within_limits(copied: CopiedSheet) -> None:
    dress_sheet(copied, None)
    assert [copied.sheet.column_dimensions[letter].width for letter in "ABD"] == [8, 20, 36]


def test_a_width_of_the_original_counts_unless_it_hides_texts_or_is_hidden_itself(
    copied: CopiedSheet, tmp_path: Path
) -> None:
    original = sheet()
    for letter, width in {"A": 12, "B": 5, "C": 500, "D": 50}.items():
        original.column_dimensions[letter].width = width
    original.column_dimensions["D"].hidden = True
    original.parent.save(tmp_path / "a.xlsx")
    dress_sheet(copied, openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0])
    assert [copied.sheet.column_dimensions[letter].width for letter in "ABCD"] == [12, 20, 80, 36]


def test_titles_are_merged_again_and_rows_of_data_and_marked_cells_are_not(copied: CopiedSheet) -> None:
    original = sheet()
    for merged in ("A1:E1", "A2:B2", "B3:B4"):
        original.merge_cells(merged)
    copied.sheet["B2"].comment = Comment("重复的列", "周报")
    dress_sheet(copied, original)
    assert [str(merged) for merged in copied.sheet.merged_cells.ranges] == ["A1:E1"]
