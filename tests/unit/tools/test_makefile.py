"""`make run`: which hall, which home and which week it asks for; the interpreter is a stub that prints them.

`make engine-setup`: what it has uv install, and what it says of Java; both are stubs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.settings import PROJECT_ROOT

STUB = '#!/bin/sh\necho "HALL=$ZHOUBAO_HALL HOME=$ZHOUBAO_HOME $*"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the Makefile and an environment that is newer than the list of what it has to hold."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copyfile(PROJECT_ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / "requirements.lock").touch()
    os.utime(tmp_path / "requirements.lock", (0, 0))
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STUB, "utf-8")
    python.chmod(0o755)
    (tmp_path / ".venv" / ".installed").touch()
    return tmp_path


def made(checkout: Path, *words: str, **variables: str) -> str:
    return run_make(checkout, "run", *words, **variables).stdout.strip()


def run_make(checkout: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    hidden = ("ZHOUBAO_", "MAKE", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return subprocess.run(
        ["make", "--silent", *words],
        cwd=checkout,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=True,
    )


def test_without_a_hall_it_is_the_sample_of_the_program(checkout: Path) -> None:
    assert made(checkout) == "HALL= HOME= -m zhoubao run --week 2023-15 --sample-if-empty"


def test_a_hall_gets_a_home_of_its_own_and_its_last_week(checkout: Path) -> None:
    hall, home = checkout / "halls" / "shilishi", checkout / "data-shilishi"
    expected = f"HALL={hall} HOME={home} -m zhoubao run --sample-if-empty"
    assert made(checkout, "HALL=halls/shilishi") == expected
    assert made(checkout, "HALL=halls/shilishi/") == expected


def test_week_and_home_that_are_given_count(checkout: Path) -> None:
    output = made(checkout, "HALL=halls/shilishi", "WEEK=2024-02", ZHOUBAO_HOME="/srv/try")
    assert output.endswith("HOME=/srv/try -m zhoubao run --week 2024-02 --sample-if-empty")


@pytest.mark.parametrize(
    ("version", "said"),
    [("17.0.15", ""), ("25", ""), ("11.0.2", "Java 17 or newer"), ("1.8.0_442", "Java 17 or newer")],
)
def test_spark_is_installed_beside_and_an_older_java_is_told(checkout: Path, version: str, said: str) -> None:
    (checkout / "requirements-engine.lock").touch()
    (checkout / ".venv-engine").mkdir()
    for name, output in (("uv", 'echo "uv $*"'), ("java", f"echo 'openjdk version \"{version}\"' >&2")):
        stub = checkout / "bin" / name
        stub.parent.mkdir(exist_ok=True)
        # touch makes the stamp in the folder that uv would have made.
        stub.write_text(f"#!/bin/sh\nmkdir -p .venv-engine\n{output}\n", "utf-8")
        stub.chmod(0o755)
    run = run_make(checkout, "engine-setup", PATH=f"{checkout / 'bin'}:{os.environ['PATH']}")
    assert "--target .venv-engine --require-hashes" in run.stdout
    assert (said in run.stderr) if said else not run.stderr
    again = run_make(checkout, "engine-setup", PATH=f"{checkout / 'bin'}:{os.environ['PATH']}")
    assert "uv" not in again.stdout
