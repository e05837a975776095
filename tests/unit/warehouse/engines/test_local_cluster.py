"""A Spark of this machine is known by what its folder says, and only while its own processes live."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.warehouse.engines import local_cluster
from pipeline.warehouse.engines.local_cluster import ClusterError, running, start, stop


def recorded(folder: Path, pid: int) -> None:
    folder.mkdir()
    (folder / "cluster.json").write_text(json.dumps({"remote": "sc://localhost:1", "token": "t", "pids": [pid]}))


def sleeping(*words: str) -> subprocess.Popen[bytes]:
    """A process that does nothing, with these words on its command line."""
    code = "import time; print('here', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, *words], start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_where_nothing_was_started_there_is_nothing_to_stop(tmp_path: Path) -> None:
    assert running(tmp_path / "engine") is None
    assert not stop(tmp_path / "engine")


def test_a_process_of_the_folder_is_running_until_it_is_stopped_and_its_folder_goes(tmp_path: Path) -> None:
    folder = tmp_path / "engine"
    process = sleeping(str(folder))
    recorded(folder, process.pid)
    cluster = running(folder)
    assert cluster is not None
    assert (cluster.remote, cluster.token, cluster.storage) == ("sc://localhost:1", "t", folder / "storage")
    assert stop(folder)
    assert running(folder) is None
    assert not folder.exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="without /proc a process says nothing of itself")
def test_a_number_that_is_somebody_elses_by_now_is_not_ours(tmp_path: Path) -> None:
    process = sleeping("something else")
    recorded(tmp_path / "engine", process.pid)
    assert running(tmp_path / "engine") is None
    assert stop(tmp_path / "engine")
    assert process.poll() is None, "it was killed"
    process.kill()
    process.wait()


def test_a_damaged_record_is_none(tmp_path: Path) -> None:
    (tmp_path / "cluster.json").write_text("{")
    assert running(tmp_path) is None


def test_what_has_to_be_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_cluster, "PACKAGES", tmp_path)
    with pytest.raises(ClusterError, match="make engine-setup"):
        start(tmp_path / "engine")
    (tmp_path / "pyspark").mkdir()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ClusterError, match="Java 17"):
        start(tmp_path / "engine")


def test_a_spark_that_does_not_start_says_what_its_log_ends_with_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "packages" / "pyspark" / "bin" / "spark-class"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho first\necho no room for me\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(local_cluster, "PACKAGES", tmp_path / "packages")
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/java")
    with pytest.raises(ClusterError, match=r"master 没有启动：no room for me。请改正后再运行一次"):
        start(tmp_path / "engine")
    assert ((tmp_path / "engine").stat().st_mode & 0o777) == 0o700
