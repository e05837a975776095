"""What DuckDB is asked about tables, and rows of a dataclass written into one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pytest

from pipeline.common.tables import has_column, has_table, insert_rows, single_number


@dataclass(frozen=True)
class Decision:
    decision_id: str
    weeks: int
    decided_at: datetime
    until: date | None


def test_tables_and_views_of_the_current_database_are_there() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.item (a INTEGER); CREATE VIEW core.shown AS SELECT 1 AS a")
        assert has_table(con, "core", "item")
        assert has_table(con, "core", "shown")
        assert not has_table(con, "marts", "item")


def test_a_single_number_is_a_count_or_the_rows_of_an_insert() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE item (a INTEGER)")
        assert single_number(con, "INSERT INTO item (a) VALUES (1), (?)", [2]) == 2
        assert single_number(con, "SELECT count(*) FROM item WHERE a > $least", {"least": 1}) == 1
        with pytest.raises(ValueError, match="gives no row"):
            single_number(con, "SELECT a FROM item WHERE a > 9")


def test_rows_are_inserted_by_the_names_of_their_fields() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE decision (until DATE, decided_at TIMESTAMP, weeks BIGINT, decision_id VARCHAR)")
        rows = [
            Decision("d1", 3, datetime(2023, 4, 24, 9), None),
            Decision("d2", 1, datetime(2023, 4, 25, 9), date(2023, 5, 1)),
        ]
        insert_rows(con, "decision", Decision, rows)
        insert_rows(con, "decision", Decision, [])
        assert con.execute("SELECT decision_id, weeks, decided_at, until FROM decision ORDER BY 1").fetchall() == [
            ("d1", 3, datetime(2023, 4, 24, 9), None),
            ("d2", 1, datetime(2023, 4, 25, 9), date(2023, 5, 1)),
        ]


def test_tables_views_and_columns_are_told_from_what_is_missing() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA a; CREATE TABLE a.t (x INTEGER); CREATE VIEW a.v AS SELECT x AS y FROM a.t")
        assert [has_table(con, "a", name) for name in ("t", "v", "w")] == [True, True, False]
        assert has_column(con, "a", "t", "x")
        assert has_column(con, "a", "v", "y")
        assert not has_column(con, "a", "t", "y")
        assert not has_column(con, "b", "t", "x")
