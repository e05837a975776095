"""What each column of a chart rests on: metrics by the word of a key, by the columns read, or sources alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.release.revisions.basis import Basis, figure_bases, is_export
from pipeline.warehouse import ModelGraph, load_models
from tests.unit.warehouse.sql_files import write

HEADER = "-- 说明\n-- Description\n-- grain: {grain}\n-- materialized: table\n"
METRIC = (
    "SELECT c.week_id, -- 期 | week\n m.metric, -- 指标 | metric\n"
    "CASE m.metric WHEN 'window_accepted' THEN c.accepted WHEN 'window_issued' THEN c.issued END AS value,"
    " -- 数 | value\n"
    "CASE m.metric WHEN 'window_accepted' THEN c.accepted_ytd END AS value_ytd -- 累计 | year to date\n"
    "FROM staging.counted AS c, core.metric AS m"
)
COUNTED = (
    "SELECT x.week_id, -- 期 | week\n x.accepted, -- 受理 | accepted\n x.issued, -- 颁发 | issued\n"
    "x.accepted_ytd -- 累计 | year to date\nFROM raw.window_weekly AS x"
)
BY_MEASURE = (
    "SELECT w.week_id, -- 期 | week\n replace(w.metric, 'window_', '') AS measure, -- 项目 | measure\n"
    "w.value, -- 数 | value\n w.value_ytd -- 累计 | year to date\nFROM marts.weekly_metric AS w"
)
WIDE = (
    "SELECT c.week_id, -- 期 | week\n c.issued AS cards, -- 证照 | cards\n"
    "d.label -- 名称 | label\nFROM staging.counted AS c, staging.spoken AS d"
)
CATALOGUE = "SELECT r.metric, -- 指标 | metric\n r.source -- 来源 | source\nFROM raw.ref_metric AS r"
SPOKEN = "SELECT y.week_id, -- 期 | week\n y.label -- 名称 | label\nFROM raw.activity_log AS y"


@pytest.fixture
def graph(tmp_path: Path) -> ModelGraph:
    week = HEADER.format(grain="week_id")
    write(tmp_path, "staging.counted", COUNTED, week)
    write(tmp_path, "staging.spoken", SPOKEN, week)
    write(tmp_path, "core.metric", CATALOGUE, HEADER.format(grain="metric"))
    write(tmp_path, "marts.weekly_metric", METRIC, HEADER.format(grain="week_id, metric"))
    write(tmp_path, "charts.by_measure", BY_MEASURE, HEADER.format(grain="week_id, measure"))
    write(tmp_path, "charts.wide", WIDE, week)
    return load_models(tmp_path)


@pytest.fixture
def bases(graph: ModelGraph) -> dict[tuple[str, str, str], Basis]:
    with duckdb.connect() as con:
        con.execute(
            "CREATE SCHEMA core; CREATE SCHEMA charts; CREATE TABLE core.metric (metric VARCHAR, source VARCHAR)"
        )
        con.execute(
            "INSERT INTO core.metric VALUES ('window_accepted', 'window_weekly'), ('window_issued', 'window_weekly')"
        )
        con.execute("CREATE TABLE charts.by_measure (week_id VARCHAR, measure VARCHAR)")
        con.execute("INSERT INTO charts.by_measure VALUES ('2023-15', 'accepted'), ('2023-15', 'issued')")
        con.execute("CREATE TABLE charts.wide (week_id VARCHAR)")
        return {(basis.table, basis.column, basis.keys): basis for basis in figure_bases(con, graph)}


def test_the_word_in_the_key_says_which_metric_a_row_rests_on(bases: dict[tuple[str, str, str], Basis]) -> None:
    accepted = bases["by_measure", "value", '{"measure": "accepted"}']
    assert accepted.metrics == (("window_accepted", "week"),)
    assert accepted.sources == ("window_weekly",)
    assert bases["by_measure", "value_ytd", '{"measure": "issued"}'].metrics == (("window_issued", "ytd"),)


def test_a_column_read_under_a_metrics_name_is_that_metric_elsewhere_too(
    bases: dict[tuple[str, str, str], Basis],
) -> None:
    assert bases["wide", "cards", "{}"].metrics == (("window_issued", "week"),)


def test_a_text_rests_on_the_source_that_it_comes_from(bases: dict[tuple[str, str, str], Basis]) -> None:
    label = bases["wide", "label", "{}"]
    assert (label.metrics, label.sources) == ((), ("activity_log",))
    assert [table for table, _ in label.steps] == ["charts.wide", "staging.spoken", "raw.activity_log"]


def test_key_columns_rest_on_nothing(bases: dict[tuple[str, str, str], Basis]) -> None:
    assert not [column for _, column, _ in bases if column in ("week_id", "measure")]


@pytest.mark.parametrize(
    ("table", "is_one"),
    [("raw.case_detail", True), ("raw.ref_channel", False), ("raw.report_week", False), ("core.case_detail", False)],
)
def test_an_export_is_told_from_code_lists_the_calendar_and_what_is_computed(table: str, is_one: bool) -> None:
    assert is_export(table) is is_one
