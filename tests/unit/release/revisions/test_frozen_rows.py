"""Rows of charts and marts that a release keeps, and how they take the place of the warehouse's."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.release.revisions.frozen_rows import with_frozen_rows, write_rows

SELECT = "SELECT week_id, value FROM charts.t"


def held_release(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Path]:
    """A release of 2023-15 whose value was 1; the warehouse now says 2, and 5 for the week after."""
    con.execute("CREATE SCHEMA charts; CREATE SCHEMA marts; CREATE TABLE charts.t (week_id VARCHAR, value INTEGER)")
    con.execute("CREATE TABLE marts.without_weeks (value INTEGER)")
    con.execute("INSERT INTO charts.t (week_id, value) VALUES ('2023-15', 1), ('2023-16', 5)")
    written = write_rows(con, "2023-15", folder)
    assert [path.name for path in written] == ["charts.t.parquet"]
    con.execute("UPDATE charts.t SET value = 2 WHERE week_id = '2023-15'")
    return {"2023-15": folder}


def test_a_held_week_shows_the_rows_of_its_release_and_others_those_of_the_warehouse(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        held = held_release(con, tmp_path)
        sql = with_frozen_rows(con, SELECT, "charts.t", ["week_id", "value"], held)
        assert con.execute(f"{sql} ORDER BY ALL").fetchall() == [("2023-15", 1), ("2023-16", 5)]


def test_a_column_that_the_release_did_not_have_is_null(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        held = held_release(con, tmp_path)
        select = "SELECT week_id, value, 'new' AS flag FROM charts.t"
        sql = with_frozen_rows(con, select, "charts.t", ["week_id", "value", "flag"], held)
        assert con.execute(f"{sql} ORDER BY ALL").fetchall() == [("2023-15", 1, None), ("2023-16", 5, "new")]


def test_a_table_that_the_release_did_not_have_stays_the_warehouses(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        held = held_release(con, tmp_path)
        assert with_frozen_rows(con, SELECT, "charts.other", ["week_id", "value"], held) == SELECT
        assert with_frozen_rows(con, SELECT, "charts.t", ["value"], held) == SELECT
