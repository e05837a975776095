"""What is asked of the tables of a database."""

from __future__ import annotations

import duckdb

from pipeline.common.tables import has_column, has_table


def test_tables_views_and_columns_are_told_from_what_is_missing() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA a; CREATE TABLE a.t (x INTEGER); CREATE VIEW a.v AS SELECT x AS y FROM a.t")
        assert [has_table(con, "a", name) for name in ("t", "v", "w")] == [True, True, False]
        assert has_column(con, "a", "t", "x")
        assert has_column(con, "a", "v", "y")
        assert not has_column(con, "a", "t", "y")
        assert not has_column(con, "b", "t", "x")
