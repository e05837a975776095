"""Lines of region, frequency and unit below a header."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.unit_lines import is_unit_line, scaled_cells
from tests.unit.ingest.demo_form import Cell, Loaded, contract

FORM = contract(
    fields=[
        {"name": "day", "title": "指标"},
        {"name": "accepted", "title": "受理", "type": "integer"},
        {"name": "completed", "title": "办结", "type": "integer"},
    ]
)
HEADER: list[Cell] = ["指标", "受理", "办结"]
HEAD = find_header([HEADER], FORM)


def load(*rows: list[Cell]) -> Loaded:
    by_row = Loaded([Sheet("表", [HEADER, *rows])], FORM)
    assert Loaded([Sheet("表", in_columns([HEADER, *rows]))], FORM).outcome == by_row.outcome
    return by_row


def test_lines_of_region_frequency_and_unit_are_no_rows() -> None:
    found = load(["地区", "四川", "四川"], ["频度", "周", "周"], ["单位", "件", "件"], ["第15周", "5", "4"])
    assert [row[2] for row in found.rows] == ["第15周"]
    assert not found.excluded
    assert found.set_aside["unit_line"] == 3


def test_a_unit_that_scales_and_stands_apart_from_the_labels_refuses_the_file() -> None:
    assert "万件" in load(["地区", "四川", "四川"], ["单位", "万件", "件"], ["第15周", "5", "4"]).refusal


def test_such_a_line_stands_below_the_header_only() -> None:
    found = load(["第15周", "5", "4"], ["地区", "四川", "四川"])
    assert [row[4] for row in found.excluded] == ["not_an_integer"]


@pytest.mark.parametrize(
    "row", [["地区", "5", "四川"], ["公安厅", "四川", "四川"], ["地区", None, None], [None, None, None]]
)
def test_rows_with_numbers_or_other_names_are_none(row: list[Cell]) -> None:
    assert HEAD is not None
    assert not is_unit_line(row, HEAD)


def test_only_units_with_a_scale_are_told() -> None:
    assert HEAD is not None
    assert [(column.label, unit) for column, unit in scaled_cells(["单位", "（万件）", "件"], HEAD)] == [
        ("受理", "（万件）")
    ]
