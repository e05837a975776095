"""What a whole command costs as it is typed, in a process of its own, imports included."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_KB_A_MB = 1024


class Cost(NamedTuple):
    """Seconds that a command took, on the clock and of the processors, and the most memory that it held."""

    wall: float
    cpu: float
    peak_mb: float

    def __str__(self) -> str:
        """`41.2 s, 38.0 CPU s, 812 MB`."""
        return f"{self.wall:.1f} s, {self.cpu:.1f} CPU s, {self.peak_mb:,.0f} MB"


def cost_of(home: Path, *words: str, settings: Mapping[str, str] | None = None) -> Cost:
    """Runs `zhoubao` in a home and prints its stages; a command that fails ends the benchmark."""
    environment = {"ZHOUBAO_HOME": str(home), **(settings or {})}
    cost, output = cost_and_output([sys.executable, "-m", "zhoubao", *words], environment)
    stages = [line.strip() for line in output.splitlines() if "秒" in line and line.rstrip().endswith("…")]
    print(f"\nzhoubao {' '.join(words)}: {cost}", *stages, sep="\n  ")
    return cost


def cost_and_output(command: Sequence[str], environment: Mapping[str, str]) -> tuple[Cost, str]:
    """Runs a command and returns what it cost and printed; one that fails ends the benchmark.

    What it starts itself, such as LibreOffice, counts in the seconds; the memory is that of the largest process.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, output
    cost = Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / _KB_A_MB)
    return cost, output
