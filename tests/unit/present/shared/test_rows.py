"""Rows as people read them."""

from __future__ import annotations

from decimal import Decimal

import duckdb

from pipeline.present.shared.rows import InPlaces, fetch, grouped, in_order, percent, rows_by


def test_a_query_takes_positions_or_names():
    with duckdb.connect() as con:
        assert fetch(con, "SELECT ? AS a, 2 AS b", ("x",)) == [{"a": "x", "b": 2}]
        assert fetch(con, "SELECT $name AS a", {"name": "x"}) == [{"a": "x"}]


def test_rows_are_sorted_by_their_order_and_those_without_stay():
    assert in_order([{"n": 1, "sort_order": 2}, {"n": 2, "sort_order": 1}]) == [
        {"n": 2, "sort_order": 1},
        {"n": 1, "sort_order": 2},
    ]
    assert in_order([{"n": 2}, {"n": 1}]) == [{"n": 2}, {"n": 1}]


def test_groups_and_their_rows_keep_the_order_in_which_they_come():
    groups = rows_by([{"k": "b", "n": 1}, {"k": "a", "n": 2}, {"k": "b", "n": 3}], "k")
    assert list(groups.items()) == [("b", [{"k": "b", "n": 1}, {"k": "b", "n": 3}]), ("a", [{"k": "a", "n": 2}])]


def test_a_rate_keeps_its_decimals():
    assert [percent(value) for value in (Decimal("99.50"), 0, None)] == ["99.50%", "0%", "—"]


def test_a_number_with_fixed_places_keeps_them_and_no_other_does():
    assert [grouped(value) for value in (InPlaces("4.00"), InPlaces("1234.50"), Decimal("4.00"))] == [
        "4.00",
        "1,234.50",
        "4",
    ]
