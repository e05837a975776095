"""What a run says of a step that failed: the sentence of the cause, also where DuckDB meets a damaged block."""

from __future__ import annotations

import dagster as dg
import duckdb
import pytest

from assets.runs import failure_message


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Corrupt database file: computed checksum 1 does not match", "zhoubao rebuild --week 期号"),
        ("IO Error: No space left on device", "磁盘已满"),
        ("IO Error: something else", "IO Error: something else"),
    ],
)
def test_a_step_that_meets_damage_names_the_ways_back(message: str, says: str) -> None:
    @dg.op
    def step() -> None:
        raise duckdb.IOException(message)

    @dg.job
    def job() -> None:
        step()

    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert says in failure_message(failed)
