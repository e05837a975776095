"""Homes that tests share are made once, whole or not at all, and a copy is the test's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.ready_homes import ReadyHomes


def test_of_workers_that_want_the_same_home_one_makes_it(tmp_path: Path) -> None:
    makers: list[Path] = []

    def make(home: Path) -> None:
        home.mkdir()
        makers.append(home)

    with ThreadPoolExecutor(4) as workers:
        # Each has an object of its own, as each worker of xdist has.
        wanted = [workers.submit(ReadyHomes(tmp_path / "shared").made_once, "home", make) for _ in range(4)]
        homes = {one.result() for one in wanted}
    assert homes == {tmp_path / "shared" / "home"}
    assert len(makers) == 1


def test_what_a_worker_left_half_made_is_made_anew(tmp_path: Path) -> None:
    def die(home: Path) -> None:
        home.mkdir()
        (home / "half").touch()
        raise KeyboardInterrupt

    def make(home: Path) -> None:
        home.mkdir()
        (home / "whole").touch()

    ready = ReadyHomes(tmp_path / "shared")
    with pytest.raises(KeyboardInterrupt):
        ready.made_once("home", die)
    assert [path.name for path in ready.made_once("home", make).iterdir()] == ["whole"]


def test_a_change_of_a_copy_is_seen_by_no_other_test(tmp_path: Path) -> None:
    ready = ReadyHomes(tmp_path / "shared")
    first = ready.copy(tmp_path / "first", "written", scale=0.001)
    count = len(list(first.settings.inbox.iterdir()))
    for path in first.settings.inbox.iterdir():
        path.unlink()
    second = ready.copy(tmp_path / "second", "written", scale=0.001)
    assert len(list(second.settings.inbox.iterdir())) == count > 0
    assert second.settings.secret_path.read_bytes() == first.settings.secret_path.read_bytes()
