"""Ten times as much costs ten times as much, and never a hundred: cases, files, departments, findings.

What a week costs that does not depend on its size is taken off: it is what the smallest week takes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Growth beyond the size itself that noise may explain.
MOST = 1.35
MEMORY_MB = 2200
CASES = int(os.environ.get("BENCH_CASES", "20000000"))
FILES = int(os.environ.get("BENCH_FILES", "5000"))

# What grows: the small week, the large week, whether models and checks run as well.
GROWTHS = {
    "cases in a file": ({"cases": CASES // 10}, {"cases": CASES}, True),
    "files in an inbox": ({"files": FILES // 10, "cases": 20}, {"files": FILES, "cases": 20}, False),
    "parts of a week": (
        {"files": FILES // 10, "cases": 20, "parts": 1},
        {"files": FILES, "cases": 20, "parts": 1},
        False,
    ),
    "departments": ({"departments": 20, "cases": 200_000}, {"departments": 200, "cases": 200_000}, True),
    # More than 50 causes of one check in a week are one finding: 2,000 findings are those of many weeks.
    "findings": ({"old_names": 40, "weeks": 5}, {"old_names": 40, "weeks": 50}, True),
}
ORDINARY = {"files": 1, "cases": 20_000, "departments": 20, "old_names": 0, "parts": 0, "weeks": 1}


def cost_of(size: dict[str, int], home: Path, *, is_whole: bool) -> dict[str, float]:
    task = {"size": {**ORDINARY, **size}, "home": str(home), "is_whole": is_whole}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.week_of_size"],
        input=json.dumps(task),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    costs: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"\n{size}: " + ", ".join(f"{name} {value:,.1f}" for name, value in costs.items()))
    return costs


@pytest.mark.parametrize("what", GROWTHS)
def test_nothing_grows_worse_than_linearly(what: str, tmp_path: Path) -> None:
    small, large, is_whole = GROWTHS[what]
    grown = max(large[name] / small[name] for name in large)
    before = cost_of(small, tmp_path / "small", is_whole=is_whole)
    after = cost_of(large, tmp_path / "large", is_whole=is_whole)
    for step in ("load", "models", "checks", "review"):
        if f"{step}_cpu" in after:
            ratio = after[f"{step}_cpu"] / before[f"{step}_cpu"]
            print(f"{what}, {step}: {ratio:.2f} x for {grown:.0f} x")
            assert ratio < grown * MOST
    assert after["peak_mb"] < MEMORY_MB
