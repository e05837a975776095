"""Figures of time, from tiny chart tables."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.present.charts.shapes import BLUE, FLAGGED
from pipeline.present.charts.timing import (
    ageing_panel,
    ageing_panels,
    department_ageing_panels,
    group_ageing_panels,
    group_timeliness_panels,
    late_department_panels,
    overdue_items_panel,
    overdue_panel,
    overdue_panels,
    timeliness_panel,
    timeliness_panels,
)

TABLES = """
CREATE SCHEMA charts;
CREATE TABLE charts.timeliness_weekly AS SELECT '2023-01' AS week_id, * FROM (VALUES
    ('ALL', '全部', 10, 9, 10, 9, 90.00, 90.00, 4, 3), ('a', '甲厅', 6, 5, 6, 5, 83.33, 83.33, 4, 3),
    ('b', '乙厅', 4, 4, 4, 4, 100.00, 100.00, 0, 0)) AS t (department_id, department_name, deadline_cases,
    on_time_cases, deadline_cases_ytd, on_time_cases_ytd, on_time_rate, on_time_rate_ytd, overdue_open,
    previous_overdue_open);
CREATE TABLE charts.group_timeliness AS SELECT '2023-01' AS week_id, 'g' AS power_group, '甲组' AS power_group_label,
    9 AS on_time_cases_ytd, 10 AS deadline_cases_ytd, 90.00 AS on_time_rate_ytd, 4 AS overdue_open, 1 AS sort_order;
CREATE TABLE charts.overdue AS SELECT '2023-01' AS week_id, 'a' AS department_id, '甲厅' AS department_name,
    '01' AS item_code, '名称超过十六个字的事项一二三四五六七八' AS item_name, 4 AS cases, 9 AS longest_working_days;
CREATE TABLE charts.ageing AS SELECT '2023-01' AS week_id, * FROM (VALUES ('ALL', '全部', '0-5', '5 日内', 2, 1),
    ('ALL', '全部', '61+', '60 日以上', 3, 2), ('g', '甲组', '0-5', '5 日内', 2, 101)) AS t
    (power_group, power_group_label, age_band, age_band_label, cases, sort_order);
CREATE TABLE charts.department_ageing AS SELECT '2023-01' AS week_id, * FROM (VALUES
    ('a', '甲厅', '61+', '60 日以上', 3, 2), ('b', NULL, '61+', '60 日以上', 7, 2)) AS t
    (department_id, department_name, age_band, age_band_label, cases, sort_order);
"""


@pytest.fixture
def charts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(TABLES)
        yield con


def test_the_hall_as_a_whole_has_its_rate_and_its_overdue_cases(charts: duckdb.DuckDBPyConnection):
    assert [panel.description for panel in timeliness_panels(charts, "2023-01")] == [
        "本期按时办结率 90.00%，今年累计 90.00%。",
        "期末超期在办 4 件，上期末 3 件。",
    ]
    assert timeliness_panels(charts, "2022-01") == []


def test_a_panel_of_one_department_may_have_a_key_of_its_own():
    row = {
        "week_id": "2023-01", "on_time_cases": 1, "deadline_cases": 2, "on_time_rate": 50, "on_time_rate_ytd": 50,
        "overdue_open": 1, "previous_overdue_open": 0,
    }  # fmt: skip
    assert timeliness_panel([row], "t").key == "t"
    assert overdue_panel([row], "o").rows == (("2023-01", "1"),)


def test_only_departments_that_were_late_are_listed(charts: duckdb.DuckDBPyConnection):
    (panel,) = late_department_panels(charts, "2023-01")
    assert panel.rows == (("甲厅", "5", "6", "83.33%", "4"),)


def test_groups_are_compared_by_rate(charts: duckdb.DuckDBPyConnection):
    (panel,) = group_timeliness_panels(charts, "2023-01")
    assert panel.description == "累计按时办结率：甲组 90.00%。"


def test_long_names_of_items_are_cut_in_the_figure_and_whole_in_the_table(charts: duckdb.DuckDBPyConnection):
    (panel,) = overdue_panels(charts, "2023-01")
    assert list(panel.figure.data[0].y) == ["甲厅<br>名称超过十六个字的事项一二三四…"]
    assert panel.rows[0][1] == "名称超过十六个字的事项一二三四五六七八"


def test_a_department_is_not_named_on_its_own_page():
    row = {"department_name": "甲厅", "item_name": "事项", "cases": 4, "longest_working_days": 9}
    assert list(overdue_items_panel([row], is_one_department=True).figure.data[0].y) == ["事项"]


def test_all_cases_and_each_group_have_their_ages(charts: duckdb.DuckDBPyConnection):
    assert [panel.key for panel in ageing_panels(charts, "2023-01")] == ["ageing-ALL"]
    assert [panel.key for panel in group_ageing_panels(charts, "2023-01")] == ["ageing-g"]


def test_the_oldest_band_stands_out():
    rows = [
        {"age_band": "0-5", "age_band_label": "a", "cases": 1},
        {"age_band": "61+", "age_band_label": "b", "cases": 2},
    ]
    assert ageing_panel(rows, "k", "甲组").figure.data[0].marker.color == (BLUE, FLAGGED)


def test_departments_are_ranked_by_their_oldest_cases_and_go_by_their_code_without_a_name(
    charts: duckdb.DuckDBPyConnection,
):
    (panel,) = department_ageing_panels(charts, "2023-01")
    assert panel.rows == (("b", "7"), ("甲厅", "3"))
