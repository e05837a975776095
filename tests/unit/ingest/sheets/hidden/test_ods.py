"""What an .ods says of its cells that its reader does not tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.common.cell_marks import ERROR_MARK, NUMBER_MARK
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets.hidden.ods import hidden_in_ods
from pipeline.ingest.sheets.hidden.values import SearchedBook
from pipeline.ingest.sheets.sheet import MergedRange
from tests.unit.ingest.deliveries import zipped

NAMES = " ".join(f'xmlns:{one}="{one}"' for one in ("office", "table", "calcext", "text", "dc"))


def searched(folder: Path, rows: str) -> SearchedBook:
    path = folder / "a.ods"
    sheet = f'<office:x {NAMES}><table:table table:name="综窗">{rows}</table:table></office:x>'
    path.write_bytes(zipped(content__xml=sheet.encode()))
    return hidden_in_ods(path)


def cell(kind: str, value: str = "", inside: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {value}>{inside}</table:table-cell>'


def row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


BLANK = "<table:table-cell/>"
TEXT = cell("string", inside="<text:p>甲</text:p>")
ERROR = '<table:table-cell office:value-type="string" calcext:value-type="error">{}</table:table-cell>'


def test_errors_shares_long_numbers_and_times_are_found_where_they_stand(tmp_path: Path) -> None:
    found = searched(
        tmp_path,
        row(BLANK, TEXT, ERROR.format("<text:p>#DIV/0!</text:p>"))
        + row(BLANK, repeated=2)
        + row(
            BLANK,
            cell("percentage", 'office:value="0.985"'),
            cell("float", 'office:value="5.1E17"'),
            cell("time", 'office:time-value="PT9H05M00S"'),
        ),
    )
    assert found.silent_cells("综窗").cells == {(0, 2): f"{ERROR_MARK}#DIV/0!", (3, 1): "98.5%", (3, 3): "09:05:00"}
    assert found.wide_cells("综窗").cells == {(3, 2): f"{NUMBER_MARK}510000000000000000"}
    assert found.silent_cells("综窗").first_column == found.wide_cells("综窗").first_column == 1


def test_days_are_counted_by_column_from_the_first_filled_one(tmp_path: Path) -> None:
    day = cell("date", 'office:date-value="2023-04-17"')
    found = searched(tmp_path, row(BLANK, TEXT, day) + row(BLANK, BLANK, day, repeated=2))
    assert found.days("综窗") == {1: frozenset({0, 1, 2})}
    assert found.days("没有") == {}


def test_a_comment_on_an_error_and_its_author_are_no_part_of_it(tmp_path: Path) -> None:
    comment = "<office:annotation><dc:creator>某某</dc:creator><text:p>请核实</text:p></office:annotation>"
    found = searched(tmp_path, row(ERROR.format(f"{comment}<text:p>#N/A</text:p>")))
    assert found.silent_cells("综窗").cells == {(0, 0): f"{ERROR_MARK}#N/A"}


def test_a_cell_repeated_to_the_end_of_the_sheet_is_noted_a_thousand_times_at_most(tmp_path: Path) -> None:
    far = '<table:table-cell office:value-type="percentage" office:value="1" table:number-columns-repeated="16384"/>'
    found = searched(tmp_path, row(far))
    assert len(found.silent_cells("综窗").cells) == 1000


@pytest.mark.parametrize("rows", ["<table:table-row>", row(cell("float", 'office:value="many"'))])
def test_of_xml_that_makes_no_sense_nothing_is_known(tmp_path: Path, rows: str) -> None:
    assert searched(tmp_path, rows) == SearchedBook()


def test_an_encoding_that_is_not_read_is_no_sense_either(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(zipped(content__xml=b'<?xml version="1.0" encoding="no-such"?><a/>'))
    assert hidden_in_ods(path) == SearchedBook()


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(zipped(content__xml=b"<!DOCTYPE x><x/>"))
    with pytest.raises(RefusedFileError, match="文档类型"):
        hidden_in_ods(path)


def test_merged_cells_are_found_where_they_begin(tmp_path: Path) -> None:
    down = cell("string", 'table:number-rows-spanned="3"', "<text:p>甲</text:p>")
    across = cell("string", 'table:number-columns-spanned="2"')
    one = cell("string", 'table:number-columns-spanned="1"')
    found = searched(tmp_path, row(BLANK, TEXT, one, repeated=2) + row(BLANK, down) + row(BLANK, across))
    assert found.merged_cells("综窗") == [MergedRange(2, 4, 0, 0), MergedRange(3, 3, 0, 1)]
