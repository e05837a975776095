"""The small words of the weekly's content; its sentences are tested where the weekly is written."""

from __future__ import annotations

import pytest

from pipeline.present.weekly.content import chapter_numbers, chinese_number


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (36, "三十六"), (99, "九十九")]
)
def test_headings_are_numbered_as_people_write_them(number: int, words: str) -> None:
    assert chinese_number(number) == words


def test_a_chapter_without_an_export_has_no_number_and_those_behind_it_move_up() -> None:
    numbers = chapter_numbers({"hall_inspection"}, has_measures=True)
    assert numbers == {"综窗": "一", "事项": "二", "动态": "三", "巡查": "", "指标": "四"}
    # Trainings alone are a chapter still.
    numbers = chapter_numbers({"window_weekly", "department_register", "activity_log"}, has_measures=False)
    assert numbers == {"综窗": "一", "事项": "二", "动态": "", "巡查": "三", "指标": ""}
