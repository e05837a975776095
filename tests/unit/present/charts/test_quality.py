"""The figure of how the week's data arrived."""

from __future__ import annotations

import duckdb

from pipeline.present.charts.quality import score_panels, week_quality_panels


def test_the_week_says_what_was_taken_and_what_was_not():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.week_quality AS SELECT '2023-01' AS week_id, 7 AS files, 100 AS rows_of_data,"
            " 2 AS rows_quarantined, 2.0 AS quarantined_pct, 1 AS totals_off, 3 AS restated_cases"
        )
        (panel,) = week_quality_panels(con, "2023-01")
    assert panel.rows == (("2023-01", "7", "100", "2", "2.0%", "1", "3"),)
    assert panel.description.startswith("本期采用文件 7 个、数据 100 行，隔离 2 行（2.0%）")


def test_scores_are_drawn_by_dimension_and_a_missing_one_is_a_gap():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.quality_score AS SELECT * FROM (VALUES"
            " ('2023-01', 'ALL', 'ALL', 1000, 8, 99.20, 0), ('2023-01', 'ALL', '规范性', 600, 8, 98.66, 1),"
            " ('2023-01', 'ALL', '可访问性', 0, 0, NULL, 6), ('2023-01', 'shuili', 'ALL', 10, 8, 20.00, 0))"
            " AS t (week_id, department_id, dimension, rows_checked, rows_held, score_pct, sort_order)"
        )
        (panel,) = score_panels(con, "2023-01")
    assert panel.description == "本期各维度共检查 1,000 行，其中有问题的 8 行，得分 99.20%。"
    assert panel.rows == (("2023-01", "99.20%", "98.66%", "—", "—", "—", "—", "—"),)
    assert [tuple(line.y) for line in panel.figure.data] == [(98.66,), (None,), (None,), (None,), (None,), (None,)]
