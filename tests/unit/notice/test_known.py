"""What a run leaves for a look between two runs."""

from __future__ import annotations

import duckdb

from pipeline.notice.known import Known, known_of, read_known, write_known
from pipeline.settings import Settings


def test_what_a_run_knows_is_read_back_as_it_was(told_over: Settings, con: duckdb.DuckDBPyConnection) -> None:
    known = known_of(con)
    assert known.arrived == {("window_weekly", "2023-15"), ("case_detail", "2023-15")}
    write_known(told_over, known)
    assert read_known(told_over) == known
    assert told_over.notices.stat().st_mode & 0o077 == 0


def test_a_first_load_leaves_its_note_before_anything_was_checked() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA ledger; CREATE TABLE ledger.current_delivery (source VARCHAR, week_id VARCHAR)")
        assert known_of(con) == Known()


def test_a_home_without_a_warehouse_knows_that_nothing_has_arrived(settings: Settings) -> None:
    assert read_known(settings) == Known()


def test_a_warehouse_without_a_note_knows_nothing(settings: Settings) -> None:
    settings.home.mkdir()
    settings.warehouse_path.touch()
    assert read_known(settings) is None
