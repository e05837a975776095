"""The ledger: refused files, loads that did not come to their end, and which delivery of a week counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from pipeline.ingest.containers.identity import FileStamp
from pipeline.ingest.load.ledger import (
    Account,
    Delivery,
    Place,
    clear_pending,
    forget,
    forget_pending,
    prepare,
    record_delivery,
    record_refusal,
)
from pipeline.ingest.tables.control_totals import ControlTotal
from tests.unit.ingest.load.tiny_cases import case_contract

PLACE = Place("tiny_case", "2023-15", "")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection, [case_contract()])
        yield connection


def stamp(delivery_id: str) -> FileStamp:
    return FileStamp(sha256=delivery_id * 4, size_bytes=7, delivery_id=delivery_id)


def record(con: duckdb.DuckDBPyConnection, delivery_id: str, day: int, week_id: str = "2023-15") -> None:
    """Loads a delivery of one row that was exported on a day of April."""
    delivery = Delivery(
        delivery_id=delivery_id,
        sha256=delivery_id * 4,
        source="tiny_case",
        file_name=f"{delivery_id}.csv",
        week_id=week_id,
        period_start=date(2023, 4, 15),
        period_end=date(2023, 4, 21),
        as_of=datetime(2023, 4, day),
        scope="",
        container="csv",
        encoding="utf-8",
        size_bytes=7,
        title="办件",
    )
    account = Account()
    account.add("csv", "loaded", "loaded")
    account.totals.append(ControlTotal("csv", 4, "合计", "table", "case_no", Decimal(1), Decimal(1)))
    record_delivery(con, delivery, "current", account, "f")
    add_row(con, delivery_id)


def add_row(con: duckdb.DuckDBPyConnection, delivery_id: str) -> None:
    con.execute("INSERT INTO raw.tiny_case (delivery_id, row_no, case_no) VALUES (?, 3, 'A1')", [delivery_id])


def states(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    found = con.execute("SELECT delivery_id, status, superseded_by FROM ledger.delivery").fetchall()
    return {delivery_id: (status, by) for delivery_id, status, by in found}


def rows_of(con: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    return con.execute("SELECT delivery_id FROM raw.tiny_case ORDER BY ALL").fetchall()


def test_a_raw_table_has_the_place_of_a_row_its_fields_and_what_was_written(con: duckdb.DuckDBPyConnection) -> None:
    columns = con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'tiny_case'")
    assert columns.fetchall() == [
        ("delivery_id", "VARCHAR"), ("sheet", "VARCHAR"), ("row_no", "BIGINT"), ("case_no", "VARCHAR"),
        ("item", "VARCHAR"), ("department", "VARCHAR"), ("accepted", "TIMESTAMP"),
        ("as_written", "MAP(VARCHAR, VARCHAR)"), ("case_no_folded", "VARCHAR"),
    ]  # fmt: skip


def test_a_refused_file_is_kept_with_its_latest_sentence_and_code(con: duckdb.DuckDBPyConnection) -> None:
    record_refusal(con, stamp("a"), "a.csv", "文件不完整", "incomplete")
    record_refusal(con, stamp("a"), "b.csv", "编码无法确定", "encoding_unknown")
    assert con.execute("SELECT file_name, status, message, code, size_bytes FROM ledger.delivery").fetchall() == [
        ("b.csv", "refused", "编码无法确定", "encoding_unknown", 7)
    ]


def test_a_delivery_that_counts_goes_on_counting_when_its_file_is_refused_later(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "a", 24)
    record_refusal(con, stamp("a"), "b.csv", "编码无法确定", "encoding_unknown")
    assert con.execute("SELECT file_name, status, message FROM ledger.delivery").fetchall() == [
        ("a.csv", "current", None)
    ]


def test_of_a_forgotten_delivery_no_row_problem_account_or_total_is_left(con: duckdb.DuckDBPyConnection) -> None:
    for delivery_id in ("a", "b"):
        record(con, delivery_id, 24)
        con.execute("INSERT INTO quarantine.cell (delivery_id, row_no) VALUES (?, 5)", [delivery_id])
    forget(con, "a", "tiny_case")
    for table in ("raw.tiny_case", "quarantine.cell", "ledger.row_account", "ledger.control_total"):
        assert con.execute(f"SELECT DISTINCT delivery_id FROM {table}").fetchall() == [("b",)]
    assert set(states(con)) == {"a", "b"}


def test_rows_of_loads_that_did_not_end_are_removed_and_those_that_count_stay(con: duckdb.DuckDBPyConnection) -> None:
    for delivery_id in ("begun", "counts", "other"):
        add_row(con, delivery_id)
    con.execute("INSERT INTO ledger.pending_load VALUES ('begun', 'tiny_case'), ('counts', 'tiny_case')")
    forget_pending(con, "counts")
    clear_pending(con)
    assert rows_of(con) == [("counts",), ("other",)]
    assert con.execute("FROM ledger.pending_load").fetchall() == []
