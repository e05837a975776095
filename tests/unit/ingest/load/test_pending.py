"""Rows that stand in `raw` before their delivery counts are gone again unless it does."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.ingest.load import ledger
from pipeline.ingest.load.pending import PendingRows, pending_rows
from tests.unit.ingest.load.tiny_cases import case_contract

CONTRACT = case_contract()


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ledger.prepare(connection, [CONTRACT])
        yield connection


def write(rows: PendingRows, case_no: str) -> None:
    rows.con.execute(
        "INSERT INTO raw.tiny_case (delivery_id, case_no) VALUES (?, ?)",
        [rows.delivery_id, case_no],
    )


def cases(con: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    return con.execute("SELECT case_no FROM raw.tiny_case ORDER BY ALL").fetchall()


def fail() -> None:
    raise LookupError("a fault while rows are being read")


def test_rows_of_a_delivery_that_fails_are_gone(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(LookupError), pending_rows(con, CONTRACT, "d1") as rows:
        rows.begin()
        with rows.step():
            write(rows, "A1")
        fail()
    assert cases(con) == []
    assert con.execute("FROM ledger.pending_load").fetchall() == []


def test_rows_of_a_delivery_that_counts_stay(con: duckdb.DuckDBPyConnection) -> None:
    with pending_rows(con, CONTRACT, "d1") as rows:
        rows.begin()
        write(rows, "A1")
        with rows.final():
            pass
    assert cases(con) == [("A1",)]
    assert con.execute("FROM ledger.pending_load").fetchall() == []


def test_a_delivery_that_is_read_again_keeps_its_rows_where_the_second_reading_fails(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("INSERT INTO ledger.delivery (delivery_id, status) VALUES ('d1', 'current')")
    con.execute("INSERT INTO raw.tiny_case (delivery_id, case_no) VALUES ('d1', 'A1')")
    with pytest.raises(LookupError), pending_rows(con, CONTRACT, "d1") as rows:
        rows.begin()
        write(rows, "A2")
        assert cases(con) == [("A2",)]
        fail()
    assert cases(con) == [("A1",)]


def test_a_failure_before_any_row_was_written_takes_nothing_of_others_away(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO raw.tiny_case (delivery_id, case_no) VALUES ('d0', 'B1')")
    with pytest.raises(LookupError), pending_rows(con, CONTRACT, "d1"):
        fail()
    assert cases(con) == [("B1",)]
