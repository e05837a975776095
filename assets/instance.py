"""Prepares Dagster's own home: its settings file, and runs that a killed process left; running is assets.runs's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import yaml
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.instance.ref import InstanceRef

from assets.kept_connections import keeping_connections
from pipeline.common.clock import beijing_now, epoch_seconds
from pipeline.contracts.loader import read_yaml
from pipeline.settings import Settings

PROCESS_TAG = "zhoubao/process"
GRACE_SECONDS = 60.0
MOST_RUNS_FORGOTTEN = 200
# The file that whoever opens Dagster's storage locks, and for how long others wait.
OPENING = "dagster.opening.lock"
SECONDS_TO_OPEN = 60
LEFT_BEHIND = "进程已不在，写锁也已释放：这次运行按失败处理，下一次运行从头检查每张表。"

DAGSTER_YAML = """\
# Written by zhoubao where there was none; what is changed here stays. A server shared by several people takes
# `storage: postgres` instead. `concurrency` must keep one writer at a time: zhoubao checks it at every start.
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
retention:
  sensor:
    purge_after_days:
      skipped: 7
      failure: 90
  schedule:
    purge_after_days:
      skipped: 90
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  start_timeout_seconds: 300
  cancel_timeout_seconds: 180
  max_runtime_seconds: 14400
  free_slots_after_run_end_seconds: 60
"""


class InstanceError(RuntimeError):
    """A dagster.yaml that would not work; the message says which key, and what to write there."""


def write_instance(settings: Settings) -> Path:
    """Makes `dagster_home`, with a dagster.yaml where there is none; returns the folder.

    A hall's own settings stay as they are. Raises InstanceError where they lack what runs rely on.
    """
    home = settings.dagster_home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    if not path.is_file():
        text = DAGSTER_YAML.format(storage=json.dumps(str(home)), logs=json.dumps(str(home / "logs")))
        path.write_text(text, "utf-8")
    _refuse_unfit(path)
    return home


def _refuse_unfit(path: Path) -> None:
    """Raises InstanceError for a dagster.yaml that is no YAML, lets two runs write at once, or names a lost folder."""
    try:
        written = read_yaml(path)
    except yaml.YAMLError as error:
        raise InstanceError(
            f"{path} 不是有效的 YAML：{' '.join(str(error).split())}。请改正，或删去它让程序重写。"
        ) from None
    keys = written if isinstance(written, dict) else {}
    pools = _under(keys, "concurrency", "pools")
    if pools.get("default_limit") != 1 or pools.get("granularity") != "run":
        raise InstanceError(
            f"{path} 的 concurrency.pools 应为 default_limit: 1、granularity: run：同一时间只能有一次运行写数据仓库。"
            "请改正后再运行。"
        )
    folder = _under(keys, "storage", "sqlite").get("base_dir")
    if isinstance(folder, str) and not Path(folder).is_dir():
        raise InstanceError(
            f"{path} 的 storage.sqlite.base_dir 指向 {folder}，那里没有文件夹（数据目录搬动过？）。"
            f"请改为 {path.parent}，或删去这个文件让程序重写。"
        )


def _under(keys: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Returns what stands under `a.b`; nothing where it is missing or is no mapping."""
    for name in names:
        inner = keys.get(name)
        keys = inner if isinstance(inner, dict) else {}
    return keys


def forget_old_runs(instance: DagsterInstance, days: int) -> int:
    """Deletes finished runs that ended more than `days` ago, at most 200 a time; returns how many."""
    finished = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    before = beijing_now().astimezone(UTC) - timedelta(days=days)
    old = instance.get_run_records(RunsFilter(statuses=finished, updated_before=before), limit=MOST_RUNS_FORGOTTEN)
    for record in old:
        instance.delete_run(record.dagster_run.run_id)
    return len(old)


@contextmanager
def open_instance(settings: Settings) -> Iterator[DagsterInstance]:
    """Opens the persistent instance of this home, the same that `make dev` shows.

    One opens it at a time: of two first runs at once both would make its tables, and one would fail. Raises
    InstanceError where another takes longer than a minute, and as `write_instance` does.
    """
    from filelock import FileLock, Timeout

    settings.home.mkdir(parents=True, exist_ok=True)
    opening = FileLock(settings.home / OPENING, timeout=SECONDS_TO_OPEN)
    try:
        with opening:
            ref = InstanceRef.from_dir(str(write_instance(settings)))
            instance = DagsterInstance.from_ref(keeping_connections(ref))
    except Timeout:
        raise InstanceError(
            f"另一个程序正在准备 Dagster 的记录，{SECONDS_TO_OPEN} 秒还没有完成；请等它结束后再运行。"
        ) from None
    with instance:
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
