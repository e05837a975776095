"""Tries a province on this machine: 21 sample halls hand two weeks over, and a Spark of its own computes them.

    make province                          needs make engine-setup and Java 17
    make province HALLS=5 ENGINE_KIND=duckdb     needs neither

As in life: halls are of different sizes, one never sends its training log, one is a week late, one revises a week that
was out, and one package is damaged on its way. Everything lies in a temporary folder; what it starts it stops.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.province import hand_over_all
from pipeline.release.freeze.issues import freeze
from pipeline.reporting_calendar import load_calendar
from pipeline.sample import write_sample
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse
from pipeline.warehouse.builder import build_models
from pipeline.warehouse.measures import hall_models
from pipeline.warehouse.reference import load_reference

WEEKS: Final = ("2023-01", "2023-02")
MOST_HALLS: Final = 21
# One for each oddity.
FEWEST_HALLS: Final = 4
# 510101 to 510110 are counties of one city, 510201 is one of the next.
FIRST_CODE: Final = 510101
SMALLEST_SCALE: Final = 0.001
SIZES: Final = 5
NO_TRAINING_LOG: Final = "never sends its training log"
LATE: Final = "hands the second week over too late"
REVISES: Final = "revises the first week in the second"
DAMAGED: Final = "its second package is damaged on the way"


@dataclass(frozen=True)
class SampleHall:
    """One hall of the trial: its code, how large it is, and what is odd about it."""

    hall_id: str
    scale: float
    oddity: str

    @property
    def name(self) -> str:
        """What the list of halls calls it."""
        return f"示例厅 {self.hall_id}"


def sample_halls(count: int) -> list[SampleHall]:
    """Returns halls in cities of ten counties each, of five sizes; the first four have an oddity each."""
    oddities = {0: NO_TRAINING_LOG, 1: LATE, 2: REVISES, 3: DAMAGED}
    halls = []
    for number in range(count):
        code = FIRST_CODE + 100 * (number // 10) + number % 10
        halls.append(SampleHall(str(code), SMALLEST_SCALE * (1 + number % SIZES), oddities.get(number, "")))
    return halls


class Trial:
    """The halls, their exports and homes, and the folder that they hand over into."""

    def __init__(self, folder: Path, halls: Sequence[SampleHall]) -> None:
        self._folder = folder
        self._halls = halls
        self._calendar = load_calendar()
        self.handover = folder / "handover"
        self.list_of_halls = folder / "halls.csv"

    def prepare(self) -> None:
        """Writes the list of halls, and the exports of each size of hall."""
        lines = ["hall_id,hall_name,city,province"]
        for hall in self._halls:
            lines.append(f"{hall.hall_id},{hall.name},示例市 {hall.hall_id[:4]}00,示例省")
        self.list_of_halls.write_text("\n".join(lines) + "\n", "utf-8")
        for scale in {hall.scale for hall in self._halls}:
            write_sample(self._exports(scale), scale=scale, defects=False, calendar=self._calendar)

    def run_week(self, week_id: str) -> None:
        """Every hall takes in the week's exports, releases them and hands over."""
        for hall in self._halls:
            settings = Settings(home=self._folder / hall.hall_id, hall_id=hall.hall_id, hall_name=hall.name)
            settings.inbox.mkdir(parents=True, exist_ok=True)
            for path in self._exports(hall.scale).glob(f"*{week_id}*"):
                if hall.oddity != NO_TRAINING_LOG or not path.name.startswith("业务培训"):
                    shutil.copy(path, settings.inbox)
            is_last = week_id == WEEKS[-1]
            if is_last and hall.oddity == REVISES:
                self._export_again(hall, settings.inbox)
            has_packages = not (is_last and hall.oddity == LATE)
            self._run(settings, week_id, has_packages=has_packages)
            if is_last and hall.oddity == DAMAGED:
                self._damage(hall)

    def _exports(self, scale: float) -> Path:
        return self._folder / f"exports {scale}"

    def _run(self, settings: Settings, week_id: str, *, has_packages: bool) -> None:
        contracts = load_contracts(settings.contracts)
        weeks = [week for week in WEEKS if week <= week_id]
        with open_warehouse(settings) as con:
            load_reference(con, settings, self._calendar)
            load_inbox(make_loader(con, settings, self._calendar, contracts))
            build_models(con, hall_models(settings), weeks)
            freeze(con, settings, weeks)
            if has_packages:
                hand_over_all(con, settings, self.handover)

    def _export_again(self, hall: SampleHall, inbox: Path) -> None:
        """The cases of the first week once more, exported a week later and with one case less."""
        (export,) = self._exports(hall.scale).glob(f"办件明细_{WEEKS[0]}*")
        first, times, *rows = export.read_text("gb18030").splitlines()
        later = times.replace("导出时间：2023-01-09", "导出时间：2023-01-16")
        (inbox / f"办件明细_{WEEKS[0]}_重报.csv").write_text("\n".join([first, later, *rows[:-1], ""]), "gb18030")

    def _damage(self, hall: SampleHall) -> None:
        """One bit of a file is another one on arrival."""
        (file,) = (self.handover / hall.hall_id / WEEKS[-1]).glob("r*/raw.window_weekly.parquet")
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)


def zhoubao(home: Path, *words: str) -> int:
    """Runs a command as it is typed; returns its exit status."""
    print(f"\n$ zhoubao {' '.join(words)}", flush=True)
    environment = os.environ | {"ZHOUBAO_HOME": str(home)}
    command = [sys.executable, "-m", "zhoubao", *words]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own words


@contextmanager
def engine_running(home: Path, engine: str) -> Iterator[None]:
    """Starts the Spark of this machine and stops it whatever happens; DuckDB needs no start."""
    if engine != "spark":
        yield
        return
    if zhoubao(home, "engine", "start") != 0:
        raise SystemExit(1)
    try:
        yield
    finally:
        zhoubao(home, "engine", "stop")


def try_province(count: int, engine: str) -> bool:
    """Runs the trial; returns whether each week ended as it must: the first sound, the second with the package refused.

    What a province says of the two weeks is on the screen.
    """
    with tempfile.TemporaryDirectory(prefix="zhoubao-province-") as name:
        folder = Path(name)
        home = folder / "province"
        trial = Trial(folder, sample_halls(count))
        print(f"Writing the exports of {count} halls", flush=True)
        trial.prepare()
        statuses = []
        with engine_running(home, engine):
            for week_id in WEEKS:
                started = time.monotonic()
                print(f"\n{week_id}: every hall runs its week", flush=True)
                trial.run_week(week_id)
                print(f"{time.monotonic() - started:.0f} s", flush=True)
                words = ["province", str(trial.handover), "--halls", str(trial.list_of_halls), "--engine", engine]
                statuses.append(zhoubao(home, *words))
                print(f"exit status {statuses[-1]}, {time.monotonic() - started:.0f} s in all", flush=True)
        return statuses == [0, 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--halls", type=int, default=MOST_HALLS)
    parser.add_argument("--engine", choices=("duckdb", "spark"), default="spark")
    asked = parser.parse_args()
    raise SystemExit(0 if try_province(max(asked.halls, FEWEST_HALLS), asked.engine) else 1)
