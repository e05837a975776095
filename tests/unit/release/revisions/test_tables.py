"""The tables of the schema `release` are made once, described, and grow columns without losing rows."""

from __future__ import annotations

import duckdb

from pipeline.release.revisions.tables import TABLES, columns_of, ensure_tables, types_of


def test_every_table_is_made_with_its_columns_in_order_and_their_meaning() -> None:
    with duckdb.connect() as con:
        ensure_tables(con)
        for table, (comment, _, columns) in TABLES.items():
            rows = con.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'release' AND table_name = ?"
                " ORDER BY column_index",
                [table],
            ).fetchall()
            assert rows == [(name, meaning) for name, (_, meaning) in columns.items()]
            assert comment.count("\n") == 1, "one line of Chinese, one of English"


def test_a_table_of_an_earlier_version_gets_the_new_columns_and_keeps_its_rows() -> None:
    with duckdb.connect() as con:
        ensure_tables(con)
        con.execute("ALTER TABLE release.revision_diff DROP COLUMN cause")
        con.execute(
            "INSERT INTO release.revision_diff (week_id, revision, metric, keys, kind)"
            " VALUES ('2023-15', 2, 'item_ytd.value', '{}', 'changed')"
        )
        ensure_tables(con)
        assert con.execute("SELECT week_id, cause FROM release.revision_diff").fetchall() == [("2023-15", None)]


def test_types_are_those_of_the_columns_without_their_constraints() -> None:
    assert columns_of("file") == ("week_id", "revision", "file_name", "sha256", "size_bytes")
    assert types_of("file") == ["VARCHAR", "INTEGER", "VARCHAR", "VARCHAR", "BIGINT"]
