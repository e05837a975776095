"""Excel 2003 XML: its cells, its styles, and what damage to it says."""

from __future__ import annotations

import pytest

from pipeline.common.cell_marks import NUMBER_MARK, STRUCK_MARK
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.sheet import MergedRange
from pipeline.ingest.sheets.spreadsheetml import read_spreadsheetml
from tests.unit.ingest.exports import (
    weekly_spreadsheetml,
)

MANY = 10_000_000


def test_spreadsheetml_places_cells_by_index_and_leaves_comments_out() -> None:
    head = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:x" xmlns:x="urn:y">'
    sheets = read_spreadsheetml(
        head + '<Worksheet ss:Name="一"><Table><Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">甲'
        '</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type="Number">1.50</Data></Cell>'
        '<Cell ss:Index="6"><Data ss:Type="DateTime">2023-04-17T09:05:00.000</Data></Cell></Row></Table></Worksheet>'
        "</Workbook>",
        MANY,
    )
    assert [(sheet.name, sheet.rows) for sheet in sheets] == [
        ("一", [[None] * 6, ["甲", None, "1.50", None, None, "2023-04-17 09:05:00"]])
    ]


def test_hidden_rows_are_told_however_rows_are_counted() -> None:
    (sheet,) = read_spreadsheetml(
        '<Workbook xmlns:ss="urn:x"><Worksheet ss:Name="一"><Table><Row ss:Hidden="1" ss:Index="3"><Cell>'
        '<Data ss:Type="String">甲</Data></Cell></Row><Row ss:Hidden="0"/><Row ss:Hidden="1"/></Table></Worksheet>'
        "</Workbook>",
        MANY,
    )
    assert sheet.hidden_rows == {2, 4}


def test_merged_cells_are_told_with_their_rows_and_columns() -> None:
    (sheet,) = read_spreadsheetml(
        '<Workbook xmlns:ss="urn:x"><Worksheet ss:Name="一"><Table><Row ss:Index="2">'
        '<Cell ss:Index="2" ss:MergeDown="2"><Data ss:Type="String">甲</Data></Cell>'
        '<Cell ss:MergeAcross="1"><Data ss:Type="String">乙</Data></Cell></Row></Table></Worksheet></Workbook>',
        MANY,
    )
    assert list(sheet.merged()) == [MergedRange(1, 3, 1, 1), MergedRange(1, 1, 2, 3)]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("甲 & 乙", "甲 & 乙"),
        ("R&D;", "R&D;"),
        ("a&nbsp;b", "a\xa0b"),
        ("&ldquo;a&rdquo; &lt; &#19968;", "“a” < 一"),
        ("&nosuch;", "&nosuch;"),
        ("<![CDATA[甲 & &nbsp; 乙]]> & 丙", "甲 & &nbsp; 乙 & 丙"),
        ("1<!-- & &nbsp; -->0 &", "10 &"),
    ],
)
@pytest.mark.parametrize("above", ["", "\ufeff\r\n \n"])
def test_spreadsheetml_with_bare_ampersands_and_names_of_html_is_read(written: str, says: str, above: str) -> None:
    assert (
        read_spreadsheetml(above + weekly_spreadsheetml([["2023-04-17", written, *"1234"]]), MANY)[0].rows[4][1] == says
    )


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("a\x0bb", "第 7 行写得不对（有不允许的字符"),
        ("&#1;", "第 7 行写得不对（有不允许的控制字符）"),
        ("a < b", "第 7 行写得不对（有不允许的字符"),
        ("</Cell>", "第 7 行写得不对（标签不成对）"),
        ("&", "超出表格软件的上限"),
    ],
)
def test_other_damage_to_spreadsheetml_names_its_line(damage: str, sentence: str) -> None:
    far = '<Row ss:Index="9999999"/>' if damage == "&" else "<Row/>"
    content = "\n\n" + weekly_spreadsheetml([["2023-04-17", f"\n\n{damage}", *"1234"]]).replace("<Row/>", far)
    with pytest.raises(RefusedFileError, match=sentence.replace("（", "\\（").replace("）", "\\）")):
        read_spreadsheetml(content, MANY)


@pytest.mark.parametrize(
    "entity", ['<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE x SYSTEM 'a.dtd'>"]
)
def test_entities_stay_refused_in_xml_that_needs_mending(entity: str) -> None:
    content = weekly_spreadsheetml([["2023-04-17", "&e; & &nbsp;", *"1234"]], prologue=entity)
    with pytest.raises(RefusedFileError, match="外部实体"):
        read_spreadsheetml("\n" * 70_000 + content, MANY)


def test_xml_with_a_bare_ampersand_that_is_cut_off_is_incomplete() -> None:
    content = weekly_spreadsheetml([["2023-04-17", "a & b", *"1234"]])
    with pytest.raises(RefusedFileError, match="表格没有结尾"):
        read_spreadsheetml(content[:-40], MANY)


def test_numbers_of_spreadsheetml_are_those_of_other_workbooks() -> None:
    cells = ["1E3", "3.0000000000000001", "0.30000000000000004", "-2.50", "5.1E+17", "510000202304170011", "NaN"]
    row = "".join(f'<Cell><Data ss:Type="Number">{cell}</Data></Cell>' for cell in cells)
    sheet = read_spreadsheetml(f'<Workbook xmlns:ss="urn:x"><Worksheet><Row>{row}</Row></Worksheet></Workbook>', MANY)[
        0
    ]
    assert sheet.rows == [
        ["1000", "3", "0.3", "-2.50", f"{NUMBER_MARK}510000000000000000", "510000202304170011", "NaN"]
    ]


def test_spreadsheetml_says_what_its_cells_show() -> None:
    def cell(style: str, kind: str, value: str) -> str:
        return f'<Cell{style}><Data ss:Type="{kind}">{value}</Data></Cell>'

    formats = {"a": "Percent", "b": "0.0%", "c": "0.0"}
    styles = "".join(
        f'<Style ss:ID="{one}"><NumberFormat ss:Format="{code}"/></Style>' for one, code in formats.items()
    )
    cells = [cell(f' ss:StyleID="{one}"', "Number", "0.985") for one in formats] + [cell("", "Number", "0.985")]
    days = cell("", "String", "2023-03-01") + cell("", "DateTime", "2023-03-01T00:00:00.000")
    sheet = read_spreadsheetml(
        f'<Workbook xmlns:ss="urn:x"><Styles>{styles}</Styles><Worksheet><Row>{"".join(cells)}</Row>'
        f'<Row ss:StyleID="b">{cells[3]}</Row><Row>{days}</Row></Worksheet></Workbook>',
        MANY,
    )[0]
    assert sheet.rows == [
        ["98.5%", "98.5%", "0.985", "0.985"], ["98.5%", None, None, None], ["2023-03-01", "2023-03-01", None, None]
    ]  # fmt: skip
    assert sheet.days() == {1: frozenset({2})}


def test_spreadsheetml_shows_scales_and_zeros_and_marks_what_is_struck_out() -> None:
    styles = "".join(
        f'<Style ss:ID="{name}">{look}</Style>'
        for name, look in (
            ("a", '<NumberFormat ss:Format="0.0&quot;万件&quot;"/>'),
            ("b", '<NumberFormat ss:Format="0000"/>'),
            ("c", '<Font ss:StrikeThrough="1"/>'),
        )
    )
    cells = "".join(f'<Cell ss:StyleID="{name}"><Data ss:Type="Number">19</Data></Cell>' for name in "abc")
    (sheet,) = read_spreadsheetml(
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:x">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="一"><Table><Row>{cells}</Row></Table></Worksheet></Workbook>',
        MANY,
    )
    assert sheet.rows == [["19万件", "0019", f"{STRUCK_MARK}19"]]
