"""Figures of the hall itself, from the tiny hall's chart tables."""

from __future__ import annotations

import duckdb

from pipeline.present.charts.departments import department_panels
from pipeline.present.charts.hall import (
    activity_panels,
    authorization_change_panels,
    authorization_panels,
    inspection_panels,
    training_panels,
    window_panels,
)


def test_each_counter_is_drawn_on_its_own_scale(con: duckdb.DuckDBPyConnection):
    panels = window_panels(con, "2023-03")
    assert [panel.title for panel in panels] == ["咨询逐周", "受理逐周", "颁发逐周", "流转逐周"]


def test_the_year_before_is_a_line_and_a_column_where_it_exists(con: duckdb.DuckDBPyConnection):
    without = window_panels(con, "2023-03")[0]
    con.execute(
        "INSERT INTO charts.window_weekly BY NAME SELECT * REPLACE ('2022-02' AS week_id, 77 AS value)"
        " FROM charts.window_weekly WHERE week_id = '2023-02'"
    )
    panel = window_panels(con, "2023-03")[0]
    assert (len(without.figure.data), without.header) == (1, ("期", "咨询（人次）", "今年累计"))
    assert (list(panel.figure.data[1].x), list(panel.figure.data[1].y)) == (["2期"], [77])
    assert panel.header[-1] == "上年同期"
    assert [row[-1] for row in panel.rows] == ["—", "77", "—"]


def test_departments_divide_into_authorised_and_not(con: duckdb.DuckDBPyConnection):
    (panel,) = authorization_panels(con, "2023-03")
    assert panel.header == ("期", "进驻", "已授权", "未授权")
    assert panel.rows[-1] == ("2023-03", "2", "1", "1")
    assert panel.description == "本期进驻 2 个部门（单位），已授权 1 个，未授权 1 个。"


def test_the_share_authorised_names_who_came_and_went(con: duckdb.DuckDBPyConnection):
    con.execute(
        "CREATE TABLE charts.authorization_weekly AS SELECT '2023-03' AS week_id, 'authorized' AS status,"
        " 3 AS departments, 1 AS change, 75.00 AS share_pct, '水利厅' AS joined_names, '' AS left_names"
    )
    (panel,) = authorization_change_panels(con, "2023-03")
    assert panel.rows == (("2023-03", "3", "1", "75.00%", "水利厅", ""),)
    assert panel.description == "本期已授权 3 个，占进驻部门的 75.00%；较上期 1 个。"


def test_training_shows_people_items_and_sessions(con: duckdb.DuckDBPyConnection):
    (panel,) = training_panels(con, "2023-03")
    assert panel.description == "本期培训综窗人员 8 名、主项 3 个、2 次。"


def test_issues_of_inspections_add_up_over_the_year_by_item(con: duckdb.DuckDBPyConnection):
    con.execute("UPDATE charts.inspection_weekly SET issues = 2 WHERE inspection_item = '着装情况'")
    (panel,) = inspection_panels(con, "2023-03")
    assert list(panel.figure.data[0].x) == [0, 6]
    assert panel.description == "今年以来巡查 2 个项目，发现问题 6 个。"


def test_activities_are_counted_by_week_and_category(con: duckdb.DuckDBPyConnection):
    (panel,) = activity_panels(con, "2023-03")
    assert (panel.header, panel.rows) == (("期", "推进情况", "优化营商环境"), (("2023-03", "1", "1"),))


def test_departments_are_ranked_by_what_they_accepted(con: duckdb.DuckDBPyConnection):
    (panel,) = department_panels(con, "2023-03")
    assert panel.description == "今年累计受理量最多的是水利厅，180,000 件。"
