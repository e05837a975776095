"""What goes into the published file: whole schemas, chosen tables, no names of the hall, and when it is new."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.release.published.published_tables import PublishedTable, content_hash, published_tables
from pipeline.release.revisions.tables import ensure_tables
from pipeline.warehouse import ModelGraph, load_models
from tests.unit.warehouse.sql_files import write

NO_MODELS = ModelGraph({})


def by_name(tables: list[PublishedTable]) -> dict[str, PublishedTable]:
    return {table.full_name: table for table in tables}


def test_charts_marts_release_quality_and_code_lists_are_published_by_name(con: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(con)
    tables = published_tables(con, NO_MODELS)
    names = [table.full_name for table in tables]
    assert names == sorted(names)
    assert {"charts.activity", "marts.weekly_metric", "release.issue", "quality.finding", "docs.report_week"} <= set(
        names
    )
    assert by_name(tables)["docs.report_week"].source == "core.report_week"
    assert by_name(tables)["release.figure"].key == ("week_id", "revision", "metric", "keys")
    assert by_name(tables)["quality.check_result"].key == ("week_id", "table_name", "check_name")


def test_the_grain_of_a_model_is_the_key_of_its_table(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write(tmp_path, "charts.activity", "SELECT x.seq AS a -- 序 | order\nFROM raw.x AS x")
    graph = load_models(tmp_path)
    con.execute("ALTER TABLE charts.activity RENAME seq TO a")
    assert by_name(published_tables(con, graph))["charts.activity"].key == ("a",)


def test_who_decided_stays_with_the_hall(con: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(con)
    table = by_name(published_tables(con, NO_MODELS))["release.activation"]
    con.execute(
        "INSERT INTO release.activation (week_id, activation_no, revision, kind, activated_at, decided_by, reason)"
        " VALUES ('2023-15', 1, 1, 'rolled_back', '2023-04-24 09:00:00', '张三', '有误')"
    )
    assert con.execute(f"SELECT decided_by, reason FROM ({table.select})").fetchall() == [(None, "有误")]


def test_the_content_is_new_where_a_value_changes_and_not_where_only_times_do(con: duckdb.DuckDBPyConnection) -> None:
    before = content_hash(con, published_tables(con, NO_MODELS))
    con.execute("UPDATE quality.check_result SET checked_at = checked_at + INTERVAL 1 DAY")
    assert content_hash(con, published_tables(con, NO_MODELS)) == before
    con.execute("UPDATE charts.training_weekly SET sessions = 9 WHERE week_id = '2023-03'")
    assert content_hash(con, published_tables(con, NO_MODELS)) != before
