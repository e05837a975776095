"""Kills stages by the hundred: `python -m tests.faults.kills 500` prints what was broken, as JSON.

A process of its own, since it forks: see fork_server. For each kill a home is copied, a stage begun and killed, what
readers have is looked at, and the next run must end with the tables of a run that nobody disturbed.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.faults.fork_server import Fate, Moment, in_fork
from tests.faults.kill_stages import HOMES, STAGES, Stage, look

# Memory where there is some: a thousand copies of a home and their syncs would take a disk an hour.
FAST_FOLDER: Final = Path("/dev/shm")
# Every third dies at a moment of the clock, in the middle of a statement too; the others at an event.
BY_THE_CLOCK: Final = 3
TRIES: Final = 3


class Killer:
    """The homes before the stages, and what each stage and its finish gave undisturbed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.homes = folder / "homes"
        self.place = folder / "place"
        self.answer = folder / "answer.json"
        self.chance = random.Random(seed)
        self.kills: dict[str, int] = {}
        self.faults: list[str] = []

    def prepare(self) -> None:
        """Makes the home before each stage here, so that the forks find every module and every parsed model."""
        for name, (origin, make) in HOMES.items():
            home = self.homes / name
            if origin is not None:
                shutil.copytree(self.homes / origin, home)
            else:
                home.mkdir(parents=True)
            make(home)

    def kill_stage(self, stage: Stage, kills: int) -> None:
        """Kills one stage so many times, its events and its seconds covered evenly."""
        before = self._look(self._copy(stage))
        whole = in_fork(lambda: stage.work(self.place), self.answer, Moment())
        after = self._look(self.place)
        wanted = self._finish(stage)
        if whole.error or wanted.error:
            self.faults.append(f"{stage.name}, undisturbed: {whole.error or wanted.error}")
            return
        self.kills[stage.name] = 0
        for number in range(kills):
            moment = self._moment(number, kills, whole)
            for _ in range(TRIES):
                self._copy(stage)
                if in_fork(lambda: stage.work(self.place), self.answer, moment).is_killed:
                    self.kills[stage.name] += 1
                    break
            self._judge(f"{stage.name} killed at {moment}", stage, (before, after), wanted.answer)

    def _moment(self, number: int, kills: int, whole: Fate) -> Moment:
        share = (number + self.chance.random()) / kills
        if number % BY_THE_CLOCK == 0:
            return Moment(seconds=share * whole.seconds)
        return Moment(event=1 + int(share * whole.events))

    def _copy(self, stage: Stage) -> Path:
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.homes / stage.before, self.place)
        return self.place

    def _look(self, folder: Path) -> Fate:
        return in_fork(lambda: look(folder), self.answer)

    def _finish(self, stage: Stage) -> Fate:
        return in_fork(lambda: stage.finish(self.place), self.answer)

    def _judge(self, what: str, stage: Stage, known: tuple[Fate, Fate], wanted: dict[str, str]) -> None:
        seen = self._look(self.place)
        if seen.error:
            self.faults.append(f"{what}: not whole: {seen.error}")
        else:
            self.faults += [f"{what}: {fault}" for fault in _broken(seen.answer, known[0].answer, known[1].answer)]
        finished = self._finish(stage)
        if finished.error or finished.is_killed:
            self.faults.append(f"{what}: the next run: {finished.error or 'took too long'}")
            return
        others = sorted(name for name, _ in finished.answer.items() ^ wanted.items())
        if others:
            self.faults.append(f"{what}: after the next run these differ: {sorted(set(others))[:8]}")


def _broken(seen: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What readers have that is neither as it was nor as it becomes."""
    if seen.get("content") not in (before.get("content"), after.get("content")):
        yield "published neither the old nor the new"
    for release, files in before["releases"].items():
        if seen["releases"].get(release) != files:
            yield f"release {release} is not as it was"
    for release, files in seen["releases"].items():
        if release not in before["releases"] and after["releases"].get(release) != files:
            yield f"release {release} is half written"
    if seen.get("damages"):
        yield f"backups: {seen['damages']}"


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder that goes again, in memory where the system has such a place."""
    parent = FAST_FOLDER if FAST_FOLDER.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="zhoubao-kills-", dir=parent) as folder:
        yield Path(folder)


def main(kills: int, names: list[str], seed: int = 1) -> dict[str, Any]:
    """Spreads the kills over the stages (all, or those named) and returns the report."""
    stages = [stage for stage in STAGES if not names or stage.name in names]
    began = time.monotonic()
    with fast_folder() as folder:
        killer = Killer(folder, seed)
        killer.prepare()
        prepared = time.monotonic() - began
        parts = sum(stage.part for stage in stages)
        for stage in stages:
            killer.kill_stage(stage, max(1, round(kills * stage.part / parts)))
            print(f"{time.monotonic() - began:7.1f} s  {killer.kills}", *killer.faults, file=sys.stderr, flush=True)
    seconds = round(time.monotonic() - began, 1)
    return {"kills": killer.kills, "faults": killer.faults, "prepared": round(prepared, 1), "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), sys.argv[2:]), ensure_ascii=False, indent=1))
