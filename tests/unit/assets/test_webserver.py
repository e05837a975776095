"""What `make dev` starts beside Dagster's webserver."""

from __future__ import annotations

import subprocess

import dagster as dg
import pytest

from assets.instance import open_instance
from assets.webserver import daemon, show_weeks_in_use
from assets.week_partitions import WEEKS
from pipeline.settings import Settings


class Started:
    """A process that is only remembered."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        started.append(self)

    def terminate(self) -> None:
        """Does nothing."""

    def wait(self, timeout: float) -> None:
        """Does nothing."""


started: list[Started] = []


def test_the_daemon_that_runs_sensors_and_schedules_is_a_command_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("assets.webserver.subprocess.Popen", Started)
        with daemon(is_wanted=True):
            (process,) = started
    assert process.command[-2:] == ["-w", "workspace.yaml"]
    asked = subprocess.run([*process.command[:-2], "--help"], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    assert "Run any daemons" in asked.stdout


def test_the_ui_of_a_home_begins_with_the_weeks_that_it_uses(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.week_partitions._delivered_weeks", lambda _: ["2023-14", "2023-15"])
    show_weeks_in_use(settings)
    with open_instance(settings) as instance:
        assert isinstance(instance, dg.DagsterInstance)
        assert instance.get_dynamic_partitions(str(WEEKS.name)) == ["2023-14", "2023-15", "2023-16"]
