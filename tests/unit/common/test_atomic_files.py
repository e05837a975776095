"""Files that appear whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.common.atomic_files import replaced, sha256_of, sweep, sync_file, temporary_name, write_text


def test_a_replaced_file_has_its_new_content_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "manifest.json"
    with replaced(target) as temporary:
        temporary.write_text("{}", encoding="utf-8")
        assert not target.exists()
    assert [path.name for path in target.parent.iterdir()] == ["manifest.json"]


def test_a_failed_replacement_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "manifest.json"
    write_text(target, "old")
    with pytest.raises(ZeroDivisionError), replaced(target) as temporary:
        temporary.write_text("new", encoding="utf-8")
        raise ZeroDivisionError
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_sweep_removes_files_and_folders_that_a_killed_process_left(tmp_path: Path) -> None:
    folder = temporary_name(tmp_path / "parquet")
    folder.mkdir()
    (folder / "half.parquet").write_bytes(b"")
    file = temporary_name(tmp_path / "parquet.csv")
    file.write_bytes(b"")
    (tmp_path / "parquet").mkdir()
    assert sorted(sweep(tmp_path, "parquet")) == sorted([folder.name, file.name])
    assert [path.name for path in tmp_path.iterdir()] == ["parquet"]


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"1,2\r\n")
    sync_file(path)
    assert sha256_of(path) == hashlib.sha256(b"1,2\r\n").hexdigest()
