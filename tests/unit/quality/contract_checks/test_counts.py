"""A count below zero is found without any word; a difference, and what a `minimum` allows, is not."""

from __future__ import annotations

from pathlib import Path

from pipeline.contracts.check_rules import counts_from_zero
from pipeline.quality.contract_checks.counts import count_checks
from tests.unit.quality.contract_checks.every_word import contract_of
from tests.unit.quality.contract_checks.small_hall import Found, SmallHall

COUNTS = """
name: counts
title: 窗口件数
version: 1
delivery: {kind: weekly}
titleWords: [窗口件数]
primaryKey: [number]
fields:
  - {name: number, title: 窗口号, type: integer}
  - {name: accepted, title: 受理, type: integer}
  - {name: in_wan, title: 咨询, type: number, unit: 人次}
  - {name: repaid, title: 退费, type: number, unit: 元}
  - {name: change, title: 比上周增减, type: integer}
  - {name: reversed, title: 冲销, type: integer, constraints: {minimum: -100}}
  - {name: rate_pct, title: 率, type: number, unit: "%", additive: false}
"""


def found(home: Path, *row: int | str) -> list[Found]:
    hall = SmallHall(home, COUNTS)
    hall.csv("2023-02", [list(row), [2, 5, 6, 7, 8, 9, "9%"]])
    return hall.check(["2023-02"])


def test_only_what_is_counted_starts_from_zero(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, COUNTS)
    assert [field.name for field in counts_from_zero(contract)] == ["accepted", "in_wan"]
    assert [draft.name for draft in count_checks(contract)] == ["counts_not_negative"]


def test_a_count_below_zero_is_a_finding_with_its_column_and_its_number(tmp_path: Path) -> None:
    (one,) = found(tmp_path, 1, -3, -2, 1, 1, 1, "1%")
    assert one.check == "counts_not_negative"
    assert one.evidence.startswith("1的受理 -3、咨询 -2 人次，件数不会小于零")


def test_differences_repayments_and_what_a_minimum_allows_are_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, 1, 3, 2, -1, -4, -5, "1%") == []
