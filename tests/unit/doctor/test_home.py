"""What the doctor says of the files of a home; it changes none of them."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from pipeline.doctor import home, room
from pipeline.privacy.digest import person_key
from pipeline.reporting_calendar import WeekRule
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse


def test_a_home_that_is_not_there_yet_can_be_made(tmp_path: Path) -> None:
    outcome = home.write_rights(tmp_path / "a" / "home")
    assert (outcome.level, "第一次运行时建立" in outcome.sentence) == ("ok", True)
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_can_be_written_is_left_empty(tmp_path: Path) -> None:
    assert home.write_rights(tmp_path).level == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    outcome = home.write_rights(tmp_path)
    assert (outcome.level, "没有权限" in outcome.sentence) == ("fault", True)


def test_the_lock_is_free_or_says_who_holds_it(settings: Settings) -> None:
    assert home.lock(settings).level == "ok"
    with open_warehouse(settings):
        outcome = home.lock(settings)
        assert (outcome.level, f"进程 {os.getpid()}" in outcome.sentence) == ("warning", True)
    assert home.lock(settings).sentence == "没有程序在写入"


def test_a_key_that_others_can_read_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "person.key"
    assert home.person_key(path).level == "ok"
    person_key(path)
    assert home.person_key(path).level == "ok"
    path.chmod(0o640)
    outcome = home.person_key(path)
    assert (outcome.level, "0640" in outcome.sentence, outcome.action) == ("fault", True, f"请运行 chmod 600 {path}")


@pytest.mark.parametrize("content", ["", "abc", "00" * 31, "zz" * 32])
def test_a_key_that_is_none_is_a_fault(tmp_path: Path, content: str) -> None:
    path = tmp_path / "person.key"
    path.write_text(content, "ascii")
    path.chmod(0o600)
    assert home.person_key(path).level == "fault"


def test_an_archive_that_others_can_enter_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    assert home.archive(path).level == "ok"
    path.mkdir(mode=0o700)
    assert home.archive(path).level == "ok"
    path.chmod(0o755)
    assert (home.archive(path).level, home.archive(path).action) == ("fault", f"请运行 chmod 700 {path}")


def test_a_warehouse_is_opened_and_its_format_named(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    assert home.stored_state(path).level == "ok"
    duckdb.connect(str(path)).close()
    outcome = home.stored_state(path)
    assert (outcome.level, "存储格式 v" in outcome.sentence) == ("ok", True)


def test_a_warehouse_that_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"nothing of the kind" * 1000)
    assert home.stored_state(path).level == "fault"


@pytest.mark.parametrize(("free_mb", "level"), [(10, "fault"), (500, "warning"), (50_000, "ok")])
def test_free_disk_is_judged_by_what_the_next_run_needs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, free_mb: int, level: str
) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda _: free_mb << 20)
    outcome = home.disk(settings)
    assert (outcome.level, f"还有 {free_mb:,} MB" in outcome.sentence) == (level, True)


def test_a_home_of_another_week_rule_is_a_fault_and_of_another_name_a_warning(settings: Settings) -> None:
    assert home.hall_of_home(settings).level == "ok"
    with open_warehouse(settings):
        pass
    assert "与设置相同：自星期六起" in home.hall_of_home(settings).sentence
    renamed = home.hall_of_home(settings.model_copy(update={"hall_name": "另一个"}))
    assert (renamed.level, "现在的设置是“另一个”" in renamed.sentence) == ("warning", True)
    moved = home.hall_of_home(settings.model_copy(update={"week_rule": WeekRule(first_day=1)}))
    assert (moved.level, "现在的设置是：自星期一起" in moved.sentence) == ("fault", True)
