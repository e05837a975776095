"""The first lines of a large text, whole."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipeline.ingest.authoring.looking import file_head
from pipeline.ingest.authoring.looking.file_head import copy_private, count_lines, end_of_line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_head_is_cut_at_the_end_of_a_line_in_every_width_of_characters(encoding: str) -> None:
    lines = "办件编号,事项名称\n甲〇一,企业设立登记\n"
    head = lines.encode(encoding) + "乙".encode("utf-8" if encoding == "utf-8" else "utf-16-le")
    assert end_of_line(head) == len(lines.encode(encoding))


def test_a_copy_of_a_head_ends_with_a_whole_line_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\nc,d\ne,f\n")
    assert copy_private(path, tmp_path / "head", 9) == 8
    assert (tmp_path / "head").read_bytes() == b"a,b\nc,d\n"
    assert copy_private(path, tmp_path / "whole", None) is None
    assert (tmp_path / "whole").read_bytes() == path.read_bytes()
    assert stat.S_IMODE((tmp_path / "whole").stat().st_mode) == 0o600


def test_lines_are_counted_or_estimated_where_that_would_take_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"ab\n" * 1000)
    assert count_lines(path) == 1000
    monkeypatch.setattr(file_head, "_COUNT_SECONDS", -1.0)
    monkeypatch.setattr(file_head, "_BLOCK", 300)
    assert count_lines(path) == 1000
