"""The installed package: a wheel holds all that a run needs, and works without the checkout in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.common.package_version import package_version
from pipeline.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow
# `-P` keeps the current folder off the path: the packages must come from the unpacked wheel.
PYTHON = (sys.executable, "-P")
WEEK = "2023-01"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `pip wheel` would build it, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as `pip install --no-deps --target` leaves it."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def zhoubao(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line of the unpacked wheel, started in a folder that has nothing to do with the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHOUBAO_")}
    return subprocess.run(
        [*PYTHON, "-m", "zhoubao", *words],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_file_of_the_checkout_that_is_read_at_run_time_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for package in ("pipeline", "assets", "zhoubao"):
        for path in (PROJECT_ROOT / package).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                assert path.relative_to(PROJECT_ROOT).as_posix() in names
    for folder in ("sql", "expectations", "notebooks", "halls"):
        for path in (PROJECT_ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                assert f"pipeline/resources/{path.relative_to(PROJECT_ROOT).as_posix()}" in names
    assert "pipeline/resources/zhoubao.toml" in names
    assert not any(name.startswith(("tests/", "tools/", "data/")) for name in names)


def test_the_script_starts_the_command_line(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry_points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "zhoubao = zhoubao.app:main" in archive.read(entry_points).decode()


def test_the_version_is_read_from_the_metadata(installed: Path, tmp_path: Path) -> None:
    assert zhoubao(installed, tmp_path, "--version").stdout.strip() == f"zhoubao {package_version()}"


def test_in_an_empty_folder_a_week_of_the_sample_runs_to_its_release(installed: Path, tmp_path: Path) -> None:
    run = zhoubao(installed, tmp_path, "run", "--sample-if-empty", "--scale", "0.001", "--week", WEEK)
    assert run.returncode == 0, run.stdout + run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert (tmp_path / "data" / "published" / "metrics.duckdb").is_file()
    assert (tmp_path / "data" / "published" / "site" / "index.html").is_file()
    assert (tmp_path / "data" / "published" / "weekly" / WEEK / "r1" / "weekly.docx").is_file()
    assert "run ends" in (tmp_path / "data" / "logs" / "zhoubao.log").read_text("utf-8")

    state = json.loads(zhoubao(installed, tmp_path, "status", "--json").stdout)
    assert state["home"] == str(tmp_path / "data")
    assert state["released"] == [{"week_id": WEEK, "revision": 1, "shown_revision": 1}]

    examined = json.loads(zhoubao(installed, tmp_path, "doctor", "--json").stdout)
    assert examined["is_fit"], examined
