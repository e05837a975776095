"""What a run leaves in the log of its home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.partitions import range_tags
from assets.run_log import run_in_log_of
from assets.runs import failure_message
from pipeline.common.log import close_log
from pipeline.settings import Settings


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    close_log()
    yield
    close_log()


def run_of(settings: Settings, *, is_failing: bool) -> dg.ExecuteInProcessResult:
    """A job with one step on a resource that logs as the warehouse does."""

    @dg.resource
    def logged(context: dg.InitResourceContext) -> Iterator[Settings]:
        with run_in_log_of(settings, context):
            yield settings

    @dg.op(required_resource_keys={"logged"})
    def step() -> None:
        if is_failing:
            raise ValueError("电话 13812345678 读不懂")

    @dg.job(resource_defs={"logged": logged})
    def job() -> None:
        step()

    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(instance=instance, raise_on_error=False, tags=range_tags("2023-01", "2023-15"))


def log_of(path: Path) -> str:
    return path.read_text("utf-8")


def test_a_run_says_when_it_begins_and_ends_and_for_which_weeks(settings: Settings) -> None:
    result = run_of(settings, is_failing=False)
    begin, end = log_of(settings.log_path).splitlines()
    assert f" {result.run_id[:8]} assets.run_log run {result.run_id} begins: 2023-01..2023-15" in begin
    assert end.endswith("0 steps failed")


def test_a_step_that_failed_is_there_with_its_traceback_and_without_persons(settings: Settings) -> None:
    result = run_of(settings, is_failing=True)
    text = log_of(settings.log_path)
    assert "step step failed" in text
    assert "ValueError" in text
    assert "Stack Trace" in text
    assert "13812345678" not in text
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert failure_message(failed) == "电话 13812345678 读不懂"


def test_a_resource_without_a_run_is_no_fault(settings: Settings) -> None:
    with run_in_log_of(settings, dg.build_init_resource_context()):
        pass
    assert not settings.log_path.exists()
