"""The command line on an empty home of its own; nothing stays open or switched on afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.common.log import close_log
from zhoubao.app import app
from zhoubao.session import switches


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home"
    monkeypatch.setenv("ZHOUBAO_HOME", str(path))
    return path


@pytest.fixture
def zhoubao(home: Path) -> Iterator[Callable[..., Result]]:
    yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])
    switches.is_debug = False
    close_log()
