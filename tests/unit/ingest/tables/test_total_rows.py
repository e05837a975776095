"""Which total of the contract a row is."""

from __future__ import annotations

import pytest

from pipeline.contracts.model import Total
from pipeline.ingest.tables.headers.header import Header, find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.total_rows import label_places, part_places, squeezed, total_at, total_of
from tests.unit.ingest.demo_form import DEMO, HEADER
from tests.unit.ingest.recognise.tiny_contracts import LABELS, tiny_contract


def header_of(row: Row = HEADER) -> Header:
    header = find_header([row], DEMO)
    assert header is not None
    return header


def test_a_total_is_named_left_of_the_first_number_or_further_right_and_never_among_numbers() -> None:
    assert label_places(header_of()) == ((0, 1, 2), (5,))
    assert label_places(header_of(["受理", "部门", "办结率", "事项"])) == ((), (1, 3))


def test_a_part_is_named_left_of_the_numbers_and_not_in_prose() -> None:
    assert part_places(header_of()) == (0, 2)
    without_numbers = find_header([LABELS], tiny_contract())
    assert without_numbers is not None
    assert part_places(without_numbers) == ()
    assert label_places(without_numbers) == ((), (0, 1, 2))


@pytest.mark.parametrize(
    ("label", "covers"),
    [
        ("合 计", "table"), ("合计（件）：", "table"), ("合计数", "table"), ("公安厅小计", "group"),
        ("今年累计", "year"), ("合计办公室", None), ("公安厅", None), ("", None),
        ("以上各部门窗口本期受理办结数据均已核对无误并合计", "table"),
        ("以上各部门窗口本期受理办结数据均已核对无误并且全部合计", None),
    ],
)  # fmt: skip
def test_a_row_is_a_total_by_its_name_with_a_few_words_before_it(label: str, covers: str | None) -> None:
    total = total_of([label, None, None, "1", None, None], header_of(), DEMO)
    assert (total.covers if total else None) == covers


def test_a_name_further_right_counts_only_where_nothing_stands_on_the_left() -> None:
    totals = [Total(label="合计", covers="table")]
    places = ((0, 1), (3,))
    assert total_at(["公安厅", None, "1", "合计"], places, totals) is None
    assert total_at([None, " ", "1", "合计"], places, totals) is totals[0]
    assert total_at([None, "合计"], places, totals) is totals[0]
    assert total_at([], places, totals) is None
    assert total_at(["合计"], places, []) is None


def test_without_numbers_only_the_whole_name_is_one() -> None:
    totals = [Total(label="合计", covers="table")]
    assert total_at(["统计合计"], ((), (0,)), totals) is None
    assert total_at(["合 计："], ((), (0,)), totals) is totals[0]


def test_a_text_is_squeezed_to_what_is_seen_of_it() -> None:
    assert [squeezed(one) for one in (" 合\u3000计\n", "合\u200b计", None)] == ["合计", "合计", ""]
