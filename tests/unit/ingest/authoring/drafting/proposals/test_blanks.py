"""A blank is asked about where the column prints its zeros, or holds nothing at all."""

from __future__ import annotations

from tests.unit.ingest.authoring.drafting.proposals.small_table import proposed, said


def test_a_blank_among_printed_zeros_is_unknown() -> None:
    (blank,) = proposed("单位 咨询 颁发", ["甲", 0, 3], ["乙", None, 4], ["丙", 5, 6])
    assert (blank.field, blank.said) == ("consulted", "unknown")
    assert blank.note == "空白要补报，第 3 行空白，而这一列的零印作 0"


def test_a_column_that_is_empty_and_named_like_a_count_is_asked_for() -> None:
    assert said("部门 本周受理 累计办结", ["甲局", None, 1204], ["乙局", None, 3310]) == [
        "week_accepted blank: unknown"
    ]


def test_blanks_that_may_be_zeros_and_rows_that_report_nothing_are_left_alone() -> None:
    assert said("单位 咨询 颁发", ["甲", 1, 3], ["乙", None, 4]) == []
    assert said("单位 咨询 颁发", ["甲", 0, 3], ["无业务", None, None], ["丙", 5, 6]) == []
