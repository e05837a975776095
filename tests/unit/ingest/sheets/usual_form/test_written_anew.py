"""A workbook in an unusual form is read from a private copy in the usual one, which is gone afterwards."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.usual_form.written_anew import written_anew
from tests.unit.ingest.deliveries import zipped
from tests.unit.ingest.exports import read_sheets
from tests.unit.ingest.sheets.odd_workbooks import Oddity, odd_workbook


def test_the_copy_has_usual_names_and_cells_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(odd_workbook([["甲", 12]], {Oddity.BACKSLASHES, Oddity.NO_PLACES}))
    with written_anew(path, tmp_path / "work") as copy:
        assert copy.stat().st_mode & 0o77 == 0 or copy.parent.stat().st_mode & 0o77 == 0
        with zipfile.ZipFile(copy) as archive:
            assert b'<c r="B1"><v>12</v></c>' in archive.read("xl/worksheets/sheet1.xml")
    assert not copy.exists()


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(**{"xl/workbook.xml": b"<workbook/>"}))
    with pytest.raises(RefusedFileError), written_anew(path, tmp_path / "work"):
        pass


def test_a_workbook_that_nobody_can_read_is_refused_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    content = odd_workbook([["甲", 12]])
    with zipfile.ZipFile(path, "w") as target, zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            damage = b"<worksheet><sheetData><row" if name.endswith("sheet1.xml") else archive.read(name)
            target.writestr(name, damage)
    with pytest.raises(RefusedFileError, match="工作簿打不开"):
        read_sheets(path)
