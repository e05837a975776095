"""The copy for other tools: every table and view but the rows of exports, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb

from pipeline.quality.export.warehouse_copy import copy_warehouse
from pipeline.settings import Settings
from pipeline.warehouse.database import open_warehouse


def test_views_become_tables_and_rows_as_delivered_stay_at_home(settings: Settings, tmp_path: Path) -> None:
    with open_warehouse(settings) as con:
        con.execute("CREATE TABLE raw.t AS SELECT 1 AS n; CREATE VIEW staging.t AS SELECT n + 1 AS n FROM raw.t")
        con.execute("CREATE TABLE charts.t AS SELECT 3 AS n")
    target = tmp_path / "copy.duckdb"
    copied = copy_warehouse(settings, target)
    with duckdb.connect(str(target), read_only=True) as con:
        assert con.execute("SELECT s.n, c.n FROM staging.t AS s, charts.t AS c").fetchall() == [(2, 3)]
        schemas = {schema for (schema,) in con.execute("SELECT schema_name FROM duckdb_tables()").fetchall()}
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(copied,)]
    assert "raw" not in schemas
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_second_copy_takes_the_place_of_the_first(settings: Settings, tmp_path: Path) -> None:
    with open_warehouse(settings) as con:
        con.execute("CREATE TABLE charts.t AS SELECT 3 AS n")
    target = tmp_path / "copy.duckdb"
    assert copy_warehouse(settings, target) == copy_warehouse(settings, target)
