"""How far a week has come, and with which deliveries."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.ingest.load.ledger import prepare
from pipeline.warehouse.week_stages import (
    Stage,
    record_stage,
    unfinished_weeks,
    week_inputs,
    weeks_lacking,
)


@pytest.fixture
def ledger() -> duckdb.DuckDBPyConnection:
    """A ledger with a delivery of 2022-50, 2023-01 and 2023-02 each."""
    con = duckdb.connect()
    prepare(con, [])
    for delivery_id, week in (("a", "2022-50"), ("b", "2023-01"), ("c", "2023-02")):
        deliver(con, delivery_id, week)
    return con


def deliver(con: duckdb.DuckDBPyConnection, delivery_id: str, week: str) -> None:
    con.execute(
        "INSERT INTO ledger.delivery (delivery_id, source, week_id, status) VALUES (?, 'windows', ?, 'current')",
        [delivery_id, week],
    )


def finish(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> None:
    for stage in Stage:
        record_stage(con, stage, weeks)


def test_a_loaded_week_is_unfinished_until_every_stage_is_reached(ledger: duckdb.DuckDBPyConnection) -> None:
    assert unfinished_weeks(ledger) == ["2022-50", "2023-01", "2023-02"]
    finish(ledger, ["2022-50", "2023-01"])
    record_stage(ledger, Stage.CHECKED, ["2023-02"])
    assert unfinished_weeks(ledger) == ["2023-02"]
    assert weeks_lacking(ledger, [Stage.CHECKED]) == []
    assert weeks_lacking(ledger, [Stage.RELEASED, Stage.CHECKED]) == ["2023-02"]


def test_a_new_delivery_moves_its_week_and_the_later_ones_of_its_year(ledger: duckdb.DuckDBPyConnection) -> None:
    finish(ledger, ["2022-50", "2023-01", "2023-02"])
    deliver(ledger, "d", "2023-01")
    assert unfinished_weeks(ledger) == ["2023-01", "2023-02"]
    ledger.execute("UPDATE ledger.delivery SET status = 'superseded' WHERE delivery_id = 'd'")
    assert unfinished_weeks(ledger) == []


def test_a_contract_that_reads_a_delivery_otherwise_moves_its_week(ledger: duckdb.DuckDBPyConnection) -> None:
    finish(ledger, ["2022-50", "2023-01", "2023-02"])
    ledger.execute("UPDATE ledger.delivery SET contract_fingerprint = 'v2' WHERE delivery_id = 'c'")
    assert unfinished_weeks(ledger) == ["2023-02"]


def test_weeks_without_a_delivery_have_no_inputs_and_no_stage(ledger: duckdb.DuckDBPyConnection) -> None:
    record_stage(ledger, Stage.CHECKED, ["2023-30"])
    assert list(week_inputs(ledger)) == ["2022-50", "2023-01", "2023-02"]
    assert ledger.execute("SELECT count(*) FROM ledger.week_stage").fetchone() == (0,)


def test_an_empty_warehouse_has_nothing_to_finish() -> None:
    assert unfinished_weeks(duckdb.connect()) == []
