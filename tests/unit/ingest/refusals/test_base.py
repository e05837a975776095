"""A refusal says one sentence to people and gives code, place and values to programs."""

from __future__ import annotations

from pipeline.ingest.errors import RefusalPlace, RefusedFileError, WaitingFileError
from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class SomeRefusal(RefusalCode):
    TOO_WIDE = RefusalText("有 {columns} 列，超过 {limit} 列", "太宽了。", "请拆开。")


def test_the_name_of_a_member_is_the_code_that_programs_see() -> None:
    assert SomeRefusal.TOO_WIDE.code == "too_wide"
    assert SomeRefusal.TOO_WIDE.text.action == "请拆开。"


def test_values_fill_the_sentence_and_stay_readable_for_programs() -> None:
    place = RefusalPlace(file="a.xlsx", sheet="综窗", row=3)
    error = RefusedFileError(SomeRefusal.TOO_WIDE, place=place, expected="9", found="12", columns="{12}", limit=9)
    assert str(error) == "有 {12} 列，超过 9 列"
    assert (error.code, error.place, error.expected, error.found) == ("too_wide", place, "9", "12")
    assert error.values == {"columns": "{12}", "limit": 9}


def test_a_file_that_waits_is_refused_only_for_now() -> None:
    error = WaitingFileError(SomeRefusal.TOO_WIDE, columns=1, limit=0)
    assert isinstance(error, RefusedFileError)
    assert error.place == RefusalPlace()
