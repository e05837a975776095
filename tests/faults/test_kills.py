"""A run that is killed at any moment leaves the last release whole, and the next run ends as an undisturbed one.

`KILLS` says how many stages are killed, spread over all of them; `make faults` kills 500.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.rollback import roll_back
from pipeline.release.published.publish import publish
from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse.versions import current_version
from tests.faults.kill_stages import SmallHall
from tests.fixtures.homes.make import HERE, WEEK
from zhoubao.app import app

KILLS = int(os.environ.get("KILLS", "12"))
# Some of the last moments come too late: the work was done before.
LEAST_SHARE = 0.9


@pytest.mark.faults
def test_whatever_is_killed_the_last_release_is_whole_and_the_next_run_ends_as_undisturbed() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", str(KILLS)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    report = json.loads(finished.stdout)
    print(report["kills"], f"{report['seconds']} s")
    assert report["faults"] == []
    assert min(report["kills"].values()) > 0
    assert sum(report["kills"].values()) >= KILLS * LEAST_SHARE


@pytest.mark.slow
def test_a_rollback_that_was_killed_before_it_was_published_is_published_when_it_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ZipFile(HERE / f"v{current_version()}.zip") as packed:
        packed.extractall(tmp_path / "home")
    hall = SmallHall(tmp_path / "home")
    published = hall.settings.published / "metrics.duckdb"
    with hall.open() as con:
        hall.build(con, [WEEK])
        before = freeze(con, hall.settings, [WEEK])[0].revision
        publish(con, hall.settings)
        released = total(published)
        con.execute("UPDATE charts.window_weekly SET value = value + 1")
        freeze(con, hall.settings, [WEEK])
        publish(con, hall.settings)
        assert total(published) != released
        roll_back(con, hall.settings, WEEK, reason="试")
    monkeypatch.setenv("ZHOUBAO_HOME", str(hall.settings.home))
    again = CliRunner().invoke(app, ["release", "--week", WEEK, "--rollback", "--reason", "试"])
    assert f"现以第 {before} 次发布示人" in again.output
    assert total(published) == released


def total(published: Path) -> int:
    with duckdb.connect(str(published), read_only=True) as con:
        ((value,),) = con.execute("SELECT sum(value) FROM charts.window_weekly").fetchall()
    return int(value)
