"""What the analyst waits for: fifteen weeks at once, one new week, and a run after which nothing has changed.

Whole commands, cold, as they are typed. `BENCH_WEEK_SCALE` is the size of the sample (1 is 2.3 million cases); the
times of the stages are those that the command prints.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.bench.whole_commands import cost_of

SCALE = os.environ.get("BENCH_WEEK_SCALE", "1")
LAST = "2023-15"
BEFORE = "2023-14"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of fifteen weeks."""
    folder = tmp_path_factory.mktemp("exports")
    cost_of(folder, "sample", "--scale", SCALE, "--no-defects", "--out", str(folder / "inbox"))
    return folder / "inbox"


def test_one_new_week_costs_a_part_of_all_and_no_news_nearly_nothing(inbox: Path, tmp_path: Path) -> None:
    whole, home = tmp_path / "whole", tmp_path / "home"
    shutil.copytree(inbox, whole / "inbox")
    all_weeks = cost_of(whole, "run", "--week", LAST)
    shutil.copytree(inbox, home / "inbox", ignore=shutil.ignore_patterns(f"*{LAST}*"))
    cost_of(home, "run", "--week", BEFORE)
    for path in inbox.glob(f"*{LAST}*"):
        shutil.copy2(path, home / "inbox")
    new_week = cost_of(home, "run", "--week", LAST)
    no_news = cost_of(home, "run", "--week", LAST)
    again = cost_of(home, "run", "--week", LAST, "--again")
    print(f"one new week: {new_week.cpu / all_weeks.cpu:.2f} x the CPU of fifteen; all steps again: {again.cpu:.1f} s")
    assert no_news.wall < 5
    assert new_week.cpu < all_weeks.cpu
