"""An upgrade copies the warehouse before it changes it, and does neither where the disk has no room."""

from __future__ import annotations

import logging
import shutil
from collections import namedtuple

import duckdb
import pytest

from pipeline.settings import Settings
from pipeline.warehouse import WarehouseError, open_warehouse
from pipeline.warehouse.database import read_warehouse, upgrade_warehouse, version_of_home
from pipeline.warehouse.upgrade import upgrade_words
from pipeline.warehouse.versions import current_version
from tests.unit.warehouse.test_versions import FIRST_HOME

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def old_home(settings: Settings) -> Settings:
    settings.home.mkdir()
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(FIRST_HOME)
    return settings


def test_the_copy_is_the_warehouse_as_it_was(old_home: Settings) -> None:
    before = old_home.warehouse_path.read_bytes()
    assert version_of_home(old_home) == 0
    done = upgrade_warehouse(old_home)
    assert done is not None
    assert (done.from_version, done.to_version) == (0, current_version())
    assert done.copy.read_bytes() == before
    assert done.copy.stat().st_mode & 0o777 == 0o600
    assert version_of_home(old_home) == current_version()
    assert upgrade_warehouse(old_home) is None


def test_whoever_opens_an_old_home_for_writing_upgrades_it_and_says_so(
    old_home: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="pipeline"), open_warehouse(old_home) as con:
        assert con.execute("SELECT count(code) FROM ledger.delivery").fetchone() == (0,)
    assert upgrade_words(0) in caplog.messages
    assert (old_home.home / "before-upgrade" / "warehouse-v0.duckdb").is_file()


def test_a_reader_reads_an_old_home_as_it_is(old_home: Settings) -> None:
    before = old_home.warehouse_path.read_bytes()
    with read_warehouse(old_home) as con:
        assert con.execute("SELECT delivery_id FROM ledger.delivery").fetchall() == [("d1",)]
    assert old_home.warehouse_path.read_bytes() == before


def test_without_room_for_the_copy_nothing_changes(old_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = old_home.warehouse_path.read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1, 1, 0))
    with pytest.raises(WarehouseError, match="只剩 0 MB。未作任何改动；请腾出空间"):
        upgrade_warehouse(old_home)
    assert old_home.warehouse_path.read_bytes() == before


def test_a_home_without_a_warehouse_has_nothing_to_upgrade(settings: Settings) -> None:
    assert upgrade_warehouse(settings) is None
    assert version_of_home(settings) is None
