"""What the doctor says of a machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from pipeline.doctor import machine


def test_the_versions_that_figures_depend_on_are_named() -> None:
    outcome = machine.versions()
    assert outcome.level == "ok"
    for name in ("zhoubao ", "Python 3.", "DuckDB ", "Dagster ", "Great Expectations "):
        assert name in outcome.sentence


def test_a_missing_library_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "dagster":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(machine, "version", version)
    outcome = machine.versions()
    assert (outcome.level, "缺少 Dagster" in outcome.sentence) == ("fault", True)


def test_an_old_python_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "OLDEST_PYTHON", (99, 0))
    assert machine.versions().level == "fault"


def _fc_list(monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0, output)

    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr(subprocess, "run", run)


def test_a_font_with_chinese_characters_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _fc_list(monkeypatch, "Noto Sans CJK SC,Noto Sans CJK SC Bold\nNoto Serif CJK SC\nNoto Sans CJK SC\n")
    outcome = machine.fonts()
    assert (outcome.level, outcome.sentence) == ("ok", "有 2 种，如 Noto Sans CJK SC")


def test_no_font_with_chinese_characters_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    _fc_list(monkeypatch, "")
    assert machine.fonts().level == "warning"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "没有 fc-list" in machine.fonts().sentence


def test_libreoffice_is_missed_only_where_a_pdf_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "office", lambda: None)
    assert machine.libreoffice(is_pdf_wanted=True).level == "warning"
    assert machine.libreoffice(is_pdf_wanted=False).level == "ok"
    monkeypatch.setattr(machine, "office", lambda: "/usr/bin/soffice")
    assert machine.libreoffice(is_pdf_wanted=True).level == "ok"


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("name", "level"), [("Asia/Shanghai", "ok"), ("UTC", "warning"), ("Asia/Kolkata", "warning")])
def test_a_machine_outside_beijing_time_is_a_warning(zone: pytest.MonkeyPatch, name: str, level: str) -> None:
    zone.setenv("TZ", name)
    time.tzset()
    assert machine.time_zone().level == level


def test_a_machine_without_the_zone_of_the_schedule_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ZONE", "Asia/Nowhere")
    assert machine.time_zone().level == "fault"
