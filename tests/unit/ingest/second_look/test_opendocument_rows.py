"""The simple reader of .ods takes texts and numbers that are shown as they are stored, and leaves all else alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.second_look import opendocument_rows
from pipeline.ingest.second_look.opendocument_rows import OpenDocumentReader
from pipeline.ingest.sheets.hidden.ods import hidden_in_ods
from tests.unit.ingest.deliveries import zipped
from tests.unit.ingest.exports import read_sheets

NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}
MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    b'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def book(folder: Path, rows: str) -> Path:
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    content = (
        f"<office:document-content {declared}><office:body><office:spreadsheet>"
        f'<table:table table:name="表">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = folder / "a.ods"
    path.write_bytes(
        zipped(**{"mimetype": MIMETYPE, "content.xml": content.encode(), "META-INF/manifest.xml": MANIFEST})
    )
    return path


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def text(words: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{words}</text:p></table:table-cell>'


def number(value: str, shown: str | None = None, kind: str = "float", attributes: str = "") -> str:
    stored = f'office:value-type="{kind}" office:value="{value}"'
    return f"<table:table-cell {stored} {attributes}><text:p>{shown or value}</text:p></table:table-cell>"


BLANK = "<table:table-cell/>"
COVERED = "<table:covered-table-cell/>"


def cells(path: Path) -> dict[int, dict[int, str | None]]:
    seen = OpenDocumentReader(path).rows("表", is_whole=False)
    assert seen is not None
    assert seen.is_whole
    return {row.row_no: dict(row.cells) for row in seen.rows}


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (text("综合<text:span>窗口</text:span>1"), "综合窗口1"),
        (text("甲<text:s/>乙"), None),
        (text("甲</text:p><text:p>乙"), "甲\n乙"),
        (number("1234.5", "1,234.5"), "1234.5"),
        (number("1234.5", "1,235"), None),
        (number("19", "0019"), None),
        (number("1E3"), None),
        (number("0.985", "98.5%", "percentage"), None),
        (text("#DIV/0!", 'calcext:value-type="error"'), None),
        ('<table:table-cell table:formula="of:=[.A1]"/>', None),
        ('<table:table-cell office:value-type="date" office:date-value="2023-04-17"/>', None),
    ],
)
def test_a_cell_is_seen_where_it_shows_what_it_holds(tmp_path: Path, cell: str, seen: str | None) -> None:
    assert cells(book(tmp_path, row(cell))) == {1: {0: seen}}


def test_cells_stand_where_repeated_and_merged_ones_leave_them(tmp_path: Path) -> None:
    group = row(BLANK, number("4"), attributes='table:number-rows-repeated="2"')
    edge = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = row(BLANK, text("甲", 'table:number-columns-repeated="2"'), COVERED, number("3"))
    rows += row(edge, attributes='table:number-rows-repeated="3"')
    rows += f"<table:table-row-group>{group}</table:table-row-group>"
    rows += row(edge, attributes='table:number-rows-repeated="1048000"')
    path = book(tmp_path, rows)
    assert cells(path) == {1: {1: "甲", 2: "甲", 3: None, 4: "3"}, 5: {1: "4"}, 6: {1: "4"}}
    seen = OpenDocumentReader(path).rows("表", is_whole=True)
    assert seen is not None
    assert seen.first_column == 1


def test_both_readers_see_the_same_rows(tmp_path: Path) -> None:
    rows = row(BLANK, text("窗口"), text("受理")) + row(BLANK, text("甲"), number("12"))
    path = book(tmp_path, rows + row(BLANK) + row(BLANK, text("乙"), number("3.5")))
    (sheet,) = read_sheets(path)
    assert hidden_in_ods(path).sheets.keys() == {"表"}
    seen = OpenDocumentReader(path).rows("表", is_whole=True)
    assert seen is not None
    for seen_row in seen.rows:
        first = sheet.rows[seen_row.row_no - 1]
        assert {at + seen.first_column: text for at, text in enumerate(first) if text} == seen_row.cells


def test_a_large_or_broken_document_and_a_table_in_a_table_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, row(text("甲")))
    assert OpenDocumentReader(path).rows("没有", is_whole=True) is None
    monkeypatch.setattr(opendocument_rows, "_LARGEST", 10)
    assert OpenDocumentReader(path).rows("表", is_whole=True) is None
    monkeypatch.undo()
    inner = f'<table:table-cell><table:table table:name="内">{row(text("乙"))}</table:table></table:table-cell>'
    assert OpenDocumentReader(book(tmp_path, row(inner))).rows("表", is_whole=True) is None
    assert OpenDocumentReader(book(tmp_path, "<table:table-row>")).rows("表", is_whole=True) is None
