"""Rows that number the columns of a table."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.numbering import holds_only_number, is_numbering, numbers_all_columns, running_columns
from tests.unit.ingest.demo_form import Cell, Loaded, contract


@pytest.mark.parametrize(
    "row",
    [
        "1 2 3", "(1) （２） 3", "甲 乙 A B", "甲 乙 1 2", "一 二 三", "栏次 1 2", "序号 甲 乙", "甲 1 2=3+4 3",
        "a b c=a+b", "一 二 三 四 五 六 七 八 九 十 十一 十二", "甲 乙 a b 1 2", "1 2 3 4 5 6 7 8 9 10 11",
    ],
)  # fmt: skip
def test_a_row_that_counts_in_any_notation_numbers_the_columns(row: str) -> None:
    assert is_numbering(list(row.split()))


@pytest.mark.parametrize("row", ["1 3", "2 3", "1", "栏次 1", "一 三", "甲 丙", "A C", "1 公安厅", "0 1 2", "一 2", ""])
def test_a_row_that_does_not_count_on_from_the_first_is_something_else(row: str) -> None:
    assert not is_numbering(list(row.split()))


def test_empty_cells_between_the_numbers_do_not_matter() -> None:
    assert is_numbering([None, "1", "", " 2 ", None])
    assert not is_numbering([None, " ", None])


FORM = contract(
    fields=[
        {"name": "name", "title": "名称", "constraints": {"required": True}},
        {"name": "item", "title": "事项", "fill_down": True},
        {"name": "accepted", "title": "受理", "type": "integer"},
        {"name": "completed", "title": "办结", "type": "integer"},
    ]
)
HEADER: list[Cell] = ["名称", "事项", "受理", "办结"]


def loaded(*rows: list[Cell], header: list[Cell] = HEADER) -> list[Cell]:
    """The names of the rows that are loaded."""
    sheet = [header, *rows]
    by_row = Loaded([Sheet("表", sheet)], FORM)
    assert Loaded([Sheet("表", in_columns(sheet))], FORM).outcome == by_row.outcome
    assert by_row.physical == len(sheet)
    return [row[2] for row in by_row.rows]


def test_a_line_of_stems_and_numbers_below_a_header_is_no_row() -> None:
    assert loaded(["甲", "乙", "1", "2"], ["公安厅", "许可", "5", "3"]) == ["公安厅"]
    assert loaded(["1", "2", "3", "4"], ["公安厅", "许可", "5", "3"]) == ["公安厅"]


def test_rows_that_are_named_in_order_are_rows() -> None:
    assert loaded(["甲", "乙", "1", "2"], ["乙", "丙", "2", "3"]) == ["甲", "乙"]
    assert loaded(["1", "2", "3", "4"], ["2", "7", "8", "9"]) == ["1", "2"]


def test_lines_that_hold_only_their_number_are_no_rows() -> None:
    header: list[Cell] = ["序号", *HEADER]
    empty: list[list[Cell]] = [[str(at), None, None, None, None] for at in range(3, 100)]
    rows: list[list[Cell]] = [["1", "公安厅", "许可", "5", "3"], ["2", "司法厅", "许可", "5", "4"], *empty]
    assert loaded(*rows, header=header) == ["公安厅", "司法厅"]


def test_a_column_counts_the_rows_by_its_label_or_its_cells() -> None:
    header = find_header([["序号", *HEADER]], FORM)
    assert header is not None
    assert running_columns(header, [["1", "甲"], ["3", "乙"]]) == {0}
    assert running_columns(header, [[None, "1"], [None, "2"], [None, "3"]]) == {0, 1}
    assert holds_only_number(["4", None, " "], frozenset({0}))
    assert not holds_only_number(["4", None, "0"], frozenset({0}))
    assert not holds_only_number(["四", None], frozenset({0}))
    assert not holds_only_number([None, None], frozenset({0}))
    assert numbers_all_columns(["1", "甲", "乙", "1", "2"], header, ["1", "公安厅"])
    assert not numbers_all_columns(["甲", "乙", "1"], header, ["公安厅"])
