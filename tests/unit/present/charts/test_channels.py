"""Figures of channels and of the week's quality, from tiny chart tables."""

from __future__ import annotations

import duckdb

from pipeline.present.charts.channels import channel_panels, online_panels


def test_channels_are_stacked_in_the_order_of_the_table_and_a_missing_week_is_nothing():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.channel_weekly AS SELECT *, 1 AS accepted, 1 AS accepted_ytd, share_pct AS"
            " share_pct_ytd FROM (VALUES ('2023-01', '1', '窗口', 100.0, 1), ('2023-02', '1', '窗口', 60.0, 1),"
            " ('2023-02', '2', '网上', 40.0, 2)) AS t (week_id, channel, channel_label, share_pct, sort_order)"
        )
        (panel,) = channel_panels(con, "2023-02")
    assert [(trace.name, list(trace.y)) for trace in panel.figure.data] == [("窗口", [100, 60]), ("网上", [0, 40])]
    assert panel.description == "本期受理中窗口 60.0%，网上 40.0%。"


def test_the_rate_on_the_net_is_that_of_the_last_week():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts")
        con.execute(
            "CREATE TABLE charts.online_weekly AS SELECT '2023-01' AS week_id, 4 AS online_accepted, 8 AS accepted,"
            " 50.0 AS online_rate, 50.0 AS online_rate_ytd"
        )
        (panel,) = online_panels(con, "2023-01")
        assert online_panels(con, "2022-01") == []
    assert panel.description == "本期网办 4 件，网办率 50.0%。"
