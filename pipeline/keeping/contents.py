"""Lists what of a home goes into a backup, and what the settings name outside of it; store keeps the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from pipeline.settings import Settings, config_file

HOME: Final = "home"
SETTINGS: Final = "settings"
ARCHIVE: Final = "archive"
HISTORY: Final = "dagster"
# Working copies, what DuckDB spilled, the log, copies of the warehouse of earlier versions: nothing of it is state.
_PASSING: Final = frozenset({"work", "spill", "logs", "before-upgrade"})


@dataclass(frozen=True)
class Entry:
    """A file of a backup: its name there (`home/archive/…`, `settings/zhoubao.toml`) and where it lies now."""

    name: str
    source: Path

    @property
    def is_archived(self) -> bool:
        """Whether the file is an original, or the journal beside the originals."""
        return self.name.startswith(f"{HOME}/{ARCHIVE}/")

    @property
    def is_original(self) -> bool:
        """Whether the file is an original; the journal beside them is small and always kept."""
        return self.is_archived and self.name.count("/") > 2


def entries(settings: Settings, *, has_history: bool) -> list[Entry]:
    """Returns every file to keep, ordered by name. Temporary files, which begin with a dot, are left out."""
    found = [*_files_of_home(settings, has_history=has_history), *_files_of_settings(settings)]
    return sorted(found, key=lambda entry: entry.name)


def _files_of_home(settings: Settings, *, has_history: bool) -> Iterator[Entry]:
    passing = _PASSING if has_history else _PASSING | {HISTORY}
    unkept = {
        settings.lock_path,
        settings.lock_path.with_suffix(".holder"),
        settings.backup_record,
        settings.settled_record,
    }
    for path in settings.home.rglob("*"):
        inside = path.relative_to(settings.home)
        top = inside.parts[0]
        if top in passing or path in unkept:
            continue
        if _is_lasting_file(path):
            yield Entry(f"{HOME}/{inside.as_posix()}", path)


def _is_lasting_file(path: Path) -> bool:
    """Whether a path is a file itself, no link to one, and not temporary."""
    is_temporary = path.name.startswith(".")
    if is_temporary:
        return False
    is_link = path.is_symlink()
    return path.is_file() and not is_link


def _files_of_settings(settings: Settings) -> Iterator[Entry]:
    """Yields zhoubao.toml and what it names outside of the home: a calendar, a template, the hall's own folder."""
    file = config_file()
    if file is not None:
        yield Entry(f"{SETTINGS}/{file.name}", file)
    for name, path in named_paths(settings):
        if path.resolve().is_relative_to(settings.home.resolve()):
            continue
        # The Word template of a hall most often lies in its folder.
        if settings.hall is not None and settings.hall in path.parents:
            continue
        folder = path if path.is_dir() else path.parent
        for file in filter(_is_lasting_file, [path, *path.rglob("*")]):
            inside = file.relative_to(folder)
            # A folder that is kept in git has its history beside the files.
            if not inside.parts[0].startswith("."):
                yield Entry(f"{SETTINGS}/{name}/{inside.as_posix()}", file)


def named_paths(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Path]]:
    """Yields every setting that is a path, but the home itself: (`hall`, the hall's folder)."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from named_paths(value, f"{prefix}{name}.")
        elif isinstance(value, Path) and name != HOME:
            yield f"{prefix}{name}", value
