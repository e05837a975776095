"""The commands that keep a home (backup, restore, verify, rebuild, expire, upgrade), and a damaged home in all."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.privacy.digest import person_key
from pipeline.settings import Settings, load_settings
from pipeline.warehouse import open_warehouse
from zhoubao.commands.backup import ShareProgress, backup, restore, verify
from zhoubao.commands.rebuild import expire, rebuild
from zhoubao.commands.upgrade import upgrade

Zhoubao = Callable[..., Result]


@pytest.fixture
def settings(home: Path) -> Settings:
    """A home with one old original and a key."""
    made = load_settings()
    with open_warehouse(made) as con:
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, source, file_name, week_id, status, received_at)"
            " VALUES ('0a1b', 'case_detail', '办件.csv', '2023-15', 'current', '2023-04-24 01:00:00')"
        )
    original = made.archive / "case_detail" / "2023-15" / "0a1b.csv"
    original.parent.mkdir(parents=True)
    original.write_text("x", "utf-8")
    received = datetime(2023, 4, 24, 1, tzinfo=UTC).timestamp()
    os.utime(original, (received, received))
    person_key(made.secret_path)
    return made


def test_every_command_is_described_in_chinese_and_english() -> None:
    for function in (backup, restore, verify, rebuild, expire, upgrade):
        description = function.__doc__ or ""
        assert not description.isascii()
        assert any(word.isascii() and word.isalpha() and len(word) > 3 for word in description.split())


def test_a_home_goes_into_a_backup_and_comes_back(zhoubao: Zhoubao, settings: Settings, tmp_path: Path) -> None:
    folder, new = tmp_path / "backups", tmp_path / "new"
    first = zhoubao("backup", folder)
    assert (first.exit_code, "已备份" in first.output, "100 %" in first.output) == (0, True, True)
    second = zhoubao("backup", folder)
    assert (second.exit_code, "没有复制任何文件" in second.output) == (0, True)
    checked = zhoubao("verify", folder)
    assert (checked.exit_code, "没有发现损坏" in checked.output) == (0, True)
    restored = zhoubao("restore", folder, "--home", new)
    assert (restored.exit_code, "摘要全部相符" in restored.output) == (0, True)
    assert (new / "person.key").read_bytes() == settings.secret_path.read_bytes()
    refused = zhoubao("restore", folder, "--home", new)
    assert (refused.exit_code, "恢复只写入空的数据目录" in refused.output) == (1, True)
    inside = zhoubao("backup", settings.home / "backups")
    assert (inside.exit_code, "在数据目录" in inside.output) == (1, True)


def test_a_backup_without_originals_says_so_when_it_comes_back(
    zhoubao: Zhoubao, settings: Settings, tmp_path: Path
) -> None:
    assert zhoubao("backup", tmp_path / "backups", "--without-archive").exit_code == 0
    restored = zhoubao("restore", tmp_path / "backups", "--home", tmp_path / "new")
    assert "这份备份没有原件：1 个文件请另行放回" in restored.output


def test_damage_is_told_with_exit_code_1(zhoubao: Zhoubao, settings: Settings) -> None:
    with open_warehouse(settings) as con:
        con.execute("UPDATE ledger.delivery SET sha256 = 'other'")
    result = zhoubao("verify")
    assert result.exit_code == 1
    assert "已不是收到时的内容" in result.output
    assert "损坏 1 处" in result.output


def test_a_warehouse_that_is_whole_is_not_rebuilt(zhoubao: Zhoubao, settings: Settings) -> None:
    result = zhoubao("rebuild", "--week", "2023-15")
    assert (result.exit_code, "不用重建" in result.output) == (1, True)


def test_originals_past_their_time_are_listed_first_and_removed_when_confirmed(
    zhoubao: Zhoubao, settings: Settings
) -> None:
    listed = zhoubao("expire")
    assert (listed.exit_code, "0a1b.csv" in listed.output, "加 --yes" in listed.output) == (1, True, True)
    removed = zhoubao("expire", "--yes")
    assert (removed.exit_code, "已删除 1 份原件，尚存 0 份" in removed.output) == (0, True)
    assert "没有超过保存期限" in zhoubao("expire").output


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("status", "--json"),
        ("run", "--week", "2023-15"),
        ("release", "--week", "2023-15"),
        ("review", "export"),
        ("review", "send-back", "--week", "2023-15"),
        ("upgrade",),
        ("expire",),
        ("backup", "backups"),
        ("verify",),
        ("doctor",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("size", [0, 4_096, 300_000])
def test_a_damaged_warehouse_is_a_sentence_with_the_ways_back(
    zhoubao: Zhoubao,
    settings: Settings,
    words: tuple[str, ...],
    size: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    os.truncate(settings.warehouse_path, size)
    result = zhoubao(*words)
    assert result.exit_code == 1
    # A table of doctor's or a narrow terminal may break lines: the sentence is compared without blanks.
    said = "".join(result.output.split())
    for way in ("zhoubaoverify", "zhoubaorestore", "zhoubaorebuild"):
        assert way in said
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    "words",
    [("status",), ("status", "--json"), ("run", "--week", "2023-15", "--sample-if-empty"), ("review", "export")],
    ids=" ".join,
)
def test_a_warehouse_that_is_gone_is_told_and_never_replaced_by_a_sample(
    zhoubao: Zhoubao, settings: Settings, words: tuple[str, ...]
) -> None:
    settings.warehouse_path.unlink()
    result = zhoubao(*words)
    assert (result.exit_code, "没有从空的开始" in result.output) == (1, True)
    assert not settings.warehouse_path.exists()
    assert not settings.inbox.exists()


def test_a_home_of_a_later_program_is_refused_by_every_writer(zhoubao: Zhoubao, settings: Settings) -> None:
    with open_warehouse(settings) as con:
        con.execute(
            "INSERT INTO ledger.schema_version (version, name, program, applied_at)"
            " VALUES (99, 'x', '9.1.0', '2030-01-01')"
        )
    for words in (("status",), ("upgrade",), ("run", "--week", "2023-15")):
        result = zhoubao(*words)
        assert (result.exit_code, "由更新的程序 zhoubao 9.1.0 写成" in result.output) == (1, True), words


def test_progress_is_told_by_tenths(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ShareProgress()
    for share in (0.01, 0.05, 0.31, 0.33, 1.0):
        progress("a", share)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["30", "100"]
