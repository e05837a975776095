"""Printed totals beside the sums of the rows that they cover."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from pipeline.ingest.tables.control_totals import (
    Printed,
    PrintedNumber,
    Segment,
    control_totals,
    printed_row,
    sums_of,
)
from pipeline.ingest.tables.headers.header import find_header
from tests.unit.ingest.demo_form import HEADER, contract


def rows(*values: int) -> Segment:
    """The loaded rows of these values between two totals."""
    segment = Segment(rows=len(values))
    for value in values:
        segment.add("accepted", Decimal(value))
    return segment


def total(covers: str, value: int = 0) -> Printed:
    return Printed(9, covers, covers, {"accepted": Decimal(value)})


def computed(printed: list[Printed], *segments: Segment) -> list[int | None]:
    found = control_totals("表", printed, segments)
    return [None if one.computed is None else int(one.computed) for one in found]


NONE = rows()


def test_totals_below_their_rows_cover_what_stands_above_them() -> None:
    printed = [total("group"), total("group"), total("table")]
    assert computed(printed, rows(1, 2), rows(3), NONE, NONE) == [3, 3, 6]


def test_totals_above_their_rows_cover_what_stands_below_them() -> None:
    printed = [total("table"), total("group"), total("group")]
    assert computed(printed, NONE, NONE, rows(1, 2), rows(3)) == [6, 3, 3]


def test_subtotals_above_and_a_total_below_cover_all_rows_once() -> None:
    printed = [total("group"), total("group"), total("table")]
    assert computed(printed, NONE, rows(1, 2), rows(3), rows(4)) == [3, 7, 6]


@pytest.mark.parametrize(("printed", "expected"), [(10877, 10877), (10909, None), (10827, None), (10928, 10877)])
def test_a_row_in_ten_thousands_may_be_off_by_half_of_its_last_place(printed: int, expected: int | None) -> None:
    rounded = rows(10177, 700)
    rounded.note_rounding("accepted", "10,177", Decimal(10177))
    rounded.note_rounding("accepted", "0.07万", Decimal(700))
    assert computed([total("table", printed)], rounded, NONE) == [expected]
    assert computed([total("group"), total("table", printed)], rounded, NONE, NONE)[1] == expected


def test_a_total_in_the_middle_counts_the_rows_above_it_only() -> None:
    assert computed([total("table")], rows(1), rows(2)) == [1]


def test_rows_of_a_year_or_a_part_are_not_all_here_so_that_nothing_is_computed() -> None:
    printed = [total("of_which"), total("year"), total("group")]
    assert computed(printed, rows(1), rows(2), rows(3), NONE) == [None, None, 6]


def test_a_value_whose_rows_are_all_empty_is_compared_with_zero() -> None:
    (found,) = control_totals("表", [total("table", 7)], [Segment(rows=2), NONE])
    assert (found.sheet, found.row_no, found.printed, found.computed) == ("表", 9, 7, 0)


def test_segments_add_up_field_by_field() -> None:
    other = Segment(rows=1)
    other.add("issued", Decimal("0.5"))
    assert sums_of([rows(1, 2), other, rows(4)]) == Segment(
        4, {"accepted": Decimal(7), "issued": Decimal("0.5")}, Counter(accepted=3, issued=1)
    )
    assert sums_of([]) == Segment()


FORM = contract(
    fields=[
        {"name": "department", "title": "部门"},
        {"name": "day", "title": "日期", "type": "date"},
        {"name": "accepted", "title": "受理", "type": "integer", "unit": "件"},
        {"name": "rate", "title": "办结率", "type": "number", "unit": "%", "additive": False},
    ]
)
HEAD = find_header([HEADER], FORM)


@pytest.mark.parametrize(
    ("cells", "scales", "values", "others"),
    [
        (["合计", None, "3", "1,234", "98.5%", None], {}, {"accepted": Decimal(1234)}, {"rate": Decimal("98.5")}),
        (["合计", None, None, "1.2", None, None], {"accepted": "万"}, {"accepted": Decimal(12000)}, {}),
        (["合计", None, None, "不详", None, None], {}, {}, {}),
        (["合计"], {}, {}, {}),
    ],
    ids=["rates apart and no days", "scaled", "no number", "short"],
)
def test_a_row_of_a_total_prints_the_numbers_that_add_up_and_the_others_apart(
    cells: list[str | None], scales: dict[str, str], values: dict[str, Decimal], others: dict[str, Decimal]
) -> None:
    assert HEAD is not None
    printed = printed_row(12, cells, FORM.layout.totals[1], FORM, HEAD, scales)
    assert (printed.row_no, printed.label, printed.covers) == (12, "合计", "table")
    assert (printed.values, printed.others) == (values, others)


def test_a_total_keeps_its_numbers_as_they_are_printed_and_what_it_calls_itself() -> None:
    assert HEAD is not None
    row = ["全厅 合 计：", None, None, "2.31", "93.50％", None]
    printed = printed_row(12, row, FORM.layout.totals[1], FORM, HEAD, {"accepted": "万"})
    assert printed.row_label == "全厅 合 计："
    assert printed.numbers == {
        "accepted": PrintedNumber("2.31万", Decimal(23100), Decimal(100)),
        "rate": PrintedNumber("93.50％", Decimal("93.50"), Decimal("0.01")),
    }


def test_a_total_that_calls_itself_after_a_person_does_not_keep_the_name() -> None:
    assert HEAD is not None
    printed = printed_row(12, ["510101199001011234合计", None, None, "5"], FORM.layout.totals[1], FORM, HEAD, {})
    assert "510101199001011234" not in printed.row_label


def test_rates_of_a_total_are_beside_its_sums_and_are_compared_with_nothing() -> None:
    printed = Printed(9, "合计", "table", {"accepted": Decimal(3)}, {"rate": Decimal(90)})
    totals = control_totals("表", [printed], [rows(1, 2), NONE])
    assert [(found.column_name, found.printed, found.computed) for found in totals] == [
        ("accepted", 3, 3),
        ("rate", 90, None),
    ]


@pytest.mark.parametrize(
    ("printed", "sum_of_rows"), [(7, None), (3, 3), (2, 3)], ids=["may be right", "right", "wrong"]
)
def test_a_blank_that_may_be_any_number_leaves_a_larger_total_open(printed: int, sum_of_rows: int | None) -> None:
    some = rows(1, 2)
    some.rows += 1
    (found,) = control_totals("表", [total("table", printed)], [some, NONE], unknown={"accepted"})
    assert found.computed == sum_of_rows


def test_no_total_of_zero_is_made_of_blanks_that_may_be_any_number() -> None:
    (found,) = control_totals("表", [total("table", 0)], [Segment(rows=2), NONE], unknown={"accepted"})
    assert found.computed is None


def test_a_row_that_says_of_which_is_a_part_and_no_total() -> None:
    assert HEAD is not None
    printed = printed_row(12, ["其中：网上", None, None, "5", None, None], None, FORM, HEAD, {})
    assert (printed.label, printed.covers, printed.values) == ("其中", "of_which", {"accepted": Decimal(5)})
