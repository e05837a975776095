"""Brings the warehouse of an earlier version to the tables of now: a copy first, then the migrations.

The migrations are files of `pipeline.warehouse.migrations`; `versions` applies them.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import replaced, sync_file
from pipeline.settings import Settings
from pipeline.warehouse.errors import WarehouseError
from pipeline.warehouse.versions import current_version, migrate, stored_version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOGGER: Final = logging.getLogger(__name__)
COPIES: Final = "before-upgrade"
# The migration itself writes new blocks before it gives up old ones.
_ROOM: Final = 1.2
_MB: Final = 1 << 20

Connect = Callable[[], "DuckDBPyConnection"]


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade did; `copy` is the warehouse as it was before."""

    from_version: int
    to_version: int
    copy: Path
    steps: tuple[str, ...]


def upgrade_words(from_version: int) -> str:
    """Says in one line that a home will be upgraded."""
    return (
        f"数据目录是存储版本 {from_version}，先复制数据仓库，再升级到 {current_version()}；"
        "副本在 before-upgrade/ 中，运行一次无误后可以删除。"
    )


def upgrade_if_older(settings: Settings, connect: Connect) -> Upgrade | None:
    """Upgrades the warehouse where it is of an earlier version; the caller holds the writer's lock.

    Returns None where there is nothing to do. Raises NewerHomeError for a home of a later version, WarehouseError
    where the disk has no room for the copy; the warehouse is as it was then.
    """
    if not settings.warehouse_path.exists():
        return None
    con = connect()
    try:
        version = stored_version(con)
    finally:
        con.close()
    if version is None or version == current_version():
        return None
    LOGGER.info("%s", upgrade_words(version))
    copy = _copy_warehouse(settings, version)
    con = connect()
    try:
        steps = migrate(con, version)
    finally:
        con.close()
    for step in steps:
        LOGGER.info("migration %04d %s: %s", step.version, step.name, step.why)
    return Upgrade(version, current_version(), copy, tuple(step.name for step in steps))


def _copy_warehouse(settings: Settings, version: int) -> Path:
    """Copies the file to `before-upgrade/warehouse-v0.duckdb`; closed before, so that it has no log beside it."""
    source = settings.warehouse_path
    folder = settings.home / COPIES
    size = source.stat().st_size
    free = shutil.disk_usage(settings.home).free
    if free < size * _ROOM:
        raise WarehouseError(
            f"升级前要复制数据仓库（{size / _MB:,.0f} MB），但 {settings.home} 所在磁盘只剩 {free / _MB:,.0f} MB。"
            "未作任何改动；请腾出空间后再运行一次。"
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"warehouse-v{version}.duckdb"
    with replaced(target) as temporary:
        shutil.copyfile(source, temporary)
        temporary.chmod(0o600)
    sync_file(folder)
    return target
