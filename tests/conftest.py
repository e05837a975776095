"""Fixtures that several folders share: a home of its own for a test, and homes of the sample that are ready."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from pipeline.reporting_calendar import ReportingCalendar, load_calendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    from tests.ready_homes import ReadyHomes

# How long an example takes says more about who else uses the machine than about the code.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")
LONGEST_ID = 80


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names of cases that are the same in every process: bytes, some with a clock in them, and long texts are none."""
    is_unfit = isinstance(val, bytes) or (isinstance(val, str) and len(val) > LONGEST_ID)
    return argname if is_unfit else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that no worker is left alone with one of them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _longest_cell() -> Iterator[None]:
    """Keeps how long a cell of a text may be: Frictionless, used by some tests, lifts that for the whole process."""
    limit = csv.field_size_limit()
    yield
    csv.field_size_limit(limit)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home that nobody else uses."""
    return Settings(home=tmp_path / "home", memory_limit="300MB", threads=1)


@pytest.fixture
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """No PDF of the weeklies, for tests of a run that do not look at them: LibreOffice takes seconds to start."""
    monkeypatch.setenv("ZHOUBAO_WEEKLY__PDF", "false")


@pytest.fixture(scope="session")
def calendar() -> ReportingCalendar:
    """The calendar without overrides."""
    return load_calendar()


@pytest.fixture(scope="session")
def ready_homes(tmp_path_factory: pytest.TempPathFactory) -> ReadyHomes:
    """Homes of the usual sample at every stage, each made once for all workers."""
    from tests.ready_homes import ReadyHomes

    base = tmp_path_factory.getbasetemp()
    # A worker of xdist has a folder of its own in that of the run.
    of_all_workers = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return ReadyHomes(of_all_workers / "ready_homes")


@pytest.fixture(scope="session")
def small_home(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the sample at a small scale, fifteen weeks of it run once as `make run` does. Read, don't write."""
    hall = ready_homes.copy(tmp_path_factory.mktemp("small"), "run")
    return Settings(home=hall.settings.home, memory_limit="500MB", threads=2)
