"""What an .xlsx says of its cells that its reader does not tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.common.cell_marks import ERROR_MARK, FORMULA_MARK, NUMBER_MARK
from pipeline.ingest.sheets.hidden.xlsx import XlsxHidden
from pipeline.ingest.sheets.hidden.xlsx_blocks import UnusualFormError
from tests.unit.ingest.deliveries import zipped

# Styles by their number: 0 plain, 1 a share, 2 a day.
STYLES = b'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>'
BOOK = b'<workbook xmlns:r="r"><sheets><sheet name="\xe7\xbb\xbc\xe7\xaa\x97" r:id="rId1"/></sheets></workbook>'
LINKS = b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
SHEET = "综窗"


def hidden(folder: Path, rows: str) -> XlsxHidden:
    path = folder / "a.xlsx"
    parts = {
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode(),
    }
    path.write_bytes(zipped(**parts))
    return XlsxHidden(path)


def test_errors_formulas_without_a_value_and_shares_are_told_and_other_cells_are_not(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="B1" t="s"><v>0</v></c><c r="C1" t="e"><v>#N/A</v></c><c r="D1" t="e"/></row>'
        '<row r="2"><c r="C2"><f>A1&amp;"x"</f></c><c r="D2" t="str"><f>""</f><v></v></c>'
        '<c r="E2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="AA3" s="1"><v>0.985</v></c><c r="AB3" s="1" t="s"><v>0</v></c><c r="AC3" s="12"><v>1</v></c>'
        '</row><row r="4"><c r="B4"><f t="shared" si="0"/></c></row>'
    )
    found = hidden(tmp_path, rows).silent_cells(SHEET)
    assert found.cells == {
        (0, 2): f"{ERROR_MARK}#N/A",
        (0, 3): f"{ERROR_MARK}#ERROR!",
        (1, 2): f'{FORMULA_MARK}=A1&"x"',
        (2, 26): "98.5%",
        (3, 1): f"{FORMULA_MARK}=",
    }
    assert found.first_column == 1


@pytest.mark.parametrize(
    "rows",
    [
        '<x:row r="1"><x:c r="A1" t="e"><x:v>#REF!</x:v></x:c></x:row>',
        "<row r='1'><c r='A1' t='e'><v>#REF!</v></c></row>",
        '<row><c t="e"><v>#REF!</v></c></row>',
        '<row r="1"><c t="e" r="A1"><v>#REF!</v></c></row>',
        '<row r="1"><!-- <c r="A9"/> --><c r="A1" t="e"><v>#REF!</v></c></row>',
        '<row r="1"><c r="A1"><v>&#49;2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    ],
)
def test_what_a_search_for_bytes_would_misread_is_told_as_unusual(tmp_path: Path, rows: str) -> None:
    with pytest.raises(UnusualFormError):
        hidden(tmp_path, rows).silent_cells(SHEET)


def test_long_numbers_are_exact_or_marked_and_texts_are_neither(tmp_path: Path) -> None:
    rows = (
        '<row r="7"><c r="A7"><v>510000202304170011</v></c><c r="B7"><v>5.1E+17</v></c><c r="C7"><v>1.5</v></c>'
        '<c r="D7" t="str"><f>A7</f><v>510000202304170011</v></c></row>'
    )
    found = hidden(tmp_path, rows)
    assert found.wide_cells(SHEET).cells == {
        (6, 0): "510000202304170011", (6, 1): f"{NUMBER_MARK}510000000000000000",
    }  # fmt: skip
    assert found.silent_cells(SHEET).cells == {}


def test_days_are_the_numbers_whose_own_style_shows_one(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="B1"><v>1</v></c><c r="C1"><v>45033</v></c></row>'
        '<row r="2" s="2" customFormat="1"><c r="B2" s="2"><v>45033</v></c><c r="C2" s="2"/></row>'
        '<row r="3"><c r="B3" s="2" t="s"><v>0</v></c><c r="D3" s="2"><v>0.5</v></c></row>'
    )
    assert hidden(tmp_path, rows).days(SHEET) == {0: frozenset({1}), 2: frozenset({2})}


def test_a_sheet_that_the_workbook_does_not_know_hides_nothing(tmp_path: Path) -> None:
    found = hidden(tmp_path, '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')
    assert (found.silent_cells("别的").cells, found.wide_cells("别的").cells, found.days("别的")) == ({}, {}, {})


def test_a_cell_is_found_whole_wherever_the_sheet_is_cut_for_reading(tmp_path: Path) -> None:
    text = "办" * 300
    rows = ""
    for row in range(1, 1000):
        filler = "".join(f'<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>' for column in "BCDEF")
        rows += f'<row r="{row}">{filler}<c r="G{row}" t="e"><v>#N/A</v></c></row>'
    assert len(rows.encode()) > 4 << 20
    found = hidden(tmp_path, rows).silent_cells(SHEET)
    assert sorted(found.cells) == [(row, 6) for row in range(999)]
    assert found.first_column == 1
