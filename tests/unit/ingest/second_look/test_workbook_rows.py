"""The simple reader of workbooks takes cells as they follow each other in the XML, and leaves odd ones alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.second_look import workbook_rows
from pipeline.ingest.second_look.workbook_rows import WorkbookReader

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
)
TEXTS = f'<sst xmlns="{MAIN}"><si><t>甲&amp;乙</t></si><si><r><t>12</t></r><r><t>1</t></r></si></sst>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="0000"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.00"/></numFmts><cellXfs count="4"><xf numFmtId="0"/>'
    '<xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


def book(path: Path, rows: str, separator: str = "/", texts: str = TEXTS) -> WorkbookReader:
    parts = {
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": texts,
        "xl/styles.xml": STYLES,
    }
    with zipfile.ZipFile(path / "a.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("/", separator), content)
    return WorkbookReader(path / "a.xlsx")


def cells(reader: WorkbookReader, *, is_whole: bool = True) -> list[tuple[int, dict[int, str | None]]]:
    seen = reader.rows("表", is_whole=is_whole)
    assert seen is not None
    return [(row.row_no, dict(row.cells)) for row in seen.rows]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1"><v>12</v></c>', "12"),
        ('<c r="A1"><v>1.2E2</v></c>', "120"),
        ('<c r="A1" s="3"><v>120.50</v></c>', "120.5"),
        ('<c r="A1" t="s"><v>0</v></c>', "甲&乙"),
        ('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', "甲"),
        ('<c r="A1" t="str"><f>B1</f><v>甲</v></c>', "甲"),
        ('<c r="A1"><f>B1</f><v>7</v></c>', "7"),
        ('<c r="A1" s="1"><v>0.5</v></c>', None),
        ('<c r="A1" s="2"><v>19</v></c>', None),
        ('<c r="A1" t="s"><v>1</v></c>', None),
        ('<c r="A1" t="s"><v>9</v></c>', None),
        ('<c r="A1" t="e"><v>#N/A</v></c>', None),
        ('<c r="A1" t="b"><v>1</v></c>', None),
        ('<c r="A1"><f>B1</f></c>', None),
        ('<c r="A1" t="inlineStr"><is><r><t>12</t></r><r><t>1</t></r></is></c>', None),
        ('<c r="A1" t="str"><v>a_x000D_b</v></c>', None),
        ('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>', None),
    ],
)
def test_a_cell_is_its_text_or_left_alone(tmp_path: Path, cell: str, text: str | None) -> None:
    assert cells(book(tmp_path, f'<row r="1">{cell}</row>')) == [(1, {0: text})]


def test_cells_without_references_follow_each_other(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c r='C3'><v>5</v></c><c><v>6</v></c></row>"
    assert cells(book(tmp_path, rows)) == [(1, {0: "1", 2: "3"}), (2, {}), (3, {2: "5", 3: "6"})]


def test_a_row_number_that_stands_twice_gives_two_rows(tmp_path: Path) -> None:
    rows = '<row r="5"><c r="A5"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row>'
    assert cells(book(tmp_path, rows)) == [(5, {0: "1"}), (5, {0: "2"})]


def test_parts_may_be_named_with_backslashes(tmp_path: Path) -> None:
    assert cells(book(tmp_path, '<row r="1"><c r="B1"><v>1</v></c></row>', separator="\\")) == [(1, {1: "1"})]


def test_nothing_is_known_of_the_cells_that_a_merged_one_covers(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c><c r="C{at}"><v>3</v></c></row>' for at in (1, 2, 3))
    merged = '</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><sheetData>'
    assert cells(book(tmp_path, rows + merged)) == [
        (1, {0: "1", 1: None, 2: "3"}),
        (2, {0: None, 1: None, 2: "3"}),
        (3, {0: "1", 2: "3"}),
    ]


@pytest.mark.parametrize("reference", [' r="{row}"', ""])
def test_a_sample_has_the_rows_of_the_whole_with_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    monkeypatch.setattr(workbook_rows, "_SMALL", 100)
    monkeypatch.setattr(workbook_rows, "_SAMPLED", 300)
    rows = "".join(f"<row{reference.format(row=at)}><c><v>{at}</v></c></row>" for at in range(1, 901))
    reader = book(tmp_path, rows)
    sample = cells(reader, is_whole=False)
    assert 30 < len(sample) < 200
    assert [row_no for row_no, _ in sample] == [int(row[0] or "") for _, row in sample]
    assert sample[-1] == cells(reader)[-1]
