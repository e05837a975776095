"""A file counts as whole once nobody writes it any more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipeline.ingest.errors import WaitingFileError
from pipeline.ingest.inbox.stability import FirstLooks, is_held, look, refuse_changed
from pipeline.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("x", "utf-8")
    return path


def test_an_old_file_costs_no_wait(file: Path, tmp_path: Path) -> None:
    hour_ago = time.time() - 3600
    os.utime(file, (hour_ago, hour_ago))
    began = time.monotonic()
    settings = Settings(home=tmp_path, settle_seconds=60, wait_seconds=60)
    assert FirstLooks([file]).settled(file, settings) == look(file)
    assert time.monotonic() - began < 5


def test_a_file_that_another_program_writes_waits_with_a_code(file: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, settle_seconds=0, wait_seconds=0)
    with file.open("a", encoding="utf-8"):
        if not is_held(file):
            pytest.skip("this system does not tell who writes a file")
        with pytest.raises(WaitingFileError, match="还在写入") as caught:
            FirstLooks([file]).settled(file, settings)
    assert (caught.value.code, caught.value.place.file) == ("still_being_written", "a.csv")
    assert not is_held(file)


def test_a_file_that_changed_while_it_was_read_waits_with_a_code(file: Path) -> None:
    before = look(file)
    refuse_changed(file, before)
    file.write_text("xy", "utf-8")
    with pytest.raises(WaitingFileError, match="被改动") as caught:
        refuse_changed(file, before)
    assert caught.value.code == "changed_while_read"
