"""Files are for their owner alone in a private block, and for everybody again in a shared block within it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.common.private_files import private_files, private_folder, shared_files


@pytest.fixture(autouse=True)
def ordinary_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of_new(path: Path) -> int:
    path.touch()
    return path.stat().st_mode & 0o777


def test_a_file_of_a_private_block_is_for_its_owner_alone(tmp_path: Path) -> None:
    with private_files():
        assert mode_of_new(tmp_path / "a") == 0o600
    assert mode_of_new(tmp_path / "b") == 0o644


def test_a_shared_block_within_it_gives_the_rights_of_before(tmp_path: Path) -> None:
    with private_files(), private_files():
        with shared_files(), shared_files():
            assert mode_of_new(tmp_path / "a") == 0o644
        assert mode_of_new(tmp_path / "b") == 0o600


def test_a_shared_block_alone_changes_nothing(tmp_path: Path) -> None:
    with shared_files():
        assert mode_of_new(tmp_path / "a") == 0o644


def test_a_block_that_fails_leaves_the_rights_as_they_were(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="full"), private_files():
        raise ValueError("full")
    assert mode_of_new(tmp_path / "a") == 0o644


def test_a_private_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    private_folder(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    (tmp_path / "old").mkdir(mode=0o755)
    private_folder(tmp_path / "old")
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o755
