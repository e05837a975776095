"""A table of `docs` is declared once and written with its types, comments and order."""

from __future__ import annotations

import duckdb

from pipeline.release.published.docs.docs_table import DocsTable, comment_table, create_table

TERM = DocsTable(
    "term",
    "术语\nTerms",
    1,
    {"name": ("VARCHAR", "名称 | name"), "uses": ("INTEGER", "次数 | uses")},
)


def test_rows_are_written_in_the_order_of_the_key_with_the_words_of_the_table() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA docs")
        TERM.write(con, "memory", [("流量", 2), ("同期", None)])
        assert con.execute("SELECT * FROM docs.term").fetchall() == [("同期", None), ("流量", 2)]
        comments = con.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'term'").fetchall()
        assert comments == [("名称 | name",), ("次数 | uses",)]
        assert con.execute("SELECT comment FROM duckdb_tables()").fetchall() == [("术语\nTerms",)]
    assert TERM.key_columns == ("name",)


def test_a_table_without_rows_is_made_all_the_same() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA docs")
        TERM.write(con, "memory", [])
        assert con.execute("SELECT count(*) FROM docs.term").fetchall() == [(0,)]


def test_key_columns_may_not_be_null_and_what_has_no_words_stays_without() -> None:
    with duckdb.connect() as con:
        create_table(con, "main.t", {"a": "VARCHAR", "b": "BIGINT"}, ["a"])
        comment_table(con, "main.t", None, {"a": None, "b": "数 | number"})
        rows = con.execute("SELECT column_name, is_nullable, comment FROM duckdb_columns() WHERE table_name = 't'")
        assert rows.fetchall() == [("a", False, None), ("b", True, "数 | number")]
