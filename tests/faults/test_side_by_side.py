"""Two that would write at the same time: each waits or says so, and the result is that of one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import dagster as dg
import pytest

from assets.automation import Source, inbox_sensor
from assets.definitions import WEEKLY_JOB
from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse.database import read_warehouse
from pipeline.warehouse.versions import current_version
from tests.faults.kill_stages import SmallHall
from tests.fixtures.homes.make import HERE, WEEK
from tests.hall import digest_of_tables

SECONDS = 600
# A run that has opened the warehouse and is at work.
WRITER = """
import sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse
with open_warehouse(Settings(home=Path(sys.argv[1]), threads=1)):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def hall(tmp_path: Path) -> SmallHall:
    """The small home of the present version: one week, released."""
    with ZipFile(HERE / f"v{current_version()}.zip") as packed:
        packed.extractall(tmp_path / "home")
    (tmp_path / "home" / "person.key").chmod(0o600)
    return SmallHall(tmp_path / "home")


def zhoubao(home: Path, *words: str) -> subprocess.Popen[str]:
    environment = {"ZHOUBAO_HOME": str(home), "ZHOUBAO_THREADS": "1", "ZHOUBAO_WEEKLY__PDF": "false"}
    return subprocess.Popen(
        [sys.executable, "-m", "zhoubao", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def somebody_writing(home: Path) -> Iterator[int]:
    """Another process holds the writer's lock and the warehouse; gives its number."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    yield writer.pid
    writer.communicate("", timeout=SECONDS)


def tables(hall: SmallHall) -> dict[str, str]:
    with read_warehouse(hall.settings) as con:
        return digest_of_tables(con)


@pytest.mark.slow
def test_of_two_runs_at_once_one_works_and_the_other_works_after_it_or_says_who_is_writing(hall: SmallHall) -> None:
    with hall.open() as con:
        hall.build(con, [WEEK])
    undisturbed = tables(hall)
    runs = [zhoubao(hall.settings.home, "run", "--week", WEEK) for _ in range(2)]
    outcomes = []
    for run in runs:
        _, errors = run.communicate(timeout=SECONDS)
        outcomes.append(run.returncode)
        assert run.returncode == 0 or "正在被另一个程序写入" in errors, errors
        assert "\n：" not in f"\n{errors}"
    assert 0 in outcomes
    assert tables(hall) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("release", "--week", WEEK, "--rollback", "--reason", "试"),
        ("review", "export", "--week", WEEK),
        ("reload", "--source", "window_weekly"),
        ("run", "--week", WEEK),
    ],
    ids=["rollback", "review export", "reload", "run"],
)
def test_a_command_beside_a_run_says_who_is_writing_and_changes_nothing(
    hall: SmallHall, words: tuple[str, ...]
) -> None:
    with hall.open() as con:
        hall.build(con, [WEEK])
    before = tables(hall)
    with somebody_writing(hall.settings.home) as writer:
        command = zhoubao(hall.settings.home, *words)
        _, errors = command.communicate(timeout=SECONDS)
        assert command.returncode != 0
        assert f"进程 {writer}" in errors
        assert "Traceback" not in errors
    assert tables(hall) == before


def test_the_sensor_beside_a_run_asks_for_what_waits_and_waits_for_nobody(hall: SmallHall) -> None:
    source = Source(hall.settings, hall.calendar, hall.contracts)
    sensor = inbox_sensor(source, WEEKLY_JOB)
    with somebody_writing(hall.settings.home), dg.DagsterInstance.ephemeral() as instance:
        result = sensor(dg.build_sensor_context(instance=instance))
    assert isinstance(result, dg.SensorResult)
    assert result.skip_reason is not None
