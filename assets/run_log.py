"""Writes a run into the log of its home, whether it was started by a command, by Dagster's UI or by a sensor.

What Dagster shows of a run is its own event log; the file is for whoever looks after the program without the UI.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from assets.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from pipeline.common.log import log_file, log_to_file, run_in_log
from pipeline.privacy.masking import mask_line
from pipeline.settings import Settings

LOGGER = logging.getLogger(__name__)
NO_WEEKS = "no weeks"


@contextmanager
def run_in_log_of(settings: Settings, context: dg.InitResourceContext) -> Iterator[None]:
    """Opens the log of the home, puts the run's id on every line, and writes down at the end which steps failed.

    A command has opened the log already, perhaps with `--debug`: then it stays as it is.
    """
    if log_file() != settings.log_path:
        log_to_file(settings.log_path, mask_line)
    run = context.run
    if run is None:
        # A resource that a test builds by hand has no run.
        yield
        return
    began = time.monotonic()
    with run_in_log(run.run_id):
        LOGGER.info("run %s begins: %s", run.run_id, _weeks_of(run))
        try:
            yield
        finally:
            failures = _failed_steps(context.instance, run.run_id)
            for step, error in failures.items():
                LOGGER.error("step %s failed: %s", step, error)
            LOGGER.info("run ends after %.1f s, %d steps failed", time.monotonic() - began, len(failures))


def _weeks_of(run: dg.DagsterRun) -> str:
    """Returns the weeks that a run's tags name, such as `2023-01..2023-15`."""
    if PARTITION_TAG in run.tags:
        return run.tags[PARTITION_TAG]
    if RANGE_START_TAG in run.tags:
        return f"{run.tags[RANGE_START_TAG]}..{run.tags[RANGE_END_TAG]}"
    return NO_WEEKS


def _failed_steps(instance: dg.DagsterInstance | None, run_id: str) -> dict[str, str]:
    """Returns step → error with its traceback, as far as the instance has been told of them."""
    if instance is None:
        return {}
    failures = {}
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = entry.dagster_event
        error = event.step_failure_data.error if event is not None else None
        if event is not None and error is not None:
            failures[event.step_key or ""] = error.to_string()
    return failures
