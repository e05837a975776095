"""The figure of how the week's data arrived."""

from __future__ import annotations

import duckdb

from pipeline.present.charts.quality import week_quality_panels


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
