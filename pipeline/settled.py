"""Says whether anything has changed since a run that left nothing undone, so that the next one need not begin.

`settled.json` in the home holds the weeks of that run and a digest of all that a run rests on or writes: the inbox, the
warehouse, what was published and handed to the steward, the settings, the code with its SQL, checks, contracts and code
lists, the installed libraries, and the day, for waivers end and originals pass their time. Files count by name, size
and time of change, as for `make`: whoever edits, adds or deletes one gets a run.
Which weeks a run takes where something has changed belongs in `assets.weeks_to_run`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.atomic_files import write_text
from pipeline.common.clock import beijing_now
from pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from pipeline.settings import Settings

CODE = ("pipeline", "assets", "zhoubao")
CACHES = frozenset({"__pycache__"})


@dataclass(frozen=True)
class SettledRun:
    """A run after which nothing was left to do: its weeks, and when it ended (Beijing)."""

    first_week: str
    last_week: str
    ended_at: str


def record_settled(settings: Settings, first_week: str, last_week: str) -> None:
    """Writes down that a run of these weeks has left nothing to do; to be called when all its files are closed."""
    run = SettledRun(first_week, last_week, f"{beijing_now():%Y-%m-%d %H:%M}")
    record = {"rests_on": rests_on(settings), **asdict(run)}
    write_text(settings.settled_record, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def settled_run(settings: Settings, week: str) -> SettledRun | None:
    """Returns the run that has done all there is to do for a week; None where something has changed since."""
    try:
        record = json.loads(settings.settled_record.read_text("utf-8"))
        before = record.pop("rests_on")
        run = SettledRun(**record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # None was recorded, or the record is damaged: the run itself is never wrong.
        return None
    is_of_run = run.first_week <= week <= run.last_week
    return run if is_of_run and before == rests_on(settings) else None


def rests_on(settings: Settings) -> str:
    """Returns a digest of all that decides what a run does, and of all that it leaves."""
    digest = hashlib.sha256()
    parts = [
        f"{beijing_now():%Y-%m-%d}",
        settings.model_dump_json(),
        *_libraries(),
        *_state_of(settings.warehouse_path),
        *_state_of(settings.journal_path),
    ]
    for path in filter(None, (settings.calendar_overrides, settings.weekly_template)):
        parts += _state_of(path)
    for path in _definitions_in_force(settings):
        parts += _state_of(path)
    for folder in (settings.inbox, settings.published, settings.review, *_folders_of_definitions(settings)):
        parts += _listing(folder)
    for part in parts:
        digest.update(f"{part}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _folders_of_definitions(settings: Settings) -> Iterator[Path]:
    """Yields the folders of the code and of the names that were accepted."""
    for name in CODE:
        yield PROJECT_ROOT / name
    yield settings.names_dir


def _definitions_in_force(settings: Settings) -> Iterator[Path]:
    """Yields the files that count, of what is written in other languages than Python."""
    for files in (settings.models, settings.expectations, settings.contracts, settings.reference):
        yield from files


def _libraries() -> list[str]:
    """Returns names and versions of what is installed, as the package folders say them: duckdb-1.5.0.dist-info."""
    installed = Path(sysconfig.get_paths()["purelib"])
    return sorted(path.name for path in installed.glob("*.dist-info"))


def _listing(folder: Path) -> Iterator[str]:
    """Yields name, size and time of each file under a folder, in an order of its own; nothing where it is missing."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - CACHES)
        for name in sorted(names):
            yield from _state_of(Path(parent, name))


def _state_of(path: Path) -> Iterator[str]:
    """Yields name, size and time of a file; nothing where it is missing, or went in this moment."""
    with suppress(FileNotFoundError):
        status = path.lstat()
        yield f"{path} {status.st_size} {status.st_mtime_ns}"
