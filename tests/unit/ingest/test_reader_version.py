"""The versions of the reader are numbered, and each says what it reads otherwise."""

from __future__ import annotations

from pipeline.ingest.reader_version import CHANGES, READER_VERSION, change_in_words, changes_since


def test_versions_are_numbered_without_a_gap_and_each_says_what_changed() -> None:
    assert [change.version for change in CHANGES] == list(range(1, READER_VERSION + 1))
    assert all(change.words for change in CHANGES)


def test_a_revision_names_the_versions_and_what_they_changed() -> None:
    assert changes_since(READER_VERSION) == []
    assert change_in_words(1, 2) == f"读取程序更新（v1 → v2）：{CHANGES[1].words}"
