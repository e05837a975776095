"""Broken files by the hundred: each is refused with a code or all its rows are accounted for, in bounded time.

`FUZZ_FILES` says how many (`make fuzz` tries 20,000), `FUZZ_FIRST` the number of the first one, `FUZZ_SAMPLES` a folder
with files of others to break as well.
"""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.contracts import load_contracts
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from tests.faults.mutators import broken_file
from tests.faults.seeds import foreign_seeds, own_seeds
from tests.faults.trial import Bench, try_content

FILES = int(os.environ.get("FUZZ_FILES", "200"))
FIRST = int(os.environ.get("FUZZ_FIRST", "0"))
SHARES = 4


@pytest.fixture(autouse=True)
def limited_memory() -> Iterator[None]:
    """No more address space than 4 GB: a file that takes all memory must not take that of the machine."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_a_broken_file_is_refused_or_read_whole(
    share: int, tmp_path: Path, calendar: ReportingCalendar, caplog: pytest.LogCaptureFixture
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    seeds = own_seeds(made) | foreign_seeds()
    folder = tmp_path / "bench"
    folder.mkdir()
    bench = Bench(folder, calendar, load_contracts(Settings(home=folder / "home").contracts))
    outcomes = set()
    broken = {}
    for seed in range(FIRST + share, FIRST + FILES, SHARES):
        name, content = broken_file(seed, seeds)
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            event, rules = try_content(bench, name, content)
        outcomes.add(event.outcome)
        if rules:
            broken[seed] = (name, rules, event.message, caplog.text[-1500:])
    assert broken == {}
    assert outcomes >= {"loaded", "refused"}
