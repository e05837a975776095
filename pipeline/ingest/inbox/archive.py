"""Keeps the originals of loaded files; `retention` removes them, and `load.ledger` knows what they hold."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.identity import FileStamp
from pipeline.ingest.recognise.match import Recognised
from pipeline.settings import Settings


def archive_path(settings: Settings, recognised: Recognised, mark: FileStamp) -> Path:
    """Where an original is kept: by source, week and content, never by a name that came with the file.

    Example: `archive/case_detail/2023-15/6f1ed002ab559585.csv`.
    """
    folder = settings.archive / recognised.contract.name / recognised.week.week_id
    return folder / f"{mark.delivery_id}.{recognised.kind}"


def refused_path(settings: Settings, mark: FileStamp) -> Path:
    """Where the original of a refused file is kept: its source may not be known."""
    return settings.archive / "refused" / f"{mark.delivery_id}.bin"


def stored_original(settings: Settings, source: str, delivery_id: str, week_id: str | None = None) -> Path | None:
    """The original of a delivery, as long as the archive keeps it.

    In the folder of `week_id` it is found at once if it is a CSV; elsewhere all weeks of the source are looked through.
    """
    usual = settings.archive / source / str(week_id) / f"{delivery_id}.csv"
    if usual.is_file():
        return usual
    return next(settings.archive.glob(f"{source}/*/{delivery_id}.*"), None)


def delivery_id_of(stored: Path) -> str:
    """The delivery that a stored original is of, from its name; `6f1ed002ab559585.csv.zip` → `6f1ed002ab559585`."""
    return stored.name.partition(".")[0]


def archive_file(path: Path, targets: Sequence[Path]) -> None:
    """Move the file to where its exports are kept; the original of several stands in each of their folders."""
    first, *others = targets
    _make_own(path)
    for target in others:
        private_folder(target.parent)
        if not target.exists():
            _link(path, target)
            _keep(target)
    private_folder(first.parent)
    if first.exists():
        path.unlink()
        return
    shutil.move(path, first)
    _keep(first)


def _make_own(path: Path) -> None:
    """Puts a copy in the place of a file that has another name elsewhere (a hard link).

    The archive changes mode and time of what it keeps; what lies elsewhere must keep its own.
    """
    if path.stat().st_nlink <= 1:
        return
    handle, name = tempfile.mkstemp(prefix=".own-", dir=path.parent)
    os.close(handle)
    copy = Path(name)
    try:
        shutil.copyfile(path, copy)
        shutil.copystat(path, copy)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)


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
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        # A link is removed itself; the folder behind it is none of ours.
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
