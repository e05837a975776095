"""Puts the files of a sample in place all at once; what they hold belongs elsewhere in this room.

Everything is written into a hidden folder of the inbox first and moved when it is complete, so that a killed run leaves
no half-made set behind: `has_unfinished_sample` tells, and the next run starts over.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STAGING_NAME: Final = ".sample-unfinished"


@dataclass(frozen=True)
class SampleReport:
    """What was written: the files in place, their data rows, and how long it took."""

    files: tuple[Path, ...]
    rows: int
    seconds: float


def has_unfinished_sample(out_dir: Path) -> bool:
    """Whether a run that writes a sample was killed here: the set is incomplete and has to be written again."""
    return (out_dir / STAGING_NAME).exists()


def fresh_staging(out_dir: Path) -> Path:
    """Makes the hidden folder, empty."""
    staging = out_dir / STAGING_NAME
    if staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(parents=True)
    return staging


def move_into_place(staging: Path, out_dir: Path) -> tuple[Path, ...]:
    """Moves the finished files out of the hidden folder and removes it; returns where they are."""
    moved = tuple(path.replace(out_dir / path.name) for path in sorted(staging.iterdir()))
    staging.rmdir()
    return moved
