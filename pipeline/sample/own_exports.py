"""Puts the exports that a hall's folder brings into its inbox, as they are: `halls/shilishi/sample/*`.

They are files like any others; what the generator of this room writes is for the hall of the program alone.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.sample.staging import fresh_staging, move_into_place


def copy_own_exports(folder: Path, out_dir: Path) -> tuple[Path, ...]:
    """Copies every file of the folder, all at once, and returns where they are now; hidden files stay."""
    staging = fresh_staging(out_dir)
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            shutil.copyfile(path, staging / path.name)
    return move_into_place(staging, out_dir)
