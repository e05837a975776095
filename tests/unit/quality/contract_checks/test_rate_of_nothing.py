"""A rate of nothing is looked at: 0%, 100% and a dash are innocent, any other number is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.quality.contract_checks.small_hall import Cell, Found, SmallHall

RATED = """
name: rated
title: 评价统计
version: 1
delivery: {kind: weekly}
titleWords: [评价统计]
primaryKey: [unit]
fields:
  - {name: unit, title: 单位}
  - {name: cases, title: 办件, type: integer, unit: 件}
  - {name: rated, title: 评价, type: integer, unit: 件}
  - {name: rate_pct, title: 评价率, type: number, unit: "%", rate: {of: rated, per: cases}}
"""
OTHER: list[Cell] = ["西区", 100, 90, "90.00%"]


def found(home: Path, *rows: list[Cell]) -> list[Found]:
    hall = SmallHall(home, RATED)
    hall.csv("2023-02", list(rows))
    return hall.check(["2023-02"])


@pytest.mark.parametrize(
    "row",
    [(0, 0, "0%"), (0, 0, "100%"), (0, 0, "—"), (0, 0, None), (None, None, None), (None, None, "0%")],
)
def test_nothing_of_nothing_is_innocent_as_halls_print_it(row: tuple[Cell, Cell, Cell], tmp_path: Path) -> None:
    assert found(tmp_path, ["东区", *row], OTHER) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((0, 0, "300%"), "东区的评价率印为 300%，而办件为 0 件、评价为 0 件，算不出比率"),
        ((0, 3, "100%"), "东区的评价率印为 100%，而办件为 0 件、评价为 3 件"),
        ((None, 3, "88%"), "东区的评价率印为 88%，而办件为 空白、评价为 3 件"),
        ((None, None, "88%"), "东区的评价率印为 88%，而办件为 空白、评价为 空白"),
    ],
)
def test_a_rate_without_anything_to_divide_by_is_found(
    row: tuple[Cell, Cell, Cell], words: str, tmp_path: Path
) -> None:
    (one,) = found(tmp_path, ["东区", *row], OTHER)
    assert one.check == "rate_of_nothing_rate_pct"
    assert one.evidence.startswith(words)


def test_a_whole_that_nobody_filled_in_is_not_told_row_by_row(tmp_path: Path) -> None:
    assert found(tmp_path, ["东区", None, 3, "88%"], ["西区", None, 90, "90%"]) == []
