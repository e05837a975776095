"""What is said of a workbook that came back."""

from __future__ import annotations

from datetime import datetime

from pipeline.present.steward.answers import summary
from pipeline.quality.codes import Outcome
from pipeline.quality.desk.answers import Answer
from pipeline.quality.desk.intake import Taken
from pipeline.quality.desk.workbook_rows import Workbook


def taken(*outcomes: Outcome) -> Taken:
    moment = datetime(2023, 4, 24, 9)
    answers = [Answer("w1", "办件", number, "f1", outcome, "", moment) for number, outcome in enumerate(outcomes)]
    return Taken(Workbook("w1", "2023-15", "处理单.xlsx"), tuple(answers))


def test_rows_are_counted_by_what_became_of_them():
    assert (
        summary(taken("blank", "applied", "blank", "tampered")) == "已登记 1 行，未填写 2 行，未登记，行已改动 1 行。"
    )


def test_a_workbook_without_rows_says_so():
    assert summary(taken()) == "没有读到任何一行。"
