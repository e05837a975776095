"""Reading a chart table for a panel."""

from __future__ import annotations

from decimal import Decimal

import duckdb

from pipeline.present.charts.panel import (
    cells,
    column,
    issue_label,
    span_of,
    table_of,
    ticks,
    week_rows,
    week_ticks,
    weeks_of,
    year_rows,
)

TABLE = """
CREATE SCHEMA charts;
CREATE TABLE charts.toy AS SELECT * FROM (VALUES
    ('2022-50', 1), ('2023-01', 2), ('2023-02', 3), ('2023-03', 4)) AS t (week_id, n);
"""


def test_a_year_ends_with_the_issue_and_a_week_is_the_issue_alone():
    with duckdb.connect() as con:
        con.execute(TABLE)
        rows = year_rows(con, "toy", "2023-02")
        assert column(rows, "n") == [2, 3]
        assert (weeks_of(rows), ticks(rows)) == (["2023-01", "2023-02"], ["1期", "2期"])
        assert column(week_rows(con, "toy", "2023-02"), "n") == [3]
        assert week_rows(con, "toy", "2023-02", "n > 3") == []


def test_the_span_of_an_issue_begins_before_the_first_of_its_year_and_ends_with_itself():
    assert span_of("2023-15") == ["2023-00", "2023-15"]


def test_ticks_are_issue_numbers():
    assert issue_label("2023-07") == "7期"
    assert week_ticks(["2023-09", "2023-10"]) == ["9期", "10期"]


def test_rates_carry_their_sign_numbers_are_grouped_and_text_stays():
    row = {"name": "水利厅", "cases": 12345, "on_time_rate": Decimal("99.50"), "share_pct": None}
    assert cells(row, ("name", "cases", "on_time_rate", "share_pct")) == ("水利厅", "12,345", "99.50%", "—")
    assert table_of([row], ("cases",)) == (("12,345",),)
