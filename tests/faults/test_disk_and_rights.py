"""A full disk, a full inode table, a read-only disk, missing rights, a warehouse that another program has open.

Every command ends with a sentence that says what to do, the last release stays whole, and the next run completes.
`FAULTS` says how many faults are tried (0 is all), `DISKS` on how many disks that are too small a whole run is tried:
`make faults` tries all faults and ten disks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from pipeline.settings import PROJECT_ROOT

FAULTS = int(os.environ.get("FAULTS", "2"))
DISKS = int(os.environ.get("DISKS", "1"))


def report_of(what: str, count: int) -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.faults.ailing_systems", what, str(count)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    report: dict[str, Any] = json.loads(finished.stdout)
    return report


@pytest.mark.faults
def test_every_command_under_every_fault_works_or_ends_in_a_sentence() -> None:
    report = report_of("commands", FAULTS)
    assert report["wrong"] == []
    assert {said["fault"] for said in report["said"]} >= {"limited files", "open elsewhere"}


@pytest.mark.faults
def test_a_run_on_a_disk_that_is_too_small_ends_in_a_sentence_and_is_done_once_there_is_room() -> None:
    report = report_of("sizes", DISKS)
    if not report["said"]:
        pytest.skip("only root can mount a disk of a given size")
    assert report["wrong"] == []
    assert any(said["exit_code"] != 0 for said in report["said"])
