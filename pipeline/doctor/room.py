"""Estimates what a run will write, before it begins, and says whether the disk has room for it.

A run that meets the end of the disk leaves the last release whole, but an hour later and in the middle of the night.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pipeline.common.sentences import SentenceError
from pipeline.ingest.inbox.entries import inbox_files
from pipeline.settings import Settings
from pipeline.warehouse.database import version_of_home
from pipeline.warehouse.errors import WarehouseError
from pipeline.warehouse.versions import current_version

MB: Final = 1 << 20
# What a home without a single row grows to: 26 MB of warehouse, nearly all of it half empty blocks of 70 tables, 25 MB
# of published files, some MB of Dagster's history and of the log that DuckDB writes before a checkpoint.
_EMPTY_HOME: Final = 64 * MB
# A byte of an export is written as a working copy in UTF-8, as rows of raw, of staging and of core, and once more
# while a table is replaced; DuckDB's compression makes up for what a workbook or an archive unpacks to.
_OF_EXPORTS: Final = 4
# The copy before an upgrade, and the new blocks that a migration writes before it gives up the old ones.
_OF_UPGRADE: Final = 1.2
# What DuckDB spills of sorts and joins of a full-size week with the memory that it has by default.
_SPILL: Final = 1024 * MB
# Written anew beside the old ones before they take their place.
_REPLACED: Final = ("*.duckdb", "*.xlsx", "*.zip", "parquet/*", "csv/*", "papers/*", "site/data/*")


class NoRoomError(SentenceError):
    """The disk has clearly too little room for a run; nothing was begun."""


@dataclass(frozen=True)
class Room:
    """What a run needs and what is free, in bytes, on the disk of `folder`."""

    folder: Path
    needed: int
    free: int

    @property
    def level(self) -> Literal["ok", "warning", "fault"]:
        """A fault where the run cannot come to its end, a warning where DuckDB may have no room to spill to."""
        if self.free < self.needed:
            return "fault"
        return "warning" if self.free < self.needed + _SPILL else "ok"

    @property
    def words(self) -> str:
        """What is free and what is needed: 磁盘还有 512 MB，下一次运行约需 80 MB."""
        return f"{self.folder} 所在磁盘还有 {self.free / MB:,.0f} MB，下一次运行约需 {self.needed / MB:,.0f} MB"


def room_for_run(settings: Settings) -> Room:
    """Estimates from the files that wait, what is published, and whether an upgrade is due; changes nothing."""
    folder = nearest_folder(settings.home)
    needed = _EMPTY_HOME + _OF_EXPORTS * _size(inbox_files(settings))
    for pattern in _REPLACED:
        needed += _size(settings.published.glob(pattern))
    if _is_upgrade_due(settings):
        needed += int(_OF_UPGRADE * settings.warehouse_path.stat().st_size)
    return Room(folder, needed, free_bytes(folder))


def refuse_without_room(settings: Settings) -> Room:
    """Returns the estimate; raises NoRoomError where there is clearly too little room."""
    room = room_for_run(settings)
    if room.level == "fault":
        raise NoRoomError(f"{room.words}，不够：没有开始运行，未作任何改动。请腾出空间（df -h 可查）后再运行一次。")
    return room


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write on the disk of a folder."""
    return shutil.disk_usage(folder).free


def nearest_folder(path: Path) -> Path:
    """Returns the path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _size(paths: Iterable[Path]) -> int:
    return sum(path.lstat().st_size for path in paths if path.is_file())


def _is_upgrade_due(settings: Settings) -> bool:
    """Whether the run will upgrade the warehouse; one that cannot be read is the run's to complain of."""
    try:
        version = version_of_home(settings)
    except WarehouseError:
        return False
    return version is not None and version < current_version()
