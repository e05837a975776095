"""`zhoubao doctor`: a line per question, and the exit code for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.doctor import Outcome

OUTCOMES = [
    Outcome("disk", "磁盘空间", "ok", "还有 50 GB"),
    Outcome("fonts", "中文字体", "warning", "没有中文字体", "请安装 fonts-noto-cjk"),
]
FAULT = Outcome("archive", "原始文件", "fault", "其他用户也能看", "请运行 chmod 700")


def test_warnings_do_not_fail_and_a_fault_does(zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.doctor.examine", lambda: OUTCOMES)
    result = zhoubao("doctor")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "正常  磁盘空间：还有 50 GB。",
        "注意  中文字体：没有中文字体。请安装 fonts-noto-cjk。",
    ]
    monkeypatch.setattr("pipeline.doctor.examine", lambda: [*OUTCOMES, FAULT])
    assert zhoubao("doctor").exit_code == 1


def test_programs_get_json(zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.doctor.examine", lambda: [FAULT])
    result = zhoubao("doctor", "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["is_fit"] is False
    assert answer["outcomes"] == [vars(FAULT)]


def test_a_look_changes_nothing(home: Path, zhoubao: Callable[..., Result]) -> None:
    assert zhoubao("doctor").exit_code == 0
    assert not home.exists()
