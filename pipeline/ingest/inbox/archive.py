"""Keeps the originals of loaded files, and removes them when their time is over; what they hold, the ledger knows."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.ingest.containers.identity import FileStamp
from pipeline.ingest.recognise.match import Recognised
from pipeline.settings import Settings


def archive_path(settings: Settings, recognised: Recognised, mark: FileStamp) -> Path:
    """Where an original is kept: by source, week and content, never by a name that came with the file."""
    folder = settings.archive / recognised.contract.name / recognised.week.week_id
    return folder / f"{mark.delivery_id}.{recognised.kind}"


def archive_file(path: Path, targets: Sequence[Path]) -> None:
    """Move the file to where its exports are kept; the original of several stands in each of their folders."""
    first, *others = targets
    for target in others:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not target.exists():
            _link(path, target)
            _keep(target)
    first.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if first.exists():
        path.unlink()
        return
    shutil.move(path, first)
    _keep(first)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(path, target)


def _keep(target: Path) -> None:
    target.chmod(0o600)
    os.utime(target)  # retention counts from the day of archiving, not from the export's own date


def empty_folder(folder: Path) -> None:
    """Removes what an earlier, killed run left in a folder of working copies."""
    for left in folder.iterdir() if folder.is_dir() else ():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def remove_expired(settings: Settings) -> None:
    """Remove originals older than the retention; the ledger keeps their hash and counts."""
    limit = time.time() - settings.retention_days * 86_400
    for path in settings.archive.rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink()
