"""Problems of a delivery, by sheet and by row, and as they are told of a cell that is not shown."""

from __future__ import annotations

from pipeline.present.sender.problems import Problem, ReturnedDelivery
from pipeline.privacy.masking import MASK

BAD = Problem("表一", 7, "accepted", "一百", "“一百”不是数字；请改为阿拉伯数字")
WORSE = Problem("表二", 7, "accepted", None, "缺少受理数")
DELIVERY = ReturnedDelivery("a1", "window_weekly", "周报.xlsx", "2023-15", (BAD, WORSE), 2)


def test_a_problem_without_its_value_does_not_quote_the_cell() -> None:
    assert BAD.without_value() == Problem("表一", 7, "accepted", MASK, f"“{MASK}”不是数字；请改为阿拉伯数字")
    assert WORSE.without_value() == WORSE


def test_problems_are_found_by_sheet_and_by_row() -> None:
    assert DELIVERY.problems_by_sheet() == {"表一": [BAD], "表二": [WORSE]}
    assert DELIVERY.problems_by_row() == {7: [BAD, WORSE]}
