"""A store of backups keeps bytes by their hash, and a manifest that is not as it was written is never used."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from pipeline.keeping.errors import KeepingError, in_words_of_the_disk
from pipeline.keeping.store import (
    Manifest,
    StoredFile,
    add_object,
    backup_ids,
    copy_hashed,
    damaged_objects,
    has_object,
    object_path,
    open_store,
    read_manifest,
    require_store,
    sweep_copies,
    write_manifest,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    open_store(tmp_path / "backups")
    return tmp_path / "backups"


def manifest_of(*files: StoredFile) -> Manifest:
    return Manifest("20261102T090000", "2026-11-02 09:00:00", "0.1.0", 1, "/home", False, files)


def test_the_same_bytes_are_kept_once(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("same", "utf-8")
    (sha256, size), again = add_object(folder, tmp_path / "a"), add_object(folder, tmp_path / "b")
    assert ((sha256, size), size) == (again, 4)
    assert object_path(folder, sha256).read_text("utf-8") == "same"
    file = StoredFile("x", sha256, 4, 0, 0o600)
    assert has_object(folder, file)
    assert damaged_objects(folder, [file]) == {}
    assert copy_hashed(tmp_path / "a", tmp_path / "c") == (sha256, 4)


def test_a_manifest_comes_back_as_it_was_written(folder: Path) -> None:
    manifest = manifest_of(StoredFile("home/person.key", "ab" * 32, 65, 1, 0o600, False))
    write_manifest(folder, manifest)
    assert backup_ids(folder) == ["20261102T090000"]
    assert read_manifest(folder, "20261102T090000") == manifest
    assert (manifest.has_archive, manifest.size) == (False, 0)


@pytest.mark.parametrize("text", ["", "{}", '{"digest": 1, "files": [{"x": 1}]}'])
def test_a_damaged_manifest_is_told(folder: Path, text: str) -> None:
    path = write_manifest(folder, manifest_of())
    path.write_text(text, "utf-8")
    with pytest.raises(KeepingError, match="已损坏"):
        read_manifest(folder, "20261102T090000")


def test_a_manifest_in_which_a_hash_was_changed_is_told(folder: Path) -> None:
    path = write_manifest(folder, manifest_of(StoredFile("home/a", "ab" * 32, 1, 1, 0o600)))
    path.write_text(path.read_text("utf-8").replace("abab", "abac"), "utf-8")
    with pytest.raises(KeepingError, match="已损坏"):
        read_manifest(folder, "20261102T090000")
    with pytest.raises(KeepingError, match="没有 x 这份备份；有的是：20261102T090000"):
        read_manifest(folder, "x")


def test_a_store_of_a_later_program_is_refused(folder: Path) -> None:
    require_store(folder)
    (folder / "zhoubao-backups.json").write_text(json.dumps({"format": 9}), "utf-8")
    with pytest.raises(KeepingError, match="格式 9"):
        open_store(folder)


def test_what_an_interrupted_copy_left_is_swept_away(folder: Path) -> None:
    (folder / "objects" / ".copying.77").write_text("half", "utf-8")
    sweep_copies(folder)
    assert list((folder / "objects").iterdir()) == []


def test_an_error_of_the_system_without_words_of_ours_keeps_its_own() -> None:
    with (
        pytest.raises(KeepingError, match=r"备份没有完成：a Invalid cross-device link。再来。"),
        in_words_of_the_disk("备份", "再来。"),
    ):
        raise OSError(errno.EXDEV, "Invalid cross-device link", "a")
