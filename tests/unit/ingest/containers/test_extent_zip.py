"""What a sheet claims costs no memory; what it fills beyond the limit is refused."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.containers.extent_zip import refuse_huge_zip
from pipeline.ingest.containers.size_limits import MOST_COLUMNS, refuse_far_column
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.deliveries import (
    BLANKS,
    message,
    padded,
    put,
    sheet_xml,
    watched,
    with_sheet,
    workbook_bytes,
    zipped,
)


def test_members_that_lie_about_their_size_are_refused(quick_loader: Loader) -> None:
    content = workbook_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    put(quick_loader, "a.xlsx", content.replace(size, (100).to_bytes(4, "little")))
    assert "与校验值不符" in message(quick_loader)


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (sheet_xml("A1:XFD1048576", ""), "6 rows"),
        (sheet_xml("A1:XFD1048576", '<row r="1048576"><c r="XFD1048576" s="1"/></row>'), "6 rows"),
        (sheet_xml("A1:F6", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "超过上限"),
        (sheet_xml("A1:F6", '<row r="7"><c r="Z1048576"><v>1</v></c></row>'), "超过上限"),
        (sheet_xml("A1:F6", '<row r="7"><c r="XFD1048576"><v>1</v></c></row>'), "超过上限"),
        (sheet_xml("A1:F6", "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"), "超过上限"),
    ],
    ids=[
        "declared only",
        "formatted blank far away",
        "filled cell far away",
        "far away in a near row",
        "far away in a near row and a far column",
        "the same in single quotes",
    ],
)
def test_a_sheet_that_claims_every_cell_costs_no_memory(tmp_path: Path, xml: bytes, says: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_sheet(xml))
    said, peak = watched(path, tmp_path)
    assert says in said
    assert peak < 300


@pytest.mark.parametrize(
    ("padding", "times", "says"),
    [
        (BLANKS, 90, "几乎全是空白"),
        (BLANKS, 40, "连续 4 MB 以上的空白"),
        (b"<!-- " + BLANKS[5:], 8, "连续 4 MB 以上的空白"),
        (BLANKS[3:] + b"<x/>", 40, "6 rows"),
        (b'<row r="7"/>' * 500_000, 5, "6 rows"),
        (b"<x/>" * (1 << 18), 60, "6 rows"),
    ],
    ids=["much", "in one piece", "in a comment", "in pieces", "as blank rows", "as other elements"],
)
def test_a_padded_sheet_costs_neither_memory_nor_time(tmp_path: Path, padding: bytes, times: int, says: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(padded(padding, times))
    began = time.monotonic()
    said, peak = watched(path, tmp_path)
    assert says in said
    assert peak < 300
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("made", ["xls", "ods"])
def test_cells_far_apart_cost_no_memory_in_other_containers(tmp_path: Path, made: str) -> None:
    from tests.unit.ingest.exports import converted

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["IV65536"] = "a", "z"
    book.save(tmp_path / "far.xlsx")
    said, peak = watched(converted(tmp_path / "far.xlsx", made, tmp_path), tmp_path)
    assert "跨越 16,777,216 个单元格" in said
    assert peak < 300


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", b'<worksheet><row r="1"><c r="A1"><v>1</v></c><c r="AB9"><v>1</v></c></row>'),
        ("xl/worksheets/Sheet1.BIN", b"\0\x04\x08\0\0\0" + b"\x05\x10\x1b\0\0\0" + bytes(12)),
        (
            "content.xml",
            b'<office:x xmlns:office="o" xmlns:table="t"><table:table><table:table-row table:number-rows-repeated="9">'
            b'<table:table-cell table:number-columns-repeated="27"/><table:table-cell office:value-type="float"/>'
            b"</table:table-row></table:table></office:x>",
        ),
    ],
)
def test_the_sheets_of_every_zipped_workbook_are_measured_by_their_cells(
    tmp_path: Path, part: str, content: bytes
) -> None:
    path = tmp_path / "a"
    path.write_bytes(zipped(**{"docProps/app.xml": b"<no sheet", part: content}))
    refuse_huge_zip(path, 9 * 28)
    with pytest.raises(RefusedFileError, match="跨越 252 个单元格"):
        refuse_huge_zip(path, 9 * 28 - 1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="ZZZZ7"><v>1</v></c>', "cell_beyond_sheet"),
        ('<c r="XFE7" t="inlineStr"><is><t>x</t></is></c>', "cell_beyond_sheet"),
        ('<c r="ZZZZ7" s="0"/>', ""),
        ('<c r="XFD7" s="0"/>', ""),
    ],
    ids=["far", "next", "blank", "last"],
)
def test_a_filled_cell_beyond_the_last_column_is_refused_before_it_is_read(
    quick_loader: Loader, cell: str, code: str
) -> None:
    put(quick_loader, "a.xlsx", with_sheet(sheet_xml("A1:F6", f'<row r="7">{cell}</row>')))
    (event,) = load_inbox(quick_loader).events
    assert event.code == code, event.message


def test_a_far_column_is_one_that_no_program_has() -> None:
    refuse_far_column(MOST_COLUMNS)
    with pytest.raises(RefusedFileError, match="16,384"):
        refuse_far_column(MOST_COLUMNS + 1)
