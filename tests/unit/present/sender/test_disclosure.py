"""What of a row goes back to its sender, cell by cell."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.contracts import Contract
from pipeline.ingest.tables.headers.header import Header, find_header
from pipeline.ingest.tables.rows import RowKind
from pipeline.present.sender.disclosure import NOT_LOADED, NOT_READ, Disclosure
from pipeline.privacy.masking import MASK

CONTRACT = Contract.model_validate(
    {
        "name": "complaint",
        "title": "投诉登记",
        "version": 1,
        "delivery": {"kind": "weekly"},
        "primaryKey": ["complaint_no"],
        "layout": {"totals": [{"label": "合计", "covers": "table"}]},
        "fields": [
            {"name": "complaint_no", "title": "登记编号", "constraints": {"required": True}},
            {"name": "caller", "title": "来电人", "personal": "drop"},
            {"name": "words", "title": "诉求", "freeText": True},
        ],
    }
)
LABELS = ["序号", "登记编号", "来电人", "诉求", "备忘"]


@pytest.fixture
def disclosure() -> Disclosure:
    header: Header | None = find_header([LABELS], CONTRACT)
    assert header is not None
    return Disclosure(header, CONTRACT)


def test_a_row_keeps_what_the_contract_reads_and_hides_persons_and_columns_that_it_does_not_read(
    disclosure: Disclosure,
) -> None:
    row = ["1", "T-7", "张三丰", "请尽快办理", "张三丰的邻居"]
    assert disclosure.row(row, RowKind.DATA) == ["1", "T-7", NOT_LOADED, "请尽快办理", NOT_READ]


def test_only_columns_that_are_read_and_hold_no_persons_are_disclosed(disclosure: Disclosure) -> None:
    assert disclosure.columns == [1, 3]


def test_numbers_of_persons_in_prose_are_masked(disclosure: Disclosure) -> None:
    row = ["2", "T-8", None, "电话13900001234", None]
    assert disclosure.row(row, RowKind.DATA) == ["2", "T-8", None, f"电话{MASK}", None]


def test_of_a_total_its_word_is_kept(disclosure: Disclosure) -> None:
    assert disclosure.row(["合 计", None, None, None, "12"], RowKind.TOTAL) == ["合 计", None, None, None, NOT_READ]


def test_nothing_below_the_header_of_a_list_of_persons_goes_out(disclosure: Disclosure) -> None:
    assert disclosure.row(["姓名", "手机号", None, None, None], RowKind.DATA) == [NOT_READ, NOT_READ, None, None, None]
    assert disclosure.row(["3", "T-9", None, "好", None], RowKind.DATA) == [NOT_READ, NOT_READ, None, NOT_READ, None]


@pytest.mark.parametrize(
    ("cells", "disclosed"),
    [
        (["投诉登记表"], ["投诉登记表"]),
        (["张三丰"], [NOT_READ]),
        (["2023年4月17日"], ["2023年4月17日"]),
        (["填报单位：省司法厅", "窗口台账"], ["填报单位：省司法厅", NOT_READ]),
    ],
)
def test_a_line_above_the_header_goes_out_where_it_says_what_the_table_is(
    disclosure: Disclosure, cells: list[Any], disclosed: list[Any]
) -> None:
    assert disclosure.title(cells) == disclosed
