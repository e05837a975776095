"""Blocks of cells, and what the tags of rows say."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.sheets.hidden.xlsx_blocks import RowTags, UnusualFormError, blocks_of_cells, usual_blocks
from tests.unit.ingest.deliveries import zipped


def test_nothing_behind_the_cells_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    tail = "<conditionalFormatting><c><formula>1</formula></c></conditionalFormatting>"
    path.write_bytes(zipped(s=f"<worksheet><sheetData>{rows}</sheetData>{tail}</worksheet>".encode()))
    with open_zip(path, WORKBOOK) as archive:
        assert b"".join(blocks_of_cells(archive, "s")) == f"<worksheet><sheetData>{rows}".encode()
        assert len(list(usual_blocks(archive, "s", RowTags()))) == 1


def test_hidden_rows_are_those_that_say_yes() -> None:
    rows = RowTags()
    rows.take(b'<row r="2" hidden="false"><c/></row><row r="3" ht="1" hidden="1"><c/></row><row r="7" hidden="true">')
    assert (rows.hidden, rows.last) == ({2, 6}, 7)


@pytest.mark.parametrize("before", [b'<row r="3">', b'<row r="4"><c/></row><row r="2">'])
def test_rows_have_to_ascend_from_block_to_block(before: bytes) -> None:
    rows = RowTags(last=3)
    with pytest.raises(UnusualFormError):
        rows.take(before)


def test_blank_rows_may_stand_anywhere() -> None:
    rows = RowTags(last=3)
    rows.take(b'<row r="1"/><row r="1" s="2"/><row r="4"><c/></row>')
    assert rows.last == 4
