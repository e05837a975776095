"""Which unfinished weeks wait for a run, and which for a steward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipeline.ingest.load.ledger import prepare
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.desk.resumable import resumable_weeks
from pipeline.quality.run.runner import run_checks
from pipeline.settings import Settings
from pipeline.warehouse.week_stages import Stage, record_stage

SuiteOf = Callable[..., TableSuite]
WEEK = "2023-01"


@pytest.fixture
def delivered(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    prepare(con, [])
    con.execute(
        "INSERT INTO ledger.delivery (delivery_id, source, week_id, status) VALUES ('a', 's', ?, 'current')", [WEEK]
    )
    con.execute("CREATE TABLE charts.t (week_id VARCHAR, k VARCHAR, n BIGINT)")
    return con


def test_a_week_that_nobody_checked_waits_for_a_run(delivered: duckdb.DuckDBPyConnection) -> None:
    assert resumable_weeks(delivered) == [WEEK]


@pytest.mark.parametrize("number, waits", [(-1, []), (1, [WEEK])])
def test_a_checked_week_waits_for_a_run_only_where_its_gate_is_open(
    delivered: duckdb.DuckDBPyConnection,
    settings: Settings,
    suite_of: SuiteOf,
    not_negative: dict[str, Any],
    number: int,
    waits: list[str],
) -> None:
    delivered.execute("INSERT INTO charts.t VALUES (?, 'a', ?)", [WEEK, number])
    run_checks(delivered, settings, [WEEK], [suite_of(not_negative)])
    record_stage(delivered, Stage.CHECKED, [WEEK])
    record_stage(delivered, Stage.REVIEWED, [WEEK])
    assert resumable_weeks(delivered) == waits
