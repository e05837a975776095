"""Where an .xlsx keeps its sheets, and what its styles show."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.hidden.xlsx_parts import Parts, read_parts
from pipeline.ingest.sheets.number_formats import Styles
from tests.unit.ingest.deliveries import zipped


def parts_of(folder: Path, **parts: str) -> Parts:
    path = folder / "a.xlsx"
    path.write_bytes(zipped(**{name: content.encode() for name, content in parts.items()}))
    with open_zip(path, WORKBOOK) as archive:
        return read_parts(archive)


def book(sheets: str, links: str, properties: str = "", **more: str) -> dict[str, str]:
    return {
        "xl/workbook.xml": f'<w xmlns:r="r">{properties}<sheets>{sheets}</sheets></w>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/worksheets/Sheet1.xml": "<worksheet/>",
        "xl/worksheets/sheet2.xml": "<worksheet/>",
        **more,
    }


def link(number: int, target: str) -> str:
    return f'<Relationship Id="rId{number}" Target="{target}"/>'


def test_a_sheet_is_found_by_its_link_however_the_target_is_written(tmp_path: Path) -> None:
    sheets = (
        '<sheet name="综窗" sheetId="9" r:id="rId2"/><sheet name="汇总" r:id="rId1"/><sheet name="图" r:id="rId3"/>'
    )
    links = link(1, "/xl/worksheets/sheet1.xml") + link(2, "../xl/worksheets/sheet2.xml") + link(3, "charts/none.xml")
    assert parts_of(tmp_path, **book(sheets, links)).sheets == {
        "综窗": "xl/worksheets/sheet2.xml", "汇总": "xl/worksheets/Sheet1.xml",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "is_1904"),
    [("", False), ('<workbookPr date1904="1"/>', True), ('<workbookPr date1904="true"/>', True),
     ('<workbookPr date1904="0"/>', False)],
)  # fmt: skip
def test_the_book_says_whether_its_days_count_from_1904(tmp_path: Path, properties: str, is_1904: bool) -> None:
    assert parts_of(tmp_path, **book("", "", properties)).is_1904 is is_1904


def test_styles_are_those_of_cells_by_built_in_and_own_formats(tmp_path: Path) -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellStyleXfs>'
        '<xf numFmtId="9"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>'
    )
    found = parts_of(tmp_path, **book("", "", **{"xl/styles.xml": styles}))
    assert found.styles == Styles(shares=frozenset({2}), days=frozenset({1}))


def test_an_archive_that_is_no_xlsx_has_no_sheets(tmp_path: Path) -> None:
    assert parts_of(tmp_path, **{"content.xml": "<x/>"}) == Parts({}, False)


@pytest.mark.parametrize("content", ["<w", "<!DOCTYPE w><w/>"])
def test_a_broken_part_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(RefusedFileError):
        parts_of(tmp_path, **(book("", "") | {"xl/workbook.xml": content}))


def test_the_workbook_may_lie_anywhere_in_the_package(tmp_path: Path) -> None:
    parts = {name.replace("xl/", "data/"): part for name, part in book('<sheet name="综窗" r:id="rId1"/>', "").items()}
    parts["data/_rels/workbook.xml.rels"] = f"<Relationships>{link(1, 'worksheets/Sheet1.xml')}</Relationships>"
    parts["_rels/.rels"] = (
        '<Relationships><Relationship Type="x/officeDocument" Target="/data/workbook.xml"/></Relationships>'
    )
    assert parts_of(tmp_path, **parts).sheets == {"综窗": "data/worksheets/Sheet1.xml"}


@pytest.mark.parametrize(
    ("target", "is_usual"),
    [("worksheets/sheet1.xml", True), ("/xl/worksheets/sheet1.xml", True), ("./worksheets/sheet1.xml", False),
     ("xl/worksheets/sheet1.xml", False), ("worksheets\\sheet1.xml", False)],
)  # fmt: skip
def test_a_link_that_the_reader_does_not_follow_is_unusual_and_yet_found(
    tmp_path: Path, target: str, is_usual: bool
) -> None:
    found = parts_of(tmp_path, **book('<sheet name="综窗" r:id="rId1"/>', link(1, target)))
    assert (found.sheets, found.is_usual) == ({"综窗": "xl/worksheets/Sheet1.xml"}, is_usual)


def test_names_with_backslashes_are_unusual_and_yet_found(tmp_path: Path) -> None:
    parts = book('<sheet name="综窗" r:id="rId1"/>', link(1, "worksheets/sheet1.xml"))
    found = parts_of(tmp_path, **{name.replace("/", "\\"): part for name, part in parts.items()})
    assert (found.sheets, found.is_usual) == ({"综窗": "xl\\worksheets\\Sheet1.xml"}, False)


def test_the_book_says_whether_its_formulas_are_yet_to_be_calculated(tmp_path: Path) -> None:
    assert parts_of(tmp_path, **book("", "", '<calcPr fullCalcOnLoad="1"/>')).asks_to_calculate
    assert not parts_of(tmp_path, **book("", "", '<calcPr calcId="191029"/>')).asks_to_calculate


def test_styles_with_a_font_that_strikes_out_are_known(tmp_path: Path) -> None:
    styles = (
        '<styleSheet><fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts>'
        '<cellXfs><xf fontId="1"/><xf fontId="2"/><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    assert parts_of(tmp_path, **book("", "", **{"xl/styles.xml": styles})).styles.struck == {0, 3}
