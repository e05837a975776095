"""A backup is whole or is none; a second one copies nothing; every fault is a sentence and costs no earlier backup."""

from __future__ import annotations

import json
import os
import shutil
from collections import namedtuple
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.common.clock import BEIJING, clock_set_to
from pipeline.ingest.inbox.retention import last_backup
from pipeline.keeping import backup as backup_module
from pipeline.keeping import store
from pipeline.keeping.backup import back_up
from pipeline.keeping.errors import KeepingError
from pipeline.keeping.store import backup_ids, object_path, read_manifest
from pipeline.keeping.verify import verify_backups
from pipeline.settings import Settings
from pipeline.warehouse import DamagedWarehouseError, WarehouseBusyError
from pipeline.warehouse.lock import writer_lock
from tests.unit.keeping.conftest import damage, original_of

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def objects(folder: Path) -> set[str]:
    return {path.name for path in (folder / "objects").rglob("*") if path.is_file()}


def test_a_second_backup_copies_nothing_and_a_third_only_what_is_new(hall: Settings, folder: Path) -> None:
    told: list[tuple[str, float]] = []
    first = back_up(hall, folder, lambda name, share: told.append((name, share)))
    assert (first.is_new, first.copied_files, first.files) == (True, len(told), len(told))
    assert told[-1][1] == 1.0
    second = back_up(hall, folder)
    assert (second.is_new, second.copied_files, second.copied_bytes) == (False, 0, 0)
    assert second.backup_id == first.backup_id
    (hall.review / "new.txt").write_text("new", "utf-8")
    third = back_up(hall, folder)
    assert (third.is_new, third.copied_files, third.copied_bytes) == (True, 1, 3)
    assert backup_ids(folder) == [first.backup_id, third.backup_id]
    assert verify_backups(folder).damages == []


def test_only_the_owner_can_read_a_backup(hall: Settings, folder: Path) -> None:
    back_up(hall, folder)
    modes = {path: path.stat().st_mode & 0o077 for path in folder.rglob("*") if path.name != "zhoubao-backups.json"}
    assert [path for path, mode in modes.items() if mode and path.name != "backup.lock"] == []


def test_without_the_archive_originals_are_listed_by_their_hash(hall: Settings, folder: Path) -> None:
    report = back_up(hall, folder, has_archive=False)
    manifest = read_manifest(folder, report.backup_id)
    assert [file.name for file in manifest.files if not file.is_stored] == [
        "home/archive/case_detail/2023-15/6f1ed002ab559585.csv"
    ]
    assert not manifest.has_archive
    assert last_backup(hall) == 0
    assert verify_backups(folder).damages == []


def test_the_home_remembers_when_its_originals_were_backed_up(hall: Settings, folder: Path) -> None:
    moment = datetime(2026, 11, 2, 9, tzinfo=BEIJING)
    with clock_set_to(moment):
        report = back_up(hall, folder)
    assert last_backup(hall) == moment.timestamp()
    assert report.backup_id == "20261102T090000"
    with clock_set_to(moment):
        (hall.review / "new.txt").write_text("new", "utf-8")
        assert back_up(hall, folder, has_archive=False).backup_id == "20261102T090000-2"
    assert json.loads(hall.backup_record.read_text("utf-8"))["backup_id"] == "20261102T090000-2"


@pytest.mark.parametrize("moment", [0, 1, 3, 5, 6, 7])
def test_whatever_interrupts_a_backup_leaves_the_last_one_whole(
    hall: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Interrupted when bytes go to the disk: of an object, of its folder, at last (6, 7) of the manifest."""
    first = back_up(hall, folder)
    for number in range(3):
        (hall.review / f"{number}.txt").write_text(f"new {number}", "utf-8")
    calls = iter(range(100))
    real = os.fsync

    def interrupted(descriptor: int) -> None:
        if next(calls) == moment:
            raise KeyboardInterrupt
        real(descriptor)

    monkeypatch.setattr(os, "fsync", interrupted)
    interruptions = 0
    try:
        back_up(hall, folder)
    except KeyboardInterrupt:
        interruptions = 1
    monkeypatch.setattr(os, "fsync", real)
    assert interruptions == 1
    assert verify_backups(folder).damages == []
    assert first.backup_id in backup_ids(folder)
    again = back_up(hall, folder)
    assert again.copied_files <= 3
    assert verify_backups(folder).damages == []
    assert not list((folder / "objects").glob(".copying.*"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "x"), "磁盘已满"),
        (PermissionError(13, "Permission denied", "x"), "没有权限"),
    ],
)
def test_a_fault_of_the_disk_is_a_sentence_and_costs_no_earlier_backup(
    hall: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    back_up(hall, folder)
    (hall.review / "new.txt").write_text("new", "utf-8")

    def failing(*_: Any) -> None:
        raise error

    monkeypatch.setattr(store, "copy_hashed", failing)
    with pytest.raises(KeepingError, match=f"备份没有完成.*{words}.*此前的备份不受影响"):
        back_up(hall, folder)
    assert verify_backups(folder).damages == []


def test_without_room_nothing_is_copied(hall: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1, 1, 10))
    with pytest.raises(KeepingError, match="只剩 0 MB：没有复制任何文件"):
        back_up(hall, folder)
    assert objects(folder) == set()
    assert backup_ids(folder) == []


def test_a_place_that_cannot_hold_backups_is_refused(hall: Settings, tmp_path: Path) -> None:
    for place in (hall.home, hall.home / "backups"):
        with pytest.raises(KeepingError, match=r"在数据目录 .* 里面"):
            back_up(hall, place)
    with pytest.raises(KeepingError, match="里已有别的文件"):
        back_up(hall, hall.home.parent)
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(KeepingError, match="是文件，不是文件夹"):
        back_up(hall, tmp_path / "file")
    with pytest.raises(KeepingError, match="还没有，没有可备份的"):
        back_up(Settings(home=tmp_path / "none"), tmp_path / "backups")


def test_nobody_writes_while_a_backup_reads(hall: Settings, folder: Path) -> None:
    with writer_lock(hall), pytest.raises(WarehouseBusyError):
        back_up(hall, folder)
    assert not folder.exists()


def test_two_homes_do_not_write_into_one_store_at_once(hall: Settings, folder: Path) -> None:
    back_up(hall, folder)
    with backup_module._only_backup(folder), pytest.raises(KeepingError, match="另一次备份正在写入"):
        back_up(hall, folder)


def test_a_damaged_warehouse_does_not_become_the_last_backup(hall: Settings, folder: Path) -> None:
    damage(hall.warehouse_path, 9)
    with pytest.raises(DamagedWarehouseError):
        back_up(hall, folder)
    assert not folder.exists()


def test_a_file_that_changes_while_it_is_copied_is_no_backup(
    hall: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_module, "sha256_of", lambda path: "0" * 64)
    with pytest.raises(KeepingError, match="在备份时被改动"):
        back_up(hall, folder)
    assert backup_ids(folder) == []


def test_an_object_that_was_cut_short_is_copied_again(hall: Settings, folder: Path) -> None:
    report = back_up(hall, folder)
    (key,) = [file for file in read_manifest(folder, report.backup_id).files if file.name == "home/person.key"]
    os.truncate(object_path(folder, key.sha256), 3)
    assert back_up(hall, folder).copied_files == 1
    assert verify_backups(folder).damages == []


def test_every_original_is_in_it(hall: Settings, folder: Path) -> None:
    report = back_up(hall, folder)
    stored = {file.name: file for file in read_manifest(folder, report.backup_id).files}
    original = stored["home/archive/case_detail/2023-15/6f1ed002ab559585.csv"]
    assert object_path(folder, original.sha256).read_bytes() == original_of(hall).read_bytes()
