"""Which rows add up others by their numbers, whatever they are called, and which only seem to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts.model import Contract
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.rows import RowKind
from pipeline.ingest.tables.sum_rows import FoundSum, sum_rows
from tests.unit.ingest.demo_form import contract

HEADER: Row = ["日期", "窗口", "咨询", "受理", "颁发"]
NUMBERS = [{"name": f"n{at}", "title": title, "type": "integer"} for at, title in enumerate(HEADER[2:])]
FORM = contract(
    fields=[
        {"name": "day", "title": "日期", "type": "date", "fill_down": True},
        {"name": "window_name", "title": "窗口", "codes": "window"},
        *NUMBERS,
    ]
)
Cells = list[str | None]


def found(rows: Sequence[Cells], form: Contract = FORM, codes: Sequence[str] = ()) -> dict[int, FoundSum]:
    header = find_header([HEADER], form)
    assert header is not None
    numbered = [(at, row, RowKind.DATA) for at, row in enumerate(rows, start=2)]
    return sum_rows(numbered, header, form, {}, {"window": frozenset(codes)})


def row(window: str | None, *numbers: int, day: str | None = None) -> Cells:
    return [day, window, *map(str, numbers)]


BLOCK = [row("甲窗口", 31, 12, 20, day="2023-04-17"), row("乙台", 17, 9, 11)]
SUM = (48, 21, 31)


def test_a_row_under_an_unheard_of_name_that_adds_up_its_block_is_asked_about() -> None:
    one = found([*BLOCK, row("合起来", *SUM)])[4]
    assert (one.is_total, one.words) == (False, "等于第 2 至 3 行之和")


@pytest.mark.parametrize("name", [None, "全部窗口", "各窗口"])
def test_a_row_that_names_nothing_and_adds_up_its_block_is_a_total(name: str | None) -> None:
    one = found([*BLOCK, row(name, *SUM)])[4]
    assert (one.is_total, one.covers) == (True, "group")


def test_a_name_that_closes_block_after_block_is_that_of_totals_even_where_one_was_added_up_wrongly() -> None:
    days = [f"2023-04-{day}" for day in (17, 18, 19)]
    rows: list[Cells] = []
    for at, day in enumerate(days):
        wrong = 1 if at == 2 else 0
        rows += [
            row("甲窗口", 31, 12, 20 + at, day=day),
            row("乙台", 17, 9, 11),
            row("合起来", 48 + wrong, 21, 31 + at),
        ]
    sums = found(rows)
    assert sorted(sums) == [4, 7, 10]
    assert all(one.is_total and one.covers == "group" for one in sums.values())


def test_a_total_of_all_blocks_counts_none_twice() -> None:
    other = [row("甲窗口", 30, 10, 5, day="2023-04-18"), row("乙台", 20, 30, 40), row("合起来", 50, 40, 45)]
    sums = found([*BLOCK, row("合起来", *SUM), *other, row("全部", 98, 61, 76)])
    assert {at: (one.is_total, one.covers) for at, one in sums.items()} == {
        4: (True, "group"), 7: (True, "group"), 8: (True, "table"),
    }  # fmt: skip


def test_a_total_may_stand_above_its_rows() -> None:
    sums = found([row("全部", *SUM, day="2023-04-17"), row("甲窗口", 31, 12, 20), row("乙台", 17, 9, 11)])
    assert {at: (one.is_total, one.first_row, one.last_row) for at, one in sums.items()} == {2: (True, 3, 4)}


def test_a_mean_of_several_rows_is_no_row_of_data() -> None:
    rows = [row("甲窗口", 310, 120, 200, day="2023-04-17"), row("乙台", 170, 90, 110), row("丙室", 151, 61, 301)]
    one = found([*rows, row("中间数", 210, 90, 204)])[5]
    assert (one.is_mean, one.words) == (True, "等于第 2 至 4 行的平均")


@pytest.mark.parametrize(
    "rows",
    [
        [row("甲窗口", 31, 12, 20), row("乙台", 31, 12, 20)],
        [row("甲窗口", 31, 12, 20), row("乙台", 0, 0, 0), row("丙室", 31, 12, 20)],
        [row("甲窗口", 0, 0, 0), row("乙台", 0, 0, 0), row("丙室", 0, 0, 0)],
        [row("甲窗口", 1, 1, 0), row("乙台", 2, 1, 0), row("丙室", 3, 2, 0)],
        [row("甲窗口", 10, 9, 0), row("乙窗口", 20, 18, 0), row("丙窗口", 30, 27, 0)],
        [row("甲窗口", 40, 0, 0), row("乙台", 21, 0, 0), row("丙室", 61, 0, 0)],
        [row("甲窗口", 40, 40, 40), row("乙台", 21, 21, 21), row("丙室", 61, 61, 61)],
    ],
    ids=["two alike", "one beside zeros", "all zero", "small", "siblings", "one column", "one count thrice"],
)
def test_rows_that_may_be_equal_by_chance_are_data(rows: list[Cells]) -> None:
    assert not found(rows)


def test_a_known_name_and_one_that_the_contract_lists_are_data_whatever_their_numbers() -> None:
    rows = [*BLOCK, row("合起来", *SUM)]
    listed = FORM.model_copy(update={"layout": FORM.layout.model_copy(update={"data_labels": ("合起来",)})})
    assert not found(rows, codes=["甲窗口", "乙台", "合起来"])
    assert not found(rows, listed)


def test_a_window_that_adds_up_others_on_one_day_only_is_a_window() -> None:
    monday = [row("甲窗口", 31, 12, 20, day="2023-04-17"), row("乙台", 17, 9, 11), row("丙室", 48, 21, 31)]
    tuesday = [row("甲窗口", 30, 10, 5, day="2023-04-18"), row("乙台", 20, 30, 40), row("丙室", 7, 5, 3)]
    assert not found([*monday, *tuesday])


counts = st.integers(20, 900)
blocks = st.lists(st.lists(st.tuples(counts, counts, counts), min_size=2, max_size=5), min_size=1, max_size=4)


@given(blocks=blocks, name=st.text(alphabet="安宁康泰", min_size=1, max_size=3))
def test_the_sum_of_a_block_is_never_loaded_whatever_its_name(
    blocks: list[list[tuple[int, int, int]]], name: str
) -> None:
    rows: list[Cells] = []
    places = []
    for number, block in enumerate(blocks):
        rows += [row(f"{at}号", *numbers, day=f"2023-04-{number + 10}" if at == 0 else None)
                 for at, numbers in enumerate(block)]  # fmt: skip
        rows.append(row(name, *map(sum, zip(*block, strict=True))))
        places.append(len(rows) + 1)
    profiles = {tuple(numbers[column] for numbers in blocks[0]) for column in range(3)}
    if len(profiles) > 1:
        assert set(places) <= set(found(rows))


@given(rows=st.lists(st.tuples(*[st.integers(0, 10**6)] * 3), max_size=30, unique=True))
def test_rows_of_any_numbers_are_hardly_ever_sums(rows: list[tuple[int, int, int]]) -> None:
    sums = found([row(f"{at}号", *numbers) for at, numbers in enumerate(rows)])
    for place, one in sums.items():
        summands = rows[one.first_row - 2 : one.last_row - 1]
        assert one.is_mean or rows[place - 2] == tuple(map(sum, zip(*summands, strict=True)))
