"""Rates, shares, averages and changes are proposed where the rows agree, and said with the rows that do not."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.authoring.drafting.proposals.small_table import Cell, proposed, said

RATES: list[list[Cell]] = [
    ["甲", 6400, 5952, "93.00%"],
    ["乙", 5160, 4879, "94.55%"],
    ["丙", 2710, 2605, "96.13%"],
    ["丁", 1207, 1001, "82.93%"],
    ["戊", 830, 700, "84.34%"],
]


def test_a_rate_is_proposed_with_its_counts_and_its_evidence() -> None:
    (rate, within) = proposed("单位 办件 主动评价 主动评价率", *RATES)
    assert (rate.word, rate.said) == ("rate", "{of: active_rating, per: cases}")
    assert rate.note == "主动评价÷办件，5 行中 5 行相符"
    assert within.said == "{part: active_rating, whole: cases}"


def test_a_row_that_does_not_agree_is_named_with_what_it_prints_and_should_print() -> None:
    rows = [*RATES, ["己", 1000, 800, "88.40%"]]
    rate = proposed("单位 办件 主动评价 主动评价率", *rows)[0]
    assert rate.evidence == "6 行中 5 行相符，不符：第 7 行印为 88.40%，应为 80.00%"
    assert (rate.is_doubted, rate.misfits) == (False, (7,))


def test_a_label_that_its_only_row_contradicts_is_mentioned_and_not_written() -> None:
    (rate, _) = proposed("单位 办件 主动评价 主动评价率", ["甲", 6400, 5952, "88.40%"])
    assert rate.is_doubted
    assert "但 1 行中 0 行相符，不符：第 2 行印为 88.40%，应为 93.00%；核对后再写上" in rate.note


def test_two_rows_of_numbers_alone_propose_nothing_and_three_do() -> None:
    assert said("单位 甲数 乙数 丙率", ["一", 6400, 5952, "93.00%"], ["二", 5160, 4879, "94.55%"]) == []
    rows = [["一", 6400, 5952, "93.00%"], ["二", 5160, 4879, "94.55%"], ["三", 2710, 2605, "96.13%"]]
    assert said("单位 甲数 乙数 丙率", *rows) == ["field_4 rate: {of: field_3, per: field_2}"]


def test_a_rate_of_this_week_is_not_of_the_counts_to_date() -> None:
    titles = "单位 本周受理 本周办结 累计受理 累计办结 本周办结率"
    rows = [
        ["甲", 100, 90, 1000, 900, "90.0%"],
        ["乙", 200, 150, 2000, 1500, "75.0%"],
        ["丙", 300, 240, 3000, 2400, "80.0%"],
    ]
    assert "rate: {of: week_completed, per: week_accepted}" in " ".join(said(titles, *rows))


def test_a_rate_in_whole_numbers_without_a_sign_is_one_of_per_cents() -> None:
    rows = [["甲", 400, 372, "93"], ["乙", 510, 479, "93.9"], ["丙", 270, 205, "75.9"]]
    assert "completion_rate rate: {of: completed, per: accepted}" in said("单位 受理 办结 办结率", *rows)


def test_the_rate_of_a_printed_total_counts_among_the_rows() -> None:
    rows = [["甲", 100, 90, "90.00%"], ["乙", 300, 285, "95.00%"], ["合计", 400, 375, "95.70%"]]
    rate = proposed("单位 受理 办结 办结率", *rows)[0]
    assert rate.evidence == "3 行中 2 行相符，不符：第 4 行（合计）印为 95.70%，应为 93.75%"


def test_shares_are_of_the_rows_even_where_the_printed_total_is_another() -> None:
    rows = [["咨询", 98010, "65.13%"], ["求助", 31240, "20.76%"], ["投诉", 21233, "14.11%"], ["合计", 210400, ""]]
    assert said("类型 件数 占比", *rows) == ["share share: {of: count, within: table}"]


def test_shares_of_the_printed_total_and_of_a_group_are_told_apart() -> None:
    of_total = [["咨询", 980, "49.00%"], ["求助", 312, "15.60%"], ["投诉", 212, "10.60%"], ["合计", 2000, ""]]
    assert said("类型 件数 占比", *of_total) == ["share share: {of: count, within: printed_total}"]
    of_group: list[list[Cell]] = [
        ["东区", "咨询", 60, "60.0%"],
        ["东区", "投诉", 40, "40.0%"],
        ["西区", "咨询", 30, "75.0%"],
        ["西区", "投诉", 10, "25.0%"],
    ]
    assert said("区县 类型 件数 占比", *of_group) == ["share share: {of: count, within: district}"]


def test_averages_are_over_a_column_a_number_or_the_working_days() -> None:
    assert said("受理 天数 日均", [70210, 7, 10030]) == ["daily_average average: {of: accepted, over: days}"]
    open_days = [["A1", 120, 5, "24"], ["A2", 230, 5, "46"], ["A3", 98, 4, "24.5"]]
    assert said("窗口 取号数 开放天数 日均取号", *open_days) == [
        "daily_average_ticketed average: {of: ticketed_count, over: open_days}"
    ]
    rows = [["甲", 105, "21"], ["乙", 212, "42.4"], ["丙", 333, "66.6"]]
    assert said("单位 受理 日均受理", *rows) == ["daily_average_accepted average: {of: accepted, over: working_days}"]


def test_a_change_is_tested_where_the_week_before_is_printed_beside() -> None:
    rows = [["甲", 110, 100, "10.00%"], ["乙", 90, 120, "-25.00%"], ["丙", 66, 60, "10.00%"]]
    (change,) = [one for one in proposed("单位 本周受理 上周受理 受理环比", *rows) if one.word == "change"]
    assert change.said == "{of: week_accepted, against: previous}"
    assert change.evidence == "3 行中 3 行相符"


def test_nothing_is_proposed_for_numbers_that_have_nothing_to_do_with_each_other() -> None:
    chance = random.Random(18)
    for _ in range(60):
        rows: list[list[Cell]] = [
            [f"窗口{place}", *(chance.randint(0, 3_000) for _ in range(5)), f"{chance.uniform(1, 99):.1f}%"]
            for place in range(chance.randint(1, 9))
        ]
        assert said("窗口 甲数 乙数 丙数 丁数 戊数 己率", *rows) == []


COUNTS = st.integers(500, 90_000).flatmap(lambda cases: st.tuples(st.just(cases), st.integers(1, cases - 1)))


@given(st.lists(COUNTS, min_size=5, max_size=12, unique=True), st.integers(0, 4), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_whatever_the_counts_and_the_places_the_one_wrong_rate_is_named(
    counts: list[tuple[int, int]], wrong: int, places: int
) -> None:
    rows: list[list[Cell]] = []
    for place, (cases, rated) in enumerate(counts):
        rate = 100 * rated / cases
        if place == wrong:
            rate = rate - 7 if rate > 50 else rate + 7
        rows.append([f"{place}区", cases, rated, f"{rate:.{places}f}%"])
    (rate_found, *_) = proposed("单位 办件 主动评价 主动评价率", *rows)
    assert rate_found.said == "{of: active_rating, per: cases}"
    assert rate_found.misfits == (wrong + 2,)
    assert not rate_found.is_doubted
