"""A run that is killed at any moment leaves the last release whole, and the next run ends with the same tables."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import PROJECT_ROOT, Settings
from tests.hall import digest_of_tables

MOMENTS = 3
# Three weeks go through every stage; `make faults` kills each stage by the dozen.
COMMAND = (sys.executable, "-m", "zhoubao", "run", "--week", "2023-03", "--sample-if-empty", "--scale", "0.002")


def start(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        COMMAND,
        cwd=PROJECT_ROOT,
        env={**os.environ, "ZHOUBAO_HOME": str(home), "ZHOUBAO_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def finish(home: Path) -> float:
    began = time.monotonic()
    assert start(home).wait(timeout=300) == 0
    return time.monotonic() - began


def tables(home: Path) -> dict[str, str]:
    with duckdb.connect(str(Settings(home=home).warehouse_path), read_only=True) as con:
        digests = digest_of_tables(con, ("staging", "core", "marts", "charts"))
        # Training rows hold digests that depend on the key of the home, so they are compared without them.
        training = con.execute("SELECT * EXCLUDE (trainee) FROM core.training ORDER BY ALL").fetchall()
    kept = {name: digest for name, digest in digests.items() if not name.endswith(("training_log", "core.training"))}
    return kept | {"core.training": repr(training)}


@pytest.mark.slow
def test_the_run_after_a_kill_completes_with_the_tables_of_an_undisturbed_run(tmp_path: Path) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    seconds = finish(undisturbed)
    chance = random.Random(os.environ.get("KILL_SEED", "1"))
    for _ in range(MOMENTS):
        process = start(disturbed)
        time.sleep(chance.uniform(0.5, seconds))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        published = Settings(home=disturbed).published / "metrics.duckdb"
        if published.exists():
            with duckdb.connect(str(published), read_only=True) as con:
                assert con.execute("SELECT count(*) FROM charts.item_ytd").fetchone() != (0,)
    finish(disturbed)
    assert tables(disturbed) == tables(undisturbed)


@pytest.mark.slow
def test_a_second_writer_is_told_who_is_writing(tmp_path: Path) -> None:
    from pipeline.warehouse import WarehouseBusyError, open_warehouse

    settings = Settings(home=tmp_path / "home")
    with open_warehouse(settings), pytest.raises(WarehouseBusyError) as caught, open_warehouse(settings):
        pass
    assert str(os.getpid()) in str(caught.value)
