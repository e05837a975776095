"""Homes of the usual sample that many tests begin with: each is made once for all workers, and a test gets a copy.

In: how far the home has come, its scale, and which defects are planted. Out: a copy that the test may change.
A home of other weeks or other files is made by the test that needs it; tests about loading load by themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from filelock import FileLock

from assets.instance import write_instance
from assets.runs import materialize_weeks
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.reporting_calendar import load_calendar
from pipeline.sample import SampleWorld, write_year_before
from pipeline.sample.defects import DEFECTS
from pipeline.sample.writer import DEFAULT_SEED
from pipeline.settings import PROJECT_ROOT, Settings
from tests.command_line import run_command
from tests.hall import SCALE, WEEKS, Hall

SHILISHI = PROJECT_ROOT / "halls" / "shilishi"
# The defects that the sample brings unless told otherwise, every one that there is, or no defect.
Planted = Literal["usual", "all", "none"]
# Each stage goes on from the one before. A home that was `run` is that of `make run`, Dagster's runs included.
Stage = Literal["written", "loaded", "built", "checked", "published", "run"]
BEFORE: dict[Stage, Stage] = {
    "loaded": "written",
    "built": "loaded",
    "checked": "built",
    "published": "checked",
    "run": "written",
}


class ReadyHomes:
    """The homes that are ready; `folder` is one that all workers of a run of tests share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def year_before(self) -> Path:
        """Returns the exports of all weeks of 2022 at the usual scale: a folder to read and not to write."""
        made_with = SampleWorld(DEFAULT_SEED, SCALE)
        return self.made_once(
            "year-before", lambda folder: write_year_before(folder, made_with, calendar=load_calendar())
        )

    def copy(self, target: Path, stage: Stage, *, scale: float = SCALE, defects: Planted = "usual") -> Hall:
        """Returns a hall with a copy, `target`, of the home of fifteen weeks of the sample after `stage`."""

        def make(home: Path) -> None:
            before = BEFORE.get(stage)
            if before is None:
                _write(Hall(home), scale, defects)
                return
            _go_on(self.copy(home, before, scale=scale, defects=defects), stage)

        name = f"{stage}-{scale}-{defects}"
        return Hall(_copied_with_runs(self.made_once(name, make), target))

    def example_hall(self) -> Path:
        """Returns the home after what `make run HALL=halls/shilishi` does: itself, to read, and no copy.

        A run that finds nothing new leaves it as it is; of a copy elsewhere it would run the last week again.
        """
        return self.made_once("shilishi", _run_example_hall)

    def made_once(self, name: str, make: Callable[[Path], object]) -> Path:
        """Returns the folder of this name; the first worker makes it, the others wait for it.

        The lock of a worker that dies is free, and what it left without its mark is made anew.
        """
        home, mark = self._folder / name, self._folder / f"{name}.made"
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / f"{name}.lock"):
            if not mark.exists():
                shutil.rmtree(home, ignore_errors=True)
                make(home)
                mark.touch()
        return home


def _run_example_hall(home: Path) -> None:
    settings = {"ZHOUBAO_HALL": str(SHILISHI), "ZHOUBAO_HOME": str(home), "ZHOUBAO_THREADS": "1"}
    run = run_command(PROJECT_ROOT, settings, "run", "--sample-if-empty")
    assert run.returncode == 0, run.stdout + run.stderr


def _write(hall: Hall, scale: float, defects: Planted) -> None:
    """Files in the inbox and a person key, from which the same persons have the same digests in all stages."""
    every_one = [defect.defect_id for defect in DEFECTS]
    hall.write_sample(scale=scale, defects=every_one if defects == "all" else defects == "usual")
    with hall.open() as con:
        hall.load(con, [])


def _go_on(hall: Hall, stage: Stage) -> None:
    """What a run does between the stage before and this one."""
    if stage == "run":
        report = materialize_weeks(hall.settings, WEEKS[0], WEEKS[-1])
        assert report.is_success, report.gate_message or report.failures
        return
    with hall.open() as con:
        if stage == "loaded":
            hall.load(con)
        elif stage == "built":
            hall.build(con)
        elif stage == "checked":
            hall.check(con)
        else:
            freeze(con, hall.settings, WEEKS)
            publish(con, hall.settings)


def _copied_with_runs(home: Path, target: Path) -> Path:
    """Copies a home with the runs that Dagster keeps, whose settings then name the folder of the copy."""
    shutil.copytree(home, target, dirs_exist_ok=True)
    settings = Settings(home=target)
    written = settings.dagster_home / "dagster.yaml"
    if written.exists():
        written.unlink()
        write_instance(settings)
    return target
