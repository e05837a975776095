"""Every damage has a sentence, wherever it is; a home without any has none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline.common.atomic_files import sha256_of
from pipeline.keeping.backup import back_up
from pipeline.keeping.store import backup_ids, object_path, read_manifest
from pipeline.keeping.verify import verify_backups, verify_home
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse
from pipeline.warehouse.errors import WarehouseBusyError
from tests.unit.keeping.conftest import damage, original_of


def test_a_whole_home_has_no_damage(hall: Settings) -> None:
    told: list[str] = []
    found = verify_home(hall, told.append)
    assert found.damages == []
    assert found.originals == 1
    assert found.tables == len(told) - 1
    assert verify_home(Settings(home=hall.home / "none")).damages == []


def test_a_changed_original_and_a_lost_one_are_told(hall: Settings) -> None:
    damage(original_of(hall), 3)
    (sentence,) = verify_home(hall).damages
    assert "（办件.csv）已不是收到时的内容" in sentence
    original_of(hall).unlink()
    (sentence,) = verify_home(hall).damages
    assert "原件不见了：办件.csv" in sentence


def test_an_original_past_its_time_is_not_missed(hall: Settings) -> None:
    original_of(hall).unlink()
    assert verify_home(hall.model_copy(update={"retention_days": 0})).damages == []


def test_a_table_with_a_damaged_block_is_named_and_the_others_are_read(hall: Settings) -> None:
    whole = hall.warehouse_path.read_bytes()
    named = set()
    for offset in range(12_288 + 1_000, len(whole), 4 * 262_144):
        damage(hall.warehouse_path, offset)
        named |= {sentence.split(" ")[0] for sentence in verify_home(hall).damages}
        hall.warehouse_path.write_bytes(whole)
    assert "数据仓库的表" in named


@pytest.mark.parametrize("size", [0, 10, 12_288])
def test_a_warehouse_that_cannot_be_opened_is_one_sentence_and_the_rest_is_looked_at(hall: Settings, size: int) -> None:
    os.truncate(hall.warehouse_path, size)
    damage(original_of(hall), 3)
    sentences = verify_home(hall).damages
    assert "已损坏" in sentences[0]
    assert "rebuild" in sentences[0]
    assert any("已不是收到时的内容" in sentence for sentence in sentences)


def test_a_lost_warehouse_a_lost_key_and_a_broken_journal_are_told(hall: Settings) -> None:
    hall.warehouse_path.unlink()
    hall.secret_path.unlink()
    lost, key = verify_home(hall).damages
    assert "不见了，归档的台账里有 1 份报送" in lost
    assert "个人摘要密钥" in key
    hall.journal_path.write_text("broken\n", "utf-8")
    assert "第 1 行已损坏" in verify_home(hall).damages[0]


def test_deliveries_that_the_warehouse_has_forgotten_are_told(hall: Settings) -> None:
    with open_warehouse(hall) as con:
        con.execute("DELETE FROM ledger.delivery")
        con.execute("INSERT INTO ledger.delivery (delivery_id, status) VALUES ('other', 'refused')")
    assert "缺少归档台账中的 1 份报送（6f1ed002ab559585）" in verify_home(hall).damages[0]


def test_published_files_are_compared_with_their_manifest(hall: Settings) -> None:
    page = hall.published / "site" / "index.html"
    manifest = hall.published / "manifest.json"
    manifest.write_text(json.dumps({"files": {"site/index.html": sha256_of(page)}}), "utf-8")
    assert verify_home(hall).damages == []
    page.write_text("changed", "utf-8")
    assert "site/index.html" in verify_home(hall).damages[0]
    manifest.write_text("{", "utf-8")
    assert "发布清单" in verify_home(hall).damages[0]


def test_while_somebody_writes_nothing_is_judged(hall: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    def busy(*_: object, **__: object) -> None:
        raise duckdb.IOException("Could not set lock on file")

    monkeypatch.setattr(duckdb, "connect", busy)
    with pytest.raises(WarehouseBusyError):
        verify_home(hall)


def test_every_damage_of_a_backup_is_told_with_the_way_to_mend_it(hall: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    back_up(hall, folder)
    assert verify_backups(folder).objects == len(read_manifest(folder, backup_ids(folder)[0]).files)
    files = read_manifest(folder, backup_ids(folder)[0]).files
    (key,) = [file for file in files if file.name == "home/person.key"]
    path = object_path(folder, key.sha256)
    damage(path, 1)
    (sentence,) = verify_backups(folder).damages
    assert f"home/person.key 内容已变：含有它的备份不能完整恢复。数据目录完好的，请删去 {path}" in sentence
    path.unlink()
    assert "不见了" in verify_backups(folder).damages[0]
    back_up(hall, folder)
    assert verify_backups(folder).damages == []
    (folder / "backups" / f"{backup_ids(folder)[0]}.json").write_text("{", "utf-8")
    assert "备份清单" in verify_backups(folder).damages[0]
