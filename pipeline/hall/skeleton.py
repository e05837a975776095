"""Writes the skeleton of a hall's folder, every key with its default, for a person to fill in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from pipeline.hall.errors import HallError

SKELETON: Final = Path(__file__).with_name("skeleton")
# Folders of a hall that begin empty.
EMPTY_FOLDERS: Final = ("contracts", "expectations", "sql")


def write_skeleton(folder: Path) -> list[Path]:
    """Writes the skeleton into a folder that is missing or empty; returns its files.

    Raises HallError where something is there already: nothing is overwritten.
    """
    if folder.exists() and not folder.is_dir():
        raise HallError(f"{folder} 是文件，不是文件夹，没有改动。请另写一个名字。")
    if folder.is_dir() and any(folder.iterdir()):
        raise HallError(f"{folder} 里已经有文件，没有改动。请另写一个名字，或先把它移开。")
    shutil.copytree(SKELETON, folder, dirs_exist_ok=True)
    for name in EMPTY_FOLDERS:
        (folder / name).mkdir()
    return sorted(path for path in folder.rglob("*") if path.is_file())
