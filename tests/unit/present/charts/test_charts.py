"""Figures drawn from the chart tables alone."""

from __future__ import annotations

import duckdb

from pipeline.present.charts import FLAGGED, one_department_panels, panels


def test_every_block_of_the_weekly_has_its_panels(con: duckdb.DuckDBPyConnection):
    groups = ("licensing", "public_service", "other_nine")
    assert [panel.key for panel in panels(con, "2023-03")] == [
        *(f"window-{measure}" for measure in ("consulted", "accepted", "issued", "transferred")),
        "authorization",
        "training",
        *(f"items-{group}" for group in groups),
        *(f"balance-{group}" for group in groups),
        "departments",
        "timeliness",
        "overdue-weekly",
        "late-departments",
        "activity",
        "inspection",
    ]


def test_a_figure_shows_the_weeks_up_to_its_issue_only(con: duckdb.DuckDBPyConnection):
    panel = panels(con, "2023-02")[0]
    assert list(panel.figure.data[0].y) == [700, 1400]
    assert panel.rows == (("2023-01", "700", "700"), ("2023-02", "1,400", "2,100"))


def test_a_flagged_value_stands_out(con: duckdb.DuckDBPyConnection):
    by_key = {panel.key: panel for panel in panels(con, "2023-03")}
    assert by_key["window-consulted"].figure.data[0].marker.color[-1] == FLAGGED
    assert FLAGGED not in by_key["window-accepted"].figure.data[0].marker.color


def test_the_waterfall_ends_where_the_stock_and_flow_say(con: duckdb.DuckDBPyConnection):
    panel = {panel.key: panel for panel in panels(con, "2023-03")}["balance-other_nine"]
    moves = list(panel.figure.data[0].x)
    assert sum(moves[:4]) == moves[4] == 100 + 1230 - 1290 - 10
    assert panel.rows[-1] == ("结转下期", "30")


def test_the_ranking_keeps_every_department_in_its_table(con: duckdb.DuckDBPyConnection):
    panel = {panel.key: panel for panel in panels(con, "2023-03")}["departments"]
    assert panel.rows[0] == ("1", "水利厅", "180,000", "179,988", "99.99%")
    assert [row[1] for row in panel.rows] == ["水利厅", "成都海关"]


def test_an_unknown_week_draws_nothing_that_is_not_there(con: duckdb.DuckDBPyConnection):
    assert panels(con, "2022-50") == []


def test_each_panel_says_its_numbers_in_words(con: duckdb.DuckDBPyConnection):
    words = {panel.key: panel.description for panel in panels(con, "2023-03")}
    assert "本期 2,100 人次" in words["window-consulted"]
    assert "未授权 1 个" in words["authorization"]
    assert "水利厅" in words["departments"]


def test_text_of_a_file_cannot_become_a_link_in_a_figure(con: duckdb.DuckDBPyConnection):
    con.execute("""UPDATE charts.department_volume SET department_name = '<a href="http://x.example">水利厅</a>'""")
    con.execute("UPDATE charts.activity SET category = '<b>%{x}</b>'")
    drawn = "".join(
        panel.figure.to_json() for panel in panels(con, "2023-03") if panel.key in ("departments", "activity")
    )
    assert "水利厅" in drawn or "\\u6c34" in drawn
    assert "<a" not in drawn and "\\u003ca" not in drawn and "<b>" not in drawn and "\\u003cb" not in drawn


def test_a_department_has_its_own_figures_up_to_the_issue(con: duckdb.DuckDBPyConnection):
    found = {panel.key: panel for panel in one_department_panels(con, "2023-02", "shuili")}
    assert found["volume"].rows == (
        ("2023-01", "60,000", "59,996", "60,000", "59,996", "99.99%"),
        ("2023-02", "60,000", "59,996", "120,000", "119,992", "99.99%"),
    )
    assert one_department_panels(con, "2023-02", "nobody") == []
