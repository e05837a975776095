"""The simple reader of Excel 2003 XML takes texts and numbers in plain styles, and leaves all else alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.second_look import spreadsheetml_rows
from pipeline.ingest.second_look.readers import reader_of_sheets
from pipeline.ingest.sheets.spreadsheetml import read_spreadsheetml

HEAD = (
    '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="plain"><NumberFormat '
    'ss:Format="#,##0"/></Style><Style ss:ID="share"><NumberFormat ss:Format="Percent"/></Style>'
    '<Style ss:ID="struck"><Font ss:StrikeThrough="1"/></Style></Styles>'
)


def book(rows: str) -> str:
    return f'{HEAD}<Worksheet ss:Name="表"><Table>{rows}</Table></Worksheet></Workbook>'


def value(kind: str, text: str, attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def cells(folder: Path, document: str, sheet: str = "表") -> dict[int, dict[int, str | None]] | None:
    path = folder / "a.xls"
    path.write_text(document, "utf-8")
    reader = reader_of_sheets(Container.SPREADSHEETML, path)
    assert reader is not None
    seen = reader.rows(sheet, is_whole=False)
    return None if seen is None else {row.row_no: dict(row.cells) for row in seen.rows}


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (value("String", "甲&amp;乙"), "甲&乙"),
        (value("Number", "12.5"), "12.5"),
        (value("Number", "1234", 'ss:StyleID="plain"'), "1234"),
        (value("Number", "0.985", 'ss:StyleID="share"'), None),
        (value("Number", "12", 'ss:StyleID="struck"'), None),
        (value("Number", "12", 'ss:StyleID="unknown"'), None),
        (value("String", "<B>甲</B>乙"), None),
        (value("DateTime", "2023-04-17T00:00:00.000"), None),
        (value("Error", "#REF!"), None),
        (value("Number", "1E3"), None),
    ],
)
def test_a_cell_is_seen_where_its_value_stands_for_itself(tmp_path: Path, cell: str, seen: str | None) -> None:
    assert cells(tmp_path, book(f"<Row>{cell}</Row>")) == {1: {0: seen}}


def test_both_readers_see_the_same_rows(tmp_path: Path) -> None:
    document = book(
        f'<Row ss:Index="2">{value("String", "窗口", "ss:MergeAcross=" + chr(34) + "1" + chr(34))}'
        f'{value("String", "受理")}</Row><Row/><Row><Cell ss:Index="3"><Data ss:Type="Number">12</Data></Cell></Row>'
    )
    (sheet,) = read_spreadsheetml(document, 1_000)
    first = {
        row_no: {at: text for at, text in enumerate(row) if text}
        for row_no, row in enumerate(sheet.rows, 1)
        if any(row)
    }
    assert cells(tmp_path, document) == first == {2: {0: "窗口", 2: "受理"}, 4: {2: "12"}}


def test_a_document_that_is_large_or_no_xml_and_a_name_that_is_not_there_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = book(f"<Row>{value('String', '甲')}</Row>")
    assert cells(tmp_path, document, "没有") is None
    assert cells(tmp_path, document.replace("甲", "R&D")) is None
    monkeypatch.setattr(spreadsheetml_rows, "_LARGEST", 10)
    assert cells(tmp_path, document) is None
