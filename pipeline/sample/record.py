"""Keeps beside a home's data what its sample was made with, so that its further weeks are of the same world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pipeline.common.atomic_files import write_text
from pipeline.sample.later_weeks import SampleWorld

RECORD: Final = "sample.json"


def keep_sample(home: Path, made_with: SampleWorld) -> None:
    """Writes down what the sample of this home was made with."""
    content = {"seed": made_with.seed, "scale": made_with.scale, "defects": sorted(made_with.defects)}
    write_text(home / RECORD, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def kept_sample(home: Path) -> SampleWorld | None:
    """Reads it back; None where no sample was ever written here. Raises ValueError for a record that is damaged."""
    path = home / RECORD
    if not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text("utf-8"))
        return SampleWorld(int(kept["seed"]), float(kept["scale"]), frozenset(kept["defects"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} 读不出来：请删去它，并用 --scale、--seed 写明模拟数据的规模和种子。") from error
