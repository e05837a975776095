"""A person is counted once and known to nobody; a key that is not whole is never used."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.privacy.digest import PersonKeyError, kept_key, person_digest, person_key


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "person.key"
    key = person_key(path)
    assert len(key) == 32
    assert person_key(path) == kept_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [left.name for left in path.parent.iterdir()] == ["person.key"]


def test_of_several_that_begin_at_once_all_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(person_key, [tmp_path / "person.key"] * 8))
    assert len(keys) == 1


@pytest.mark.parametrize("text", ["", "\n", "ab", "ab" * 31, "ab" * 33, "zz" * 32, "密钥"])
def test_a_key_that_is_not_whole_is_refused_and_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "person.key"
    path.write_text(text, "utf-8")
    with pytest.raises(PersonKeyError, match=r"不完整.*没有使用它.*rebuild"):
        person_key(path)
    assert path.read_text("utf-8") == text


def test_a_lost_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    with pytest.raises(PersonKeyError, match="不见了：换一个密钥，同一人会计为两人"):
        kept_key(tmp_path / "person.key")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_while_the_key_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        person_key(tmp_path / "person.key")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_gets_its_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert person_key(tmp_path / "person.key") == kept_key(tmp_path / "person.key")


def test_one_person_has_one_digest_a_key() -> None:
    digest = person_digest("王小明", b"a" * 32)
    assert digest == person_digest("王小明", b"a" * 32)
    assert digest not in (person_digest("王小明", b"b" * 32), person_digest("李大红", b"a" * 32))
    assert len(digest) == 32
