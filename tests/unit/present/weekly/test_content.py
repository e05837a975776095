"""The small words of the weekly's content; its sentences are tested where the weekly is written."""

from __future__ import annotations

import pytest

from pipeline.present.weekly.content import chinese_number


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (36, "三十六"), (99, "九十九")]
)
def test_headings_are_numbered_as_people_write_them(number: int, words: str) -> None:
    assert chinese_number(number) == words
