"""A folder of backups: objects named by the hash of their bytes, and a manifest a backup, written last.

    zhoubao-backups.json              what the folder is
    objects/6f/6f1ed002ab55…          bytes, once however many backups hold them
    backups/20230424T090000.json      name → hash, size, time and mode of every file

An object appears whole, and a manifest only after all its objects: whatever interrupts a backup leaves the earlier
ones as they were. What goes into a backup is listed in `contents`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.common.atomic_files import CHUNK_BYTES, sha256_of, sync_file, write_text
from pipeline.common.private_files import private_folder
from pipeline.keeping.errors import KeepingError

MARK: Final = "zhoubao-backups.json"
OBJECTS: Final = "objects"
BACKUPS: Final = "backups"
FORMAT: Final = 1
_TEMPORARY: Final = ".copying."


@dataclass(frozen=True)
class StoredFile:
    """A file of a backup. Key: name; `is_stored` is False for an original of which only the hash was kept."""

    name: str
    sha256: str
    size: int
    mtime_ns: int
    mode: int
    is_stored: bool = True


@dataclass(frozen=True)
class Manifest:
    """One backup. Key: backup_id; `made_at` is Beijing time, `version` that of the stored tables."""

    backup_id: str
    made_at: str
    program: str
    version: int | None
    home: str
    has_history: bool
    files: tuple[StoredFile, ...]

    @property
    def has_archive(self) -> bool:
        """Whether the originals themselves are in it."""
        return all(file.is_stored for file in self.files)

    @property
    def size(self) -> int:
        """The bytes of all files that are in it."""
        return sum(file.size for file in self.files if file.is_stored)


def open_store(folder: Path) -> None:
    """Makes the folder a store of backups, or sees that it is one; raises KeepingError for any other folder.

    Only its owner may read it: it holds what the archive holds.
    """
    mark = folder / MARK
    if mark.is_file():
        require_store(folder)
        return
    if folder.exists() and not folder.is_dir():
        raise KeepingError(f"{folder} 是文件，不是文件夹。请另指一个空文件夹作备份目录。")
    if folder.is_dir() and any(folder.iterdir()):
        raise KeepingError(f"{folder} 里已有别的文件，不是周报的备份目录。请另指一个空文件夹，或以前的备份目录。")
    for made in (folder, folder / OBJECTS, folder / BACKUPS):
        private_folder(made)
        made.chmod(0o700)
    write_text(mark, json.dumps({"format": FORMAT, "what": "backups of zhoubao"}) + "\n")


def require_store(folder: Path) -> None:
    """Raises KeepingError where the folder holds no backups, or those of a later version of the program."""
    try:
        found = json.loads((folder / MARK).read_text("utf-8"))["format"]
    except (OSError, ValueError, KeyError):
        raise KeepingError(f"{folder} 不是周报的备份目录（没有 {MARK}）。请指出 zhoubao backup 用过的目录。") from None
    if found != FORMAT:
        raise KeepingError(f"备份目录 {folder} 由更新的程序写成（格式 {found}），本程序只认格式 {FORMAT}。请升级程序。")


def object_path(folder: Path, sha256: str) -> Path:
    """Returns where the bytes with this hash are: `objects/6f/6f1e…`."""
    return folder / OBJECTS / sha256[:2] / sha256


def has_object(folder: Path, file: StoredFile) -> bool:
    """Whether the store has the bytes of a file; an object that was cut short counts as missing."""
    path = object_path(folder, file.sha256)
    return path.is_file() and path.stat().st_size == file.size


def add_object(folder: Path, source: Path) -> tuple[str, int]:
    """Copies a file into the store and returns its hash and size; the hash is that of the bytes that were copied."""
    temporary = folder / OBJECTS / f"{_TEMPORARY}{os.getpid()}"
    try:
        sha256, size = copy_hashed(source, temporary)
        sync_file(temporary)
        target = object_path(folder, sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.replace(target)
        sync_file(target.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return sha256, size


def copy_hashed(source: Path, target: Path) -> tuple[str, int]:
    """Copies a file to a new one of mode 0600; returns the hash and the number of the bytes that were copied."""
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as original, open(target, "wb", opener=_private) as copy:
        while chunk := original.read(CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def sweep_copies(folder: Path) -> None:
    """Removes what an interrupted copy left; the caller holds the lock of the store."""
    for path in (folder / OBJECTS).glob(f"{_TEMPORARY}*"):
        path.unlink()


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Writes a manifest in one step, with a digest of itself; from then on the backup counts."""
    record = asdict(manifest)
    record["digest"] = _digest(record)
    path = folder / BACKUPS / f"{manifest.backup_id}.json"
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    path.chmod(0o600)
    return path


def backup_ids(folder: Path) -> list[str]:
    """Returns the backups of a store, the oldest first."""
    return sorted(path.stem for path in (folder / BACKUPS).glob("*.json"))


def read_manifest(folder: Path, backup_id: str) -> Manifest:
    """Reads one backup's manifest; raises KeepingError where there is none, or it is not as it was written."""
    path = folder / BACKUPS / f"{backup_id}.json"
    if not path.is_file():
        known = "、".join(backup_ids(folder)) or "一份也没有"
        raise KeepingError(f"备份目录 {folder} 里没有 {backup_id} 这份备份；有的是：{known}。")
    try:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
        written = record.pop("digest")
        files = tuple(StoredFile(**file) for file in record["files"])
        manifest = Manifest(**{**record, "files": files})
    except (ValueError, KeyError, TypeError):
        raise KeepingError(_damaged(path)) from None
    if _digest(record) != written:
        raise KeepingError(_damaged(path))
    return manifest


def _damaged(path: Path) -> str:
    return f"备份清单 {path} 已损坏：这一份备份不能用。请用 --at 另选一份，并尽快再备份一次。"


def _digest(record: dict[str, Any]) -> str:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def damaged_objects(folder: Path, files: Sequence[StoredFile]) -> dict[str, str]:
    """Returns hash → what is wrong, of the objects that these files need; every object is read to its end."""
    wrong = {}
    needed = {file.sha256 for file in files if file.is_stored}
    for sha256 in sorted(needed):
        damage = _damage_of(object_path(folder, sha256), sha256)
        if damage:
            wrong[sha256] = damage
    return wrong


def _damage_of(path: Path, sha256: str) -> str:
    """What is wrong with the object of a hash, which is read to its end; "" where nothing is."""
    if not path.is_file():
        return "不见了"
    is_changed = sha256_of(path) != sha256
    return "内容已变" if is_changed else ""
