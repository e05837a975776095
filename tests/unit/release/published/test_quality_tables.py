"""The published tables of `quality`, their keys and the words for their columns."""

from __future__ import annotations

import duckdb

from pipeline.common.tables import has_table
from pipeline.quality.schema import create_tables
from pipeline.release.published.quality_tables import TABLES, words_of


def test_a_column_means_what_its_own_table_says_before_what_all_tables_say() -> None:
    assert words_of("decision", "value") == "更正后的值，或登记的名称 | corrected value, or name that was accepted"
    assert words_of("check_result", "week_id") == "期 | week"
    assert words_of("no_table", "week_id") == "期 | week"
    assert words_of("check_result", "no_column") is None


def test_every_key_and_every_described_column_is_in_its_table() -> None:
    with duckdb.connect() as con:
        create_tables(con)
        for table, (_, key, words) in TABLES.items():
            # Rules and words are written by the checks, with a table of their own each.
            if not has_table(con, "quality", table):
                continue
            rows = con.execute(f"DESCRIBE quality.{table}").fetchall()
            columns = {name for name, *_ in rows}
            assert {*key, *words} <= columns, table
