"""The first lines of a large text, whole."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.looking.file_head import end_of_line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_head_is_cut_at_the_end_of_a_line_in_every_width_of_characters(encoding: str) -> None:
    lines = "办件编号,事项名称\n甲〇一,企业设立登记\n"
    head = lines.encode(encoding) + "乙".encode("utf-8" if encoding == "utf-8" else "utf-16-le")
    assert end_of_line(head) == len(lines.encode(encoding))
