"""A working copy in UTF-8: private, and refused where more is damaged than a few cells."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.text.transcode import private_file, refuse_much_damage
from pipeline.ingest.text.undecodable import Damage


@pytest.mark.parametrize(
    "damage",
    [Damage("utf-8", lines=10), Damage("utf-8", lines=1, damaged=1), Damage("gb18030", lines=300, damaged=3)],
    ids=["none", "one line", "one in a hundred"],
)
def test_little_damage_is_let_pass(damage: Damage) -> None:
    refuse_much_damage(damage)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (Damage("utf-8", 100, 2, byte=1024, line=12), "第 1,024 字节附近（第 12 行）不符合 UTF-8 编码，共有 2 行这样"),
        (Damage("gb18030", 300, 4, byte=7), "第 7 字节附近不符合 GB18030 编码，共有 4 行这样"),
        (Damage("utf-16", 3_000, 1, byte=9, line=2), "第 9 字节附近（第 2 行）不符合 UTF-16 编码"),
    ],
    ids=["two of a hundred", "more than one in a hundred", "a byte of two is lost"],
)
def test_much_damage_is_refused_with_its_first_place(damage: Damage, said: str) -> None:
    with pytest.raises(RefusedFileError) as caught:
        refuse_much_damage(damage)
    assert said in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_private_file_is_empty_and_only_its_owners_also_where_another_stood_before(tmp_path: Path) -> None:
    path = tmp_path / "text.utf8"
    path.write_bytes(b"of an earlier run")
    path.chmod(0o644)
    with os.fdopen(private_file(path), "wb") as file:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_size == 0
        file.write(b"new")
    assert path.read_bytes() == b"new"
