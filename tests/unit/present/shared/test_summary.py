"""The weekly's figures as a table."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from pipeline.present.shared.rows import grouped, reported, signed_change, signed_percent
from pipeline.present.shared.summary import item_note, unreported_words, week_summary, window_note


def test_the_summary_has_every_figure_of_the_weekly_in_its_order(con: duckdb.DuckDBPyConnection):
    rows = week_summary(con, "2023-03")
    assert [(row.section, row.label) for row in rows] == [
        *(("综窗办件", label) for label in ("咨询", "受理", "颁发", "流转")),
        *(("进驻及授权", label) for label in ("已进驻", "已授权", "未授权")),
        *(("业务培训", label) for label in ("综窗人员", "主项", "培训")),
        *(
            ("事项受理办结", f"{group} {measure}")
            for group in ("行政许可", "公共服务", "其它9类行权事项")
            for measure in ("受理", "办结")
        ),
    ]
    first = rows[0]
    assert (first.value, first.value_ytd, first.unit, first.change_pct) == (2100, 4200, "人次", Decimal("50.0"))


def test_flags_come_with_the_words_that_explain_them(con: duckdb.DuckDBPyConnection):
    rows = {(row.section, row.label): row for row in week_summary(con, "2023-03")}
    assert rows["综窗办件", "咨询"].flag == "高于常值"
    assert rows["综窗办件", "咨询"].note == "今年以来周均 1,400，本周为其 1.5 倍"
    assert rows["综窗办件", "受理"].note is None
    assert rows["事项受理办结", "其它9类行权事项 办结"].note == "办结超出受理 60 件；办结中有往年受理的 60 件"
    assert rows["进驻及授权", "未授权"].note == "成都海关"


def test_a_week_that_the_charts_do_not_know_gives_no_rows(con: duckdb.DuckDBPyConnection):
    assert week_summary(con, "2023-44") == []


def test_a_zero_is_not_a_blank(con: duckdb.DuckDBPyConnection):
    training = [row.value for row in week_summary(con, "2023-01") if row.section == "业务培训"]
    assert training == [0, 0, 0]
    assert (grouped(0), grouped(None)) == ("0", "—")


@pytest.mark.parametrize(
    ("value", "text"), [(1234567, "1,234,567"), (Decimal("12.50"), "12.5"), (0.3, "0.3"), (Decimal("7.000"), "7")]
)
def test_numbers_are_grouped(value: int | float | Decimal, text: str):
    assert grouped(value) == text


def test_changes_carry_their_sign():
    assert [signed_percent(value) for value in (12.34, -3, 0, None)] == ["+12.3%", "-3.0%", "+0.0%", "—"]


def test_a_rate_in_percent_moves_by_points_of_percent():
    assert [signed_change(change, "件") for change in (1200, -1, 0, None, "【待核实】")] == [
        *("+1,200", "-1", "持平", "—", "【待核实】")
    ]
    assert [signed_change(Decimal(change), "%") for change in ("1.36", "-0.50", "0.00")] == [
        *("+1.36 个百分点", "-0.50 个百分点", "持平")
    ]


def test_a_counter_is_explained_only_where_it_is_flagged():
    row = {"flag": "异常偏高", "value": 300, "mean_to_date": Decimal("100.0")}
    assert window_note(row) == "今年以来周均 100，本周为其 3.0 倍"
    assert window_note(row | {"flag": None}) is None
    assert window_note(row | {"value": None}) is None


def test_more_completed_than_accepted_is_explained_by_what_was_carried_over():
    row = {"measure": "completed", "excess_over_accepted": 60, "carried_over": None}
    assert item_note(row) == "办结超出受理 60 件"
    assert item_note(row | {"carried_over": 70}) == "办结超出受理 60 件；办结中有往年受理的 70 件"
    assert item_note(row | {"excess_over_accepted": 0}) is None
    assert item_note(row | {"measure": "accepted"}) is None


def test_a_figure_without_its_source_is_named_and_is_no_zero(con: duckdb.DuckDBPyConnection):
    assert unreported_words(week_summary(con, "2023-03")) == ""
    con.execute("UPDATE charts.window_weekly SET value = NULL WHERE week_id = '2023-03' AND measure = 'issued'")
    words = unreported_words(week_summary(con, "2023-03"))
    assert words == "本期未报送：综窗办件（颁发）。这些数空着，不是零；补报后再运行一次。"
    assert (reported(None), reported(0), reported(1200)) == ("未报送", "0", "1,200")


def test_figures_of_an_export_that_the_hall_does_not_have_are_left_out(con: duckdb.DuckDBPyConnection):
    assert {row.section for row in week_summary(con, "2023-03")} >= {"综窗办件", "业务培训"}
    con.execute(
        "CREATE TABLE core.export AS SELECT 'training_log' AS source, '业务培训' AS source_label, 'never' AS expected"
    )
    con.execute("UPDATE charts.training_weekly SET trainees = NULL")
    summary = week_summary(con, "2023-03")
    assert "业务培训" not in {row.section for row in summary}
    assert unreported_words(summary) == ""
