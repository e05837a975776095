"""The tables of the schema `release` are made once and described."""

from __future__ import annotations

import duckdb

from pipeline.release.revisions.tables import columns_of, ensure_tables, types_of
from pipeline.state_tables.release import TABLES


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


def test_types_are_those_of_the_columns_without_their_constraints() -> None:
    assert columns_of("file") == ("week_id", "revision", "file_name", "sha256", "size_bytes")
    assert types_of("file") == ["VARCHAR", "INTEGER", "VARCHAR", "VARCHAR", "BIGINT"]
