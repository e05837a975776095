"""The stored tables are made once, and what is there already is left alone."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipeline.settings import PROJECT_ROOT
from pipeline.state_tables.create import create_tables
from pipeline.state_tables.release import TABLES, release_ddl

STORED = ("ledger", "quality", "quarantine", "release")
# INSERT INTO ledger.arrival (file_name, …  but not  INSERT INTO ledger.arrival VALUES
UNNAMED = re.compile(r"INSERT INTO (?:ledger|quarantine|quality|release)\.[\w{}]+\s+(?:VALUES|SELECT)")


def test_creating_twice_keeps_the_rows() -> None:
    with duckdb.connect() as con:
        create_tables(con)
        con.execute("INSERT INTO ledger.pending_load (delivery_id, source) VALUES ('a', 'b')")
        create_tables(con)
        assert con.execute("SELECT count(*) FROM ledger.pending_load").fetchone() == (1,)
        schemas = con.execute("SELECT DISTINCT schema_name FROM duckdb_tables() ORDER BY 1").fetchall()
    assert schemas == [(schema,) for schema in STORED]


def test_a_part_can_be_made_alone() -> None:
    with duckdb.connect() as con:
        create_tables(con, "words")
        names = con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    assert names == [("check_rule",), ("word",)]


def test_every_table_of_release_has_its_words() -> None:
    assert release_ddl().count("COMMENT ON TABLE") == len(TABLES)


@pytest.mark.parametrize("package", ["pipeline", "assets", "zhoubao"])
def test_every_insert_into_a_stored_table_names_its_columns(package: str) -> None:
    unnamed = []
    for path in (PROJECT_ROOT / package).rglob("*.py"):
        text = re.sub(r'"\s*\n\s*f?"', "", path.read_text("utf-8"))
        unnamed += [f"{path}: {found}" for found in UNNAMED.findall(text)]
    assert unnamed == []
