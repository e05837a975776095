"""How many cells a sheet of an .xlsx spans: a cheap bound where that is enough, else the exact number."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.containers.extent_xlsx import xlsx_cells
from pipeline.ingest.errors import RefusedFileError
from tests.unit.ingest.deliveries import zipped


def measured(folder: Path, rows: str, max_cells: int) -> int:
    path = folder / "a.xlsx"
    path.write_bytes(zipped(sheet1__xml=f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()))
    with open_zip(path, WORKBOOK) as archive:
        return xlsx_cells(archive, archive.members[0], max_cells)


def row(number: int, *references: str) -> str:
    cells = "".join(f'<c r="{reference}"><v>1</v></c>' for reference in references)
    return f'<row r="{number}">{cells}</row>'


def test_a_sheet_up_to_column_z_within_the_limit_is_measured_by_its_rows(tmp_path: Path) -> None:
    assert measured(tmp_path, row(1, "A1", "B1") + row(3, "A3"), 100) == 3 * 26
    assert measured(tmp_path, row(999, "A999", "B999"), 999 * 26) == 999 * 26


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (row(1, "A1", "B1") + row(3, "A3"), 3 * 2),
        ("<row r='7'><c r='C7' s='1'><v>1</v></c></row>", 1),
        (row(1, "A1") + '<row r="900"><c r="XFD900" s="1"/><c r="XFC900"></c></row>', 1),
        ("<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>" * 3, 3 * 2),
    ],
    ids=["near", "single quotes", "formatted blanks", "without references"],
)
def test_a_sheet_that_may_be_beyond_the_limit_is_measured_cell_by_cell(tmp_path: Path, rows: str, cells: int) -> None:
    assert measured(tmp_path, rows, 10) == cells


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (row(2, "AB2") + row(4, "AD4"), 3 * 3),
        (row(1, "A1", "XFD1048576"), 1_048_576 * 16_384),
        (row(1, "A1", "XFD1") + row(2, "B30000"), 30_000 * 16_384),
        (row(1, "a1", "xfd1048576"), 1_048_576 * 16_384),
        (row(1, "A1", "XFD1048576").replace("r=", "r\n= "), 1_048_576 * 16_384),
    ],
    ids=["honest", "far in a near row", "far rows of near columns", "small letters", "blanks"],
)
def test_a_wide_sheet_is_measured_by_its_cells_whatever_row_they_stand_in(
    tmp_path: Path, rows: str, cells: int
) -> None:
    assert measured(tmp_path, rows, 10_000_000) == cells


def test_a_cell_behind_all_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="XFD"):
        measured(tmp_path, row(1, "A1", "AAAA1"), 10_000_000)


def test_cells_without_a_reference_stand_in_the_row_that_is_open(tmp_path: Path) -> None:
    padding = "<x/>" * (1 << 18)
    far = f'<row spans="1:2" r="1000">{padding}<c><v>1</v></c><c><v>2</v></c></row>'
    assert measured(tmp_path, row(1, "A1") + far, 10) == 1000 * 2


def test_a_sheet_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(sheet1__xml=b'<!DOCTYPE x [<!ENTITY e "1">]><worksheet/>'))
    with open_zip(path, WORKBOOK) as archive, pytest.raises(RefusedFileError, match="文档类型"):
        xlsx_cells(archive, archive.members[0], 10)
