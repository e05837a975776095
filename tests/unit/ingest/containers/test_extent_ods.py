"""How many cells the sheets of an OpenDocument workbook span, repeated ones included."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.containers.extent_ods import ods_cells
from pipeline.ingest.errors import RefusedFileError
from tests.unit.ingest.deliveries import zipped

FILLED = '<table:table-cell office:value-type="float" office:value="1"/>'
BLANK = '<table:table-cell table:style-name="ce1"/>'


def row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def measured(folder: Path, *tables: str, max_cells: int = 1000) -> int:
    sheets = "".join(f"<table:table>{rows}</table:table>" for rows in tables)
    content = f'<office:spreadsheet xmlns:office="urn:o" xmlns:table="urn:t">{sheets}</office:spreadsheet>'
    path = folder / "a.ods"
    path.write_bytes(zipped(content__xml=content.encode()))
    with open_zip(path, WORKBOOK) as archive:
        return ods_cells(archive, archive.members[0], max_cells)


def test_a_sheet_spans_up_to_its_last_filled_cell(tmp_path: Path) -> None:
    assert measured(tmp_path, row(BLANK + FILLED + BLANK) + row(FILLED) + row(BLANK)) == 2 * 2


def test_repeated_rows_and_columns_count_each(tmp_path: Path) -> None:
    blanks = '<table:table-cell table:number-columns-repeated="6"/>'
    assert measured(tmp_path, row(BLANK, repeated=4) + row(blanks + FILLED, repeated=3)) == 7 * 7


def test_blanks_repeated_to_the_end_of_the_sheet_span_nothing(tmp_path: Path) -> None:
    to_the_right = '<table:table-cell table:number-columns-repeated="16383"/>'
    assert measured(tmp_path, row(FILLED + to_the_right) + row(to_the_right, repeated=1_048_575)) == 1


def test_the_largest_sheet_counts(tmp_path: Path) -> None:
    assert measured(tmp_path, row(FILLED), row(FILLED * 5), row(FILLED * 2)) == 5


def test_an_error_and_a_time_are_filled_cells(tmp_path: Path) -> None:
    error = '<table:table-cell xmlns:calcext="urn:c" calcext:value-type="error"/>'
    assert measured(tmp_path, row(BLANK * 2 + error)) == 3


def test_a_sheet_beyond_the_limit_is_refused_with_what_it_spans(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="跨越 5,000 个单元格"):
        measured(tmp_path, row(FILLED, repeated=5000), max_cells=4999)


@pytest.mark.parametrize("rows", ["<table:table-row>", row(FILLED).replace('"1"', '"many"', 1)])
def test_xml_that_makes_no_sense_is_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(RefusedFileError, match="不是完整的 XML"):
        measured(tmp_path, rows)


@pytest.mark.parametrize("encoding", ["no-such", "gb2312"])
def test_an_encoding_that_xml_is_not_read_in_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(zipped(content__xml=f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()))
    with open_zip(path, WORKBOOK) as archive, pytest.raises(RefusedFileError, match="不是完整的 XML"):
        ods_cells(archive, archive.members[0], 1000)
