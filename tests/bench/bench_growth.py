"""The weekly run after ten years of history against the same after one: load, models, checks, release, site, weekly.

Whole commands, cold, as they are typed. `BENCH_GROWTH_SCALE` is the size of the sample: 0.45 is two million cases a
year, twenty million in ten years, and takes hours on two cores; the growth with the number of issues, five hundred,
shows at any size.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipeline.reporting_calendar import load_calendar
from pipeline.sample import YEAR_BEFORE, SampleWorld, write_year_before
from pipeline.sample.writer import DEFAULT_SEED
from tests.bench.whole_commands import Cost, cost_of

SCALE = float(os.environ.get("BENCH_GROWTH_SCALE", "0.02"))
YEARS = (1, 10)
MOST = 1.2
MEMORY_MB = 1500


def cost_of_a_week_after(years: int, home: Path) -> Cost:
    """Runs all weeks but the last one of 2022, then that one alone, and returns what it cost."""
    calendar = load_calendar()
    before, last = calendar.weeks(YEAR_BEFORE)[-2:]
    first_year = YEAR_BEFORE - years + 1
    exports = home / "exports"
    write_year_before(exports, SampleWorld(DEFAULT_SEED, SCALE), calendar=calendar, first_year=first_year)
    (home / "inbox").mkdir()
    of_last = [path for path in exports.iterdir() if last.week_id in path.name]
    for path in exports.iterdir():
        if path not in of_last:
            shutil.move(path, home / "inbox")
    # The calendar of the program begins in 2015.
    settings = {"ZHOUBAO_FIRST_YEAR": str(min(first_year, 2015))}
    cost_of(home, "run", "--week", before.week_id, settings=settings)
    for path in of_last:
        shutil.move(path, home / "inbox")
    return cost_of(home, "run", "--week", last.week_id, settings=settings)


def test_a_week_costs_after_ten_years_what_it_costs_after_one(tmp_path: Path) -> None:
    costs = []
    for years in YEARS:
        home = tmp_path / str(years)
        home.mkdir()
        costs.append(cost_of_a_week_after(years, home))
    after_one, after_ten = costs
    cpu, wall = after_ten.cpu / after_one.cpu, after_ten.wall / after_one.wall
    memory = f"{after_ten.peak_mb:,.0f} MB against {after_one.peak_mb:,.0f}"
    print(f"a week after {YEARS[1]} years against {YEARS[0]}: {cpu:.2f} x the CPU, {wall:.2f} x the time, {memory}")
    assert cpu < MOST
    assert after_ten.peak_mb < MEMORY_MB
