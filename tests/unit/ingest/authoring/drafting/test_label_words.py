"""What the words of a header say: rates, units, identifiers, prose."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.drafting.label_words import (
    is_count,
    is_identifier,
    is_prose,
    is_rate,
    is_row_number,
    unit_of,
    unit_of_rate,
)


@pytest.mark.parametrize(
    ("label", "is_summed", "expected"),
    [
        ("均衡件数", False, False),
        ("年度得分", True, False),
        ("占比", True, True),
        ("完成(%)", False, True),
        ("比上周增减", False, False),
    ],
)
def test_what_only_looks_like_a_rate_is_added_up(label: str, is_summed: bool, expected: bool) -> None:
    assert is_rate(label, ["1", "2"], is_summed) is expected


def test_a_scale_in_the_header_is_no_unit() -> None:
    assert (unit_of("受理(件)"), unit_of("受理(万件)"), unit_of("受理(A)")) == ("件", None, None)


@pytest.mark.parametrize(
    ("label", "expected"), [("办件编号", True), ("SRNumber", True), ("ZipCode", True), ("窗口", False), ("idle", False)]
)
def test_numbers_that_are_not_counted_with_are_known_by_their_label(label: str, expected: bool) -> None:
    assert is_identifier(label) is expected


def test_a_column_that_only_counts_rows_is_known_however_it_is_spaced() -> None:
    assert [is_row_number(label) for label in ("序号", "序 号", "No.", "编号")] == [True, True, True, False]


@pytest.mark.parametrize(
    ("label", "texts", "expected"),
    [
        ("投诉内容", ["窗口态度生硬希望改进工作作风等候时间太长"], True),
        ("投诉内容", ["短"], False),
        ("备用", ["窗口态度生硬，等候时间太长，希望改进工作作风"], True),
        ("备用", ["王某13900001111"], True),
        ("投诉内容", [], False),
    ],
)
def test_prose_is_known_by_its_length_or_by_numbers_of_persons_in_it(
    label: str, texts: list[str], expected: bool
) -> None:
    assert is_prose(label, texts) is expected


def test_acts_that_end_like_a_number_and_rates_of_numbers_are_no_identifiers() -> None:
    assert not any(map(is_identifier, ("取号", "过号", "日均取号", "编号重复率")))
    assert all(map(is_identifier, ("窗口号", "手机号", "工号")))


@pytest.mark.parametrize(
    ("label", "texts", "unit"),
    [
        ("满意率", ["98.5%", "99%"], "%"),
        ("满意率", ["98.5", "0.9"], "%"),
        ("满意率(%)", ["0.985"], "%"),
        ("满意率", ["0.985", "1"], None),
        ("日均", ["98.5"], None),
        ("环比", ["12.5"], None),
        ("环比", ["12.5%", "-3%"], "%"),
    ],
)
def test_rates_are_counted_in_per_cents_where_a_sign_or_their_size_says_so(
    label: str, texts: list[str], unit: str | None
) -> None:
    assert unit_of_rate(label, texts) == unit


def test_labels_of_counts_are_known_before_anything_is_counted() -> None:
    assert all(map(is_count, ("本周受理", "累计办结", "咨询人次", "评价数", "取号量")))
    assert not any(map(is_count, ("受理部门", "办结率", "备注")))
