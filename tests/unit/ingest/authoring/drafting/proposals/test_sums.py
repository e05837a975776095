"""Parts, balances, flows and parts of wholes are proposed by their labels and by their sums."""

from __future__ import annotations

import random

from tests.unit.ingest.authoring.drafting.proposals.small_table import Cell, proposed, said

CHANNELS = "单位 办结 网上 窗口 自助"


def test_columns_beside_a_count_that_add_up_to_it_are_its_parts() -> None:
    rows = [["甲", 60, 30, 20, 10], ["乙", 75, 40, 25, 10], ["丙", 90, 41, 29, 20]]
    (parts,) = proposed(CHANNELS, *rows)
    assert parts.said == "{whole: completed, of: [online, window_name, self_service]}"
    assert parts.note == "办结=网上+窗口+自助，3 行中 3 行相符"
    assert said("单位 甲数 乙数 丙数", ["一", 30, 20, 50], ["二", 41, 29, 70], ["三", 5, 6, 11]) == [
        "field_4 parts: {whole: field_4, of: [field_2, field_3]}"
    ]


def test_parts_that_miss_a_few_are_mentioned_where_no_row_agrees() -> None:
    (parts,) = proposed("办结 网上 窗口 自助 快递", [45210, 30112, 14820, 268, 4])
    assert parts.is_doubted
    assert "第 2 行印为 45210，各部分之和为 45204" in parts.note


def test_a_blank_part_makes_its_row_no_evidence() -> None:
    rows: list[list[Cell]] = [["甲", 60, 30, None, 10], ["乙", 75, 40, 25, 10], ["丙", 90, 41, 29, 20]]
    (parts,) = [found for found in proposed(CHANNELS, *rows) if found.word == "parts"]
    assert parts.evidence == "2 行中 2 行相符"


def test_what_a_label_calls_a_part_is_within_its_whole() -> None:
    assert said("单位 受理 其中：网上", ["甲", 30, 20], ["乙", 41, 29]) == [
        "of_which_online within: {part: of_which_online, whole: accepted}"
    ]


def test_stock_and_flow_are_a_balance_and_no_flow_besides() -> None:
    assert said("上期结转 新收 办理 结转下期", [12, 530, 533, 9]) == [
        "carried_forward balance: {opening: carried_in, in: [newly_received], out: [handled], "
        "closing: carried_forward, continues: true}"
    ]


def test_a_balance_that_its_row_contradicts_is_mentioned_and_not_written() -> None:
    doubted = [found for found in proposed("上期结转 新收 办理 结转下期", [12, 530, 523, 9]) if found.is_doubted]
    assert [found.word for found in doubted] == ["balance"]
    assert "第 2 行相差 10" in doubted[0].note


def test_more_out_than_in_is_a_flow_with_the_row_that_needs_a_reason() -> None:
    rows = [["行政许可", 50210, 49870], ["公共服务", 812044, 799310], ["其它9类", 3120, 3185]]
    (flow,) = proposed("类别 受理 办结", *rows)
    assert flow.said == "{in: accepted, out: completed}"
    assert flow.misfits == (4,)


def test_nothing_adds_up_by_chance() -> None:
    chance = random.Random(7)
    for _ in range(60):
        rows: list[list[Cell]] = [
            [f"窗口{place}", *(chance.randint(0, 900) for _ in range(6))] for place in range(chance.randint(1, 9))
        ]
        assert said("窗口 甲数 乙数 丙数 丁数 戊数 己数", *rows) == []
