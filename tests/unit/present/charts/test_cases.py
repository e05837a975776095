"""Figures of cases by group, from tiny chart tables."""

from __future__ import annotations

import duckdb

from pipeline.present.charts.cases import balance_panels, group_panels, item_panels


def test_groups_are_those_of_the_table_in_its_order():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.item_ytd AS SELECT * FROM (VALUES"
            " ('2023-01', 'b', '乙组', 'accepted', '受理', 5, NULL, 3), ('2023-01', 'a', '甲组', 'accepted', '受理', 9,"
            " NULL, 1)) AS t (week_id, power_group, power_group_label, measure, measure_label, value_ytd, flag,"
            " sort_order)"
        )
        panels = item_panels(con, "2023-01")
    assert [(panel.key, panel.rows) for panel in panels] == [
        ("items-a", (("受理", "9"),)),
        ("items-b", (("受理", "5"),)),
    ]


def test_a_balance_closes_with_what_is_left():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.case_balance AS SELECT '2023-01' AS week_id, 'a' AS power_group, '甲组' AS"
            " power_group_label, 10 AS opening, 5 AS accepted_ytd, 3 AS completed_ytd, 4 AS closed_ytd, 11 AS closing"
        )
        (panel,) = balance_panels(con, "2023-01")
    assert panel.rows == (("上年结转", "10"), ("受理", "5"), ("办结", "3"), ("作废等", "1"), ("结转下期", "11"))
    assert list(panel.figure.data[0].x) == [10, 5, -3, -1, 11]


def test_a_group_has_a_line_for_what_comes_goes_and_stays():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.group_weekly AS SELECT '2023-01' AS week_id, 'a' AS power_group, '甲组' AS"
            " power_group_label, unnest(['accepted', 'open']) AS measure, unnest([5, 7]) AS value,"
            " unnest([1, 3]) AS sort_order"
        )
        (panel,) = group_panels(con, "2023-01")
    assert panel.rows == (("2023-01", "5", "未报送", "7"),)
    assert panel.description == "甲组本期受理 5 件，办结 未报送，期末在办 7 件。"
