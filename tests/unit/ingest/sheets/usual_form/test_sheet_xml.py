"""A sheet written anew has each cell in its place, and none twice."""

from __future__ import annotations

import re
from xml.parsers.expat import ExpatError

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.usual_form.sheet_xml import rewritten_sheet


def cells(rows: str) -> list[str]:
    """The cells of a sheet as it is written anew: `A1=12`."""
    document = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    # Cut in the middle of a tag: the parser is given blocks.
    anew = b"".join(rewritten_sheet([document[:40], document[40:]], "表")).decode()
    return [f"{place}={value}" for place, value in re.findall(r'<c r="(\w+)"[^>]*>.*?<v>([^<]*)</v>', anew)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>", ["A1=1", "C1=2", "A3=3"]),
        ('<row r="3"><c><v>1</v></c></row><row><c><v>2</v></c></row>', ["A3=1", "A4=2"]),
        ('<row><c r="B3"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>', ["B3=1", "C3=2", "A4=3"]),
        ('<row r="1"><c r="B1"><v>1</v></c><c><v>2</v></c><c r="$F$1"><v>3</v></c></row>', ["B1=1", "C1=2", "F1=3"]),
        ('<row r="1"><c r="aa1"><v> 12 </v></c></row>', ["AA1=12"]),
        ('<row r="1"><c r="A1"><v><![CDATA[1]]>&#50;</v><extLst><c><v>9</v></c></extLst></c></row>', ["A1=12"]),
        ('<row r="1"><c r="A1" t="inlineStr"><v>窗口</v></c></row>', ["A1=窗口"]),
    ],
)
def test_a_cell_stands_where_it_says_or_behind_the_one_before(rows: str, found: list[str]) -> None:
    assert cells(rows) == found


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="4"><c r="A4"><v>1</v></c></row><row r="4"><c r="A4"><v>2</v></c></row>',
        '<row r="4"><c r="A4"><v>1</v></c></row><row r="4"><c r="B4"><v>2</v></c></row>',
        '<row r="4"><c><v>1</v></c></row><row r="5"/><row r="4"><c t="inlineStr"><is><t>甲</t></is></c></row>',
        '<row r="4"><c r="A4"><v>1</v></c><c r="A4" t="e"/></row>',
    ],
)
def test_a_row_or_a_cell_that_is_written_twice_refuses_the_file_with_its_place(rows: str) -> None:
    with pytest.raises(RefusedFileError, match="表”的第 4 行") as refused:
        cells(rows)
    assert refused.value.refusal is SheetRefusal.ROW_WRITTEN_TWICE
    assert (refused.value.place.sheet, refused.value.place.row) == ("表", 4)


def test_blanks_may_be_written_as_often_as_a_program_likes() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="3"/><c r="B1"/></row><row r="1"/><row r="1"><c r="A1"/></row>'
    assert cells(rows) == ["A1=1"]


def test_what_is_no_xml_is_told_so() -> None:
    with pytest.raises(ExpatError):
        cells("<row>")


def test_merged_cells_are_kept() -> None:
    merged = '<mergeCells count="2"><mergeCell ref="A2:A4"/><mergeCell ref="B1:C1"/></mergeCells>'
    document = f"<x:worksheet><x:sheetData/>{merged}</x:worksheet>".replace("<merge", "<x:merge").replace(
        "</m", "</x:m"
    )
    anew = b"".join(rewritten_sheet([document.encode()], "表")).decode()
    assert anew.endswith(
        '</sheetData><mergeCells><mergeCell ref="A2:A4"/><mergeCell ref="B1:C1"/></mergeCells></worksheet>'
    )
