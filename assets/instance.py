"""Prepares Dagster's own home: its settings file, and runs that a killed process left; running is assets.runs's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from pipeline.common.clock import epoch_seconds
from pipeline.settings import Settings, load_settings

PROCESS_TAG = "zhoubao/process"
GRACE_SECONDS = 60.0
LEFT_BEHIND = "进程已不在，写锁也已释放：这次运行按失败处理，下一次运行从头检查每张表。"

DAGSTER_YAML = """\
# Written by zhoubao at every start. A server shared by several people takes `storage: postgres` instead.
telemetry:
  enabled: false
nux:
  enabled: false
storage:
  sqlite:
    base_dir: {storage}
compute_logs:
  module: dagster._core.storage.local_compute_log_manager
  class: LocalComputeLogManager
  config:
    base_dir: {logs}
concurrency:
  pools:
    default_limit: 1
    granularity: run
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  start_timeout_seconds: 300
  cancel_timeout_seconds: 180
  max_runtime_seconds: 14400
  free_slots_after_run_end_seconds: 60
"""


def write_instance(settings: Settings) -> Path:
    """Makes `dagster_home` with its dagster.yaml, which is written again only where it differs; returns the folder."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    text = DAGSTER_YAML.format(storage=json.dumps(str(home)), logs=json.dumps(str(home / "logs")))
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[DagsterInstance]:
    """Opens the persistent instance of this home, the same that `make dev` shows."""
    with DagsterInstance.from_config(str(write_instance(settings))) as instance:
        yield instance


def fail_dead_runs(instance: DagsterInstance, settings: Settings) -> list[str]:
    """Marks runs whose process was killed as failed and frees their pool slots; returns their run ids.

    A living writer holds the lock of the warehouse, so nothing is dead while that lock is taken.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(settings.lock_path, timeout=0):
            return [run_id for run_id in _unfinished(instance) if _fail(instance, run_id)]
    except Timeout:
        return []


def _unfinished(instance: DagsterInstance) -> list[str]:
    statuses = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
    records = instance.get_run_records(RunsFilter(statuses=statuses))
    now = epoch_seconds()
    return [
        record.dagster_run.run_id
        for record in records
        if not _is_alive(record.dagster_run.tags.get(PROCESS_TAG), now - record.update_timestamp.timestamp())
    ]


def _is_alive(process: str | None, idle_seconds: float) -> bool:
    """Whether the process named in a run's tag exists; a run of the UI, which names none, gets a moment to begin."""
    if process is None:
        return idle_seconds < GRACE_SECONDS
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(process) != os.getpid()


def _fail(instance: DagsterInstance, run_id: str) -> bool:
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return False
    instance.report_run_failed(run, LEFT_BEHIND)
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    return True


if __name__ == "__main__":
    sys.stdout.write(f"{write_instance(load_settings())}\n")
