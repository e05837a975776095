"""Makes files and folders that only their owner may open; where they are, `pipeline.settings` says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ONLY_OWNER: Final = 0o077  # takes the rights of group and others: 0666 becomes 0600, 0777 becomes 0700
_masks_outside: list[int] = []


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever is created in the block is for its owner alone, also by DuckDB, which asks nobody for a mode.

    DuckDB makes its write-ahead log anew after each checkpoint, so that the block has to last as long as a connection.
    The mask is one for the whole process: what others are to read is made in `shared_files`.
    """
    before = os.umask(_ONLY_OWNER)
    _masks_outside.append(before)
    try:
        yield
    finally:
        os.umask(_masks_outside.pop())


@contextmanager
def shared_files() -> Iterator[None]:
    """Whatever is created in the block has the rights that the process gave to files before `private_files`."""
    if not _masks_outside:
        yield
        return
    private = os.umask(_masks_outside[0])
    try:
        yield
    finally:
        os.umask(private)


def private_folder(folder: Path) -> None:
    """Makes a folder for its owner alone; one that is there keeps the rights that its owner gave it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
