"""Findings are read worst first, then by what they move in print."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.findings.order import rank


def figures(**values: object) -> str:
    return json.dumps(values)


def test_what_stops_the_release_comes_first_and_what_is_settled_last() -> None:
    blocking = rank("critical", "open", None, 1)
    warning = rank("warning", "open", figures(moved=9000), 1)
    explained = rank("critical", "explained", figures(moved=90000), 1)
    assert sorted([explained, warning, blocking]) == [blocking, warning, explained]
    assert rank("critical", "expired", None, 1) == blocking


def test_the_size_is_what_moved_else_the_difference_else_the_failing_rows() -> None:
    assert rank("warning", "open", figures(difference=3, moved="12.5"), 1).minus_size == -12.5
    assert rank("warning", "open", figures(difference=-3), 1).minus_size == -3
    assert rank("warning", "open", figures(value=3, moved=None), 7).minus_size == -7


@given(st.lists(st.integers(0, 10**6), min_size=2))
def test_of_one_severity_the_largest_stands_first(sizes: list[int]) -> None:
    ranked = sorted(sizes, key=lambda size: rank("warning", "open", figures(moved=size), 1))
    assert ranked == sorted(sizes, reverse=True)
