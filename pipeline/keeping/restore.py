"""Makes a home from a backup: every byte is compared with its hash, and the home appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.common.atomic_files import sync_file
from pipeline.common.private_files import private_folder
from pipeline.keeping.contents import HOME, SETTINGS
from pipeline.keeping.errors import KeepingError, in_words_of_the_disk
from pipeline.keeping.store import (
    Manifest,
    StoredFile,
    backup_ids,
    copy_hashed,
    object_path,
    read_manifest,
    require_store,
)

# Settings lay outside of the home and may differ on this machine: they come back beside it, for a person to place.
RESTORED_SETTINGS: Final = "restored-settings"
_MB: Final = 1 << 20
_MOST_NAMES: Final = 5

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class RestoreReport:
    """What was restored; `left_out` are originals of which the backup has only the hashes."""

    backup_id: str
    made_at: str
    files: int
    size: int
    left_out: tuple[str, ...]
    settings_folder: Path | None


def _silent(name: str, share: float) -> None:
    del name, share


def restore(folder: Path, home: Path, at: str | None = None, on_progress: Progress = _silent) -> RestoreReport:
    """Restores the last backup of a store, or the one named or dated `at`, into a home that is not there or empty.

    Raises KeepingError for a home with anything in it, a backup that is not there or not whole, a full disk and
    missing rights; nothing is left behind then.
    """
    require_store(folder)
    manifest = read_manifest(folder, chosen_backup(folder, at))
    _refuse_home(home)
    home = home.absolute()
    staging = home.with_name(f".{home.name}.restoring")
    with in_words_of_the_disk("恢复", "没有留下半份数据目录；请处理后再运行一次。"):
        home.parent.mkdir(parents=True, exist_ok=True)
        _require_room(home.parent, manifest.size)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        try:
            _copy_all(folder, manifest, staging, on_progress)
            if home.exists():
                home.rmdir()
            staging.rename(home)
            sync_file(home.parent)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    settings_folder = home / RESTORED_SETTINGS
    return RestoreReport(
        backup_id=manifest.backup_id,
        made_at=manifest.made_at,
        files=sum(file.is_stored for file in manifest.files),
        size=manifest.size,
        left_out=tuple(file.name for file in manifest.files if not file.is_stored),
        settings_folder=settings_folder if settings_folder.is_dir() else None,
    )


def chosen_backup(folder: Path, at: str | None) -> str:
    """Returns the id of the last backup up to `at`: an id, or the beginning of one, such as a day: 20230424."""
    known = backup_ids(folder)
    if not known:
        raise KeepingError(f"备份目录 {folder} 里还没有一份完整的备份。")
    if at is None:
        return known[-1]
    # 2023-04-24 is a day; 20230424T090000-2 is the id of the second backup of a second.
    is_day_with_hyphens = at.count("-") > 1
    beginning = at.replace("-", "") if is_day_with_hyphens else at
    matching = [backup_id for backup_id in known if backup_id.startswith(beginning)]
    if not matching:
        raise KeepingError(f"备份目录 {folder} 里没有 {at} 的备份；有的是：{'、'.join(known)}。")
    return matching[-1]


def _refuse_home(home: Path) -> None:
    if home.exists() and not home.is_dir():
        raise KeepingError(f"{home} 是文件，不是文件夹。请把它移开，或用 --home 另指一处。")
    if not home.exists():
        return
    names = sorted(path.name for path in home.iterdir())
    if names:
        shown = "、".join(names[:_MOST_NAMES])
        if len(names) > _MOST_NAMES:
            shown += "等"
        raise KeepingError(
            f"数据目录 {home} 里已有 {shown}：恢复只写入空的数据目录，以免新旧混在一起。"
            f"请把它整个移开（如 mv {home} {home}.old），或用 --home 另指一处。"
        )


def _require_room(parent: Path, needed: int) -> None:
    free = shutil.disk_usage(parent).free
    if needed > free:
        raise KeepingError(
            f"恢复要 {needed / _MB:,.0f} MB，{parent} 所在磁盘只剩 {free / _MB:,.0f} MB。请腾出空间后再试。"
        )


def _copy_all(folder: Path, manifest: Manifest, staging: Path, on_progress: Progress) -> None:
    done = 0
    for file in manifest.files:
        if not file.is_stored:
            continue
        _copy_one(folder, file, _target(staging, file.name), manifest)
        done += file.size
        on_progress(file.name, done / max(manifest.size, 1))
    archive = staging / "archive"
    if archive.is_dir():
        archive.chmod(0o700)


def _target(staging: Path, name: str) -> Path:
    """home/person.key → <staging>/person.key; settings/zhoubao.toml → <staging>/restored-settings/zhoubao.toml."""
    top, _, inside = name.partition("/")
    target = {HOME: staging, SETTINGS: staging / RESTORED_SETTINGS}[top] / inside
    if not target.resolve().is_relative_to(staging.resolve()):
        raise KeepingError(f"备份清单中有不在数据目录内的文件 {name}：没有恢复。请核对备份目录的来源。")
    return target


def _copy_one(folder: Path, file: StoredFile, target: Path, manifest: Manifest) -> None:
    source = object_path(folder, file.sha256)
    private_folder(target.parent)
    sha256 = copy_hashed(source, target)[0] if source.is_file() else None
    if sha256 != file.sha256:
        state = "不见了" if sha256 is None else "内容已变"
        raise KeepingError(
            f"备份 {manifest.backup_id} 中的 {file.name} {state}（{source}）：没有恢复。"
            f"请用 --at 另选一份备份，并运行 zhoubao verify {folder} 看哪些受损。"
        )
    target.chmod(file.mode)
    os.utime(target, ns=(file.mtime_ns, file.mtime_ns))
