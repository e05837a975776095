"""Makes files and folders that only their owner may open; where they are, `pipeline.settings` says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ONLY_OWNER: Final = 0o077  # takes the rights of group and others: 0666 becomes 0600, 0777 becomes 0700


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever is created in the block is for its owner alone, also by DuckDB, which asks nobody for a mode.

    The mask is one for the whole process: nothing that others are to read may be made in the block.
    """
    before = os.umask(_ONLY_OWNER)
    try:
        yield
    finally:
        os.umask(before)


def private_folder(folder: Path) -> None:
    """Makes a folder for its owner alone; one that is there keeps the rights that its owner gave it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
