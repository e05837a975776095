"""What comes back is what was kept, byte for byte; a home is restored whole or not at all."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.common.clock import BEIJING, clock_set_to
from pipeline.keeping.backup import back_up
from pipeline.keeping.errors import KeepingError
from pipeline.keeping.restore import chosen_backup, restore
from pipeline.keeping.store import object_path, read_manifest
from pipeline.keeping.verify import verify_home
from pipeline.settings import Settings
from pipeline.warehouse import read_warehouse
from tests.unit.keeping.conftest import damage, original_of

Usage = namedtuple("Usage", "total used free")
MONDAY = datetime(2026, 11, 2, 9, tzinfo=BEIJING)


@pytest.fixture
def folder(hall: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = tmp_path / "zhoubao.toml"
    config.write_text("threads = 1\n", "utf-8")
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(config))
    with clock_set_to(MONDAY):
        back_up(hall, tmp_path / "backups")
    return tmp_path / "backups"


def test_a_restored_home_is_the_home_that_was_kept(hall: Settings, folder: Path, tmp_path: Path) -> None:
    told: list[float] = []
    report = restore(folder, tmp_path / "new", on_progress=lambda name, share: told.append(share))
    new = Settings(home=tmp_path / "new")
    assert told[-1] == 1.0
    for path in (hall.secret_path, hall.warehouse_path, original_of(hall), hall.journal_path):
        copy = new.home / path.relative_to(hall.home)
        assert copy.read_bytes() == path.read_bytes()
        assert copy.stat().st_mtime_ns == path.stat().st_mtime_ns
    assert new.secret_path.stat().st_mode & 0o777 == 0o600
    assert new.archive.stat().st_mode & 0o777 == 0o700
    assert report.settings_folder == new.home / "restored-settings"
    assert (new.home / "restored-settings" / "zhoubao.toml").read_text("utf-8") == "threads = 1\n"
    with read_warehouse(new) as con:
        assert con.execute("SELECT count(*) FROM raw.case_detail").fetchone() == (200_000,)
    assert verify_home(new).damages == []


def test_an_empty_folder_will_do_and_any_other_is_refused_with_what_to_move(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    restore(folder, tmp_path / "empty")
    with pytest.raises(KeepingError, match=r"里已有 archive、.*等：恢复只写入空的数据目录.*mv .*empty .*empty\.old"):
        restore(folder, tmp_path / "empty")
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(KeepingError, match="是文件"):
        restore(folder, tmp_path / "file")


def test_an_earlier_backup_is_chosen_by_its_day(hall: Settings, folder: Path, tmp_path: Path) -> None:
    (hall.review / "later.txt").write_text("later", "utf-8")
    with clock_set_to(MONDAY + timedelta(days=7)):
        back_up(hall, folder)
    assert chosen_backup(folder, None) == "20261109T090000"
    assert chosen_backup(folder, "2026-11-02") == "20261102T090000"
    restore(folder, tmp_path / "new", at="20261102")
    assert not (tmp_path / "new" / "review" / "later.txt").exists()
    with pytest.raises(KeepingError, match="没有 2025 的备份；有的是：20261102T090000、20261109T090000"):
        chosen_backup(folder, "2025")


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_damaged_object_restores_nothing(hall: Settings, folder: Path, tmp_path: Path, is_gone: bool) -> None:
    files = read_manifest(folder, chosen_backup(folder, None)).files
    (warehouse,) = [file for file in files if file.name == "home/warehouse.duckdb"]
    path = object_path(folder, warehouse.sha256)
    if is_gone:
        path.unlink()
    else:
        damage(path, path.stat().st_size // 2)
    words = "不见了" if is_gone else "内容已变"
    with pytest.raises(KeepingError, match=f"home/warehouse.duckdb {words}.*没有恢复.*--at"):
        restore(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / ".new.restoring").exists()


def test_without_room_nothing_is_restored(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1, 1, 10))
    with pytest.raises(KeepingError, match="只剩 0 MB"):
        restore(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_originals_that_were_not_kept_are_named(hall: Settings, folder: Path, tmp_path: Path) -> None:
    back_up(hall, tmp_path / "others", has_archive=False)
    report = restore(tmp_path / "others", tmp_path / "new")
    assert report.left_out == ("home/archive/case_detail/2023-15/6f1ed002ab559585.csv",)
    (damage_found,) = verify_home(Settings(home=tmp_path / "new")).damages
    assert "原件不见了：办件.csv" in damage_found


def test_a_folder_without_backups_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeepingError, match="不是周报的备份目录"):
        restore(tmp_path, tmp_path / "new")
