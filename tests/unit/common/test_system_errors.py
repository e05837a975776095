"""What the system says of disks and rights becomes a sentence with what to do, however it was wrapped."""

from __future__ import annotations

import errno
import os
import shutil

import duckdb
import pytest

from pipeline.common.system_errors import AILMENTS, reason_of, system_sentence, system_sentence_of


@pytest.mark.parametrize("number", sorted(AILMENTS))
def test_an_error_of_the_system_says_where_why_and_what_to_do(number: int) -> None:
    sentence = system_sentence(OSError(number, os.strerror(number), "/data/work"))
    assert sentence is not None
    assert sentence.startswith(f"没有完成：/data/work {AILMENTS[number].reason}。{AILMENTS[number].action}")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("OSError: [Errno 28] No space left on device: '/d/a.csv'\n", "/d/a.csv 磁盘已满"),
        ("PermissionError: [Errno 13] Permission denied: '/d/inbox'\n", "/d/inbox 没有权限"),
        ('IO Error: Could not write file "/d/w.duckdb.wal": No space left on device', "/d/w.duckdb.wal 磁盘已满"),
        ('IO Error: Cannot open file "/d/w.duckdb": Read-only file system', "/d/w.duckdb 文件系统只读"),
        ("lxml.etree.SerialisationError: IO_ENOSPC", "没有完成：磁盘已满"),
        ("(sqlite3.OperationalError) database or disk is full\n[SQL: INSERT", "Dagster 的运行记录 磁盘已满"),
        ("(sqlite3.OperationalError) attempt to write a readonly database", "Dagster 的运行记录 没有权限"),
    ],
)
def test_the_words_alone_are_enough(message: str, reason: str) -> None:
    assert reason in str(system_sentence_of(message))


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file or directory", "/d"),
        ValueError("Permission denied"),
        duckdb.CatalogException("Catalog Error: Table with name x does not exist!"),
        RuntimeError("[Errno 2] No such file or directory: '/d'"),
    ],
)
def test_other_errors_are_none_of_the_systems(error: Exception) -> None:
    assert system_sentence(error) is None


def test_an_error_is_known_by_what_it_was_raised_from() -> None:
    try:
        try:
            raise OSError(errno.EROFS, "Read-only file system", "/d/a")
        except OSError as inner:
            raise RuntimeError("step failed") from inner
    except RuntimeError as outer:
        assert "/d/a 文件系统只读" in str(system_sentence(outer))


def test_a_folder_that_could_not_be_copied_says_why() -> None:
    error = shutil.Error([("/a/x", "/d/x", "[Errno 28] No space left on device: '/d/x'")])
    assert "/d/x 磁盘已满" in str(system_sentence(error))


def test_a_reason_that_is_none_of_ours_stays_in_the_systems_words() -> None:
    assert reason_of(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
