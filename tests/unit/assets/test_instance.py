"""Dagster's storage is opened by one at a time, and whoever waits too long is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock

from assets import instance
from assets.instance import OPENING, InstanceError, open_instance
from pipeline.settings import Settings

SOON = 0.3


def test_a_second_run_waits_until_the_first_has_made_the_storage(settings: Settings) -> None:
    settings.home.mkdir(parents=True)

    def count_runs() -> int:
        with open_instance(settings) as opened:
            return opened.get_runs_count()

    with ThreadPoolExecutor(1) as pool:
        with FileLock(settings.home / OPENING):
            second = pool.submit(count_runs)
            with pytest.raises(TimeoutError):
                second.result(timeout=SOON)
        assert second.result() == 0


def test_one_that_waits_too_long_says_for_whom(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "SECONDS_TO_OPEN", SOON)
    settings.home.mkdir(parents=True)
    with (
        FileLock(settings.home / OPENING),
        pytest.raises(InstanceError, match="正在准备 Dagster 的记录"),
        open_instance(settings),
    ):
        pytest.fail("the storage was opened beside whoever makes it")
