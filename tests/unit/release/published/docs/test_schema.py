"""The schema `docs`: what a publication says of itself, its dictionary and its deliveries."""

from __future__ import annotations

import duckdb

from pipeline.release.published.docs.schema import OWN, about_publication, is_synthetic, write_docs
from pipeline.settings import Settings
from pipeline.warehouse import ModelGraph


def test_every_table_of_docs_is_written_and_described(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute("ATTACH ':memory:' AS publication; CREATE SCHEMA publication.docs")
    write_docs(con, "publication", settings, ModelGraph({}), {"content_hash": "h"}, [("charts", "activity", ("seq",))])
    names = con.execute("SELECT table_name, description FROM publication.docs.table ORDER BY 1").fetchall()
    assert names == sorted((table.name, table.comment) for table in OWN)
    deliveries = con.execute("SELECT delivery_id, rows_loaded FROM publication.docs.delivery ORDER BY 1").fetchall()
    assert deliveries == [("d1", 6), ("d2", 6), ("d3", 6)]
    units = con.execute("SELECT label_zh, label_en FROM publication.docs.column WHERE column_name = 'data_type'")
    assert units.fetchall() == [("类型", "type")]
    keys = con.execute("SELECT column_name, position FROM publication.docs.key WHERE schema_name = 'charts'").fetchall()
    assert keys == [("seq", 1)]


def test_a_publication_says_its_versions_and_whether_its_data_is_made_up(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    about = about_publication(con, settings, "h", "v1.0.0")
    assert (about["content_hash"], about["storage_version"], about["data_label"]) == ("h", "v1.0.0", "模拟数据")
    con.execute("UPDATE ledger.delivery SET title = '综窗办件周报'")
    assert not is_synthetic(con)
    again = about_publication(con, settings, "h", "v1.0.0")
    assert "data_label" not in again
    con.execute("UPDATE ledger.delivery SET file_name = '改名.xlsx' WHERE delivery_id = 'd1'")
    assert about_publication(con, settings, "h", "v1.0.0")["deliveries_hash"] != again["deliveries_hash"]
