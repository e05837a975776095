"""`zhoubao release --withdraw`: what it needs, and what it says that it cannot reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.settings import Settings
from zhoubao.commands.withdrawal import not_reached

WITHDRAW = ("release", "--withdraw", "2023-15")
WHY = ("--reason", "动态中有个人信息")


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (("release",), "请用 --week 写明期号", 2),
        ((*WITHDRAW, *WHY), "请用 --revision 写明收回第几次发布", 2),
        ((*WITHDRAW, "--revision", "2"), "请用 --reason 写明为什么收回", 2),
        ((*WITHDRAW, "--revision", "2", *WHY, "--week", "2023-15"), "期号写在 --withdraw 之后", 2),
        ((*WITHDRAW, "--revision", "2", *WHY, "--rollback"), "--withdraw 不与", 2),
        ((*WITHDRAW, "--revision", "2", *WHY), "没有可收回的", 1),
    ],
)
def test_a_withdrawal_that_lacks_something_says_what(
    zhoubao: Callable[..., Result], words: tuple[str, ...], says: str, code: int
) -> None:
    result = zhoubao(*words)
    assert (result.exit_code, "Traceback" in result.output) == (code, False)
    assert says in result.output.replace("\n", "")


def test_what_cannot_be_reached_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    readers, none = not_reached(settings)
    assert "读者已经下载、打印、转发或存下的副本" in readers
    assert "没有登记过备份" in none
    store = tmp_path / "store"
    (settings.home / "before-upgrade").mkdir(parents=True)
    (settings.home / "before-upgrade" / "warehouse-v2.duckdb").touch()
    settings.backup_record.write_text(json.dumps({"folder": str(store)}), "utf-8")
    _, old, backups = not_reached(settings)
    assert "warehouse-v2.duckdb" in old
    assert f"备份 {store}（现在打不开）" in backups
    assert "请再收回一次" in backups
