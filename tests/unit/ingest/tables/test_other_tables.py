"""Where a table ends because another one, under another header, begins below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.other_tables import is_other_header, with_other_tables
from pipeline.ingest.tables.rows import RowKind
from tests.unit.ingest.demo_form import Cell, Loaded, contract

FORM = contract(
    fields=[
        {"name": "name", "title": "名称", "constraints": {"required": True}},
        {"name": "accepted", "title": "受理", "type": "integer", "zero_values": ["无业务"]},
        {"name": "completed", "title": "办结", "type": "integer"},
    ]
)
HEADER: list[Cell] = ["名称", "受理", "办结"]
HEAD = find_header([HEADER], FORM)
FIRST: list[list[Cell]] = [
    ["窗口登记（2023年第15期）", None, None],
    HEADER,
    ["甲窗口", "10", "9"],
    ["乙窗口", "20", "18"],
]
BLANK: list[Cell] = [None, None, None]
BELOW: list[list[Cell]] = [["一楼大厅", "300", "4"], ["二楼大厅", "500", "6"]]


def load(*rows: list[Cell]) -> Loaded:
    by_row = Loaded([Sheet("表", [*FIRST, *rows])], FORM)
    assert Loaded([Sheet("表", in_columns([*FIRST, *rows]))], FORM).outcome == by_row.outcome
    assert by_row.physical == len(FIRST) + len(rows)
    return by_row


@pytest.mark.parametrize(
    "above",
    [[BLANK], [], [BLANK, ["大厅登记", None, None]], [BLANK, BLANK]],
    ids=["a blank row", "nothing", "a title", "two blank rows"],
)
def test_a_second_table_is_never_read_under_the_first_ones_header(above: list[list[Cell]]) -> None:
    found = load(*above, ["名称", "咨询", "投诉"], *BELOW)
    assert [row[2:5] for row in found.rows] == [("甲窗口", 10, 9), ("乙窗口", 20, 18)]
    assert [row[4] for row in found.excluded][-3:] == ["other_table"] * 3


def test_another_table_without_a_label_in_common_begins_below_a_blank_row_or_a_title() -> None:
    for above in ([BLANK], [["大厅登记", None, None]]):
        found = load(*above, ["区域", "咨询", "投诉"], *BELOW)
        assert len(found.rows) == 2


def test_the_own_header_ends_another_table() -> None:
    found = load(BLANK, ["名称", "咨询", "投诉"], *BELOW, HEADER, ["丙窗口", "5", "4"])
    assert [row[2] for row in found.rows] == ["甲窗口", "乙窗口", "丙窗口"]


@pytest.mark.parametrize(
    "row",
    [
        ["丙窗口", "无业务", "无业务"], ["丙窗口", "停电", "停电"], ["丙窗口", "—", "/"], ["丙窗口", "3件", "停电"],
        ["丙窗口", "#REF!", "#N/A"], ["丙窗口", None, None], ["丙窗口", "停电", None],
    ],
)  # fmt: skip
def test_words_in_a_row_of_data_end_no_table(row: list[Cell]) -> None:
    found = load(BLANK, row, ["丁窗口", "1", "1"])
    assert found.rows[-1][2] == "丁窗口"
    assert "other_table" not in [excluded[4] for excluded in found.excluded]


def test_words_without_a_blank_row_or_a_known_label_may_be_data() -> None:
    assert HEAD is not None
    row = ["丙窗口", "停电", "断网"]
    assert not is_other_header(row, RowKind.DATA, HEAD, FORM)
    assert is_other_header(row, RowKind.BLANK, HEAD, FORM)


words = st.text(alphabet="咨询投诉评价巡查", min_size=2, max_size=4)


@given(
    labels=st.lists(words, min_size=2, max_size=2, unique=True),
    numbers=st.lists(st.integers(0, 999), min_size=1, max_size=6),
)
def test_all_rows_below_another_header_are_of_the_other_table(labels: list[str], numbers: list[int]) -> None:
    assert HEAD is not None
    rows = [["甲", "1", "2"], BLANK, ["区域", *labels], *([str(number), str(number), "3"] for number in numbers)]
    kinds = [RowKind.DATA, RowKind.BLANK, *[RowKind.DATA] * (1 + len(numbers))]
    marked = with_other_tables(rows, kinds, HEAD, FORM)
    assert marked == [RowKind.DATA, RowKind.BLANK, *[RowKind.OTHER_TABLE] * (1 + len(numbers))]
