"""Ways to read the bytes of a text, and how much of it may be damaged in each."""

from __future__ import annotations

import pytest

from pipeline.ingest.text.candidates import candidates, damaged_share, may_be_damaged

LINE = "公安厅,企业设立,12\n".encode()
BROKEN = b"\xff" + LINE


@pytest.mark.parametrize(
    ("head", "share"),
    [
        (LINE * 9, 0.0),
        (LINE * 9 + BROKEN, 0.0),
        (LINE * 6 + BROKEN * 2, 0.25),
        (BROKEN, 1.0),
        (BROKEN * 3 + "公安".encode()[:-1], 1.0),
        (LINE * 2 + "公安".encode()[:-1], 0.0),
        (BROKEN.strip(), 1.0),
        (b"<td>\xff</td><td>\xff</td><td>" + "甲".encode() + b"</td>", 2 / 7),
    ],
    ids=[
        "whole", "one line among several", "a quarter", "a single line", "a cut line beyond whole ones",
        "only the last line is cut", "no line end", "cells of a page",
    ],
)  # fmt: skip
def test_the_damaged_share_counts_whole_lines_and_forgives_a_single_one(head: bytes, share: float) -> None:
    assert damaged_share(head, "utf-8") == pytest.approx(share)


def test_a_text_may_be_in_a_codec_in_which_half_of_its_lines_decode_and_no_more() -> None:
    assert may_be_damaged(LINE * 5 + BROKEN * 5, "utf-8")
    assert not may_be_damaged(LINE * 4 + BROKEN * 5, "utf-8")


def test_the_codec_in_which_the_text_reads_like_writing_comes_first() -> None:
    content = "部门,事项名称\n公安厅,企业设立登记\n".encode("gb18030")
    weighed = candidates(content, content, ())
    assert weighed[0].codec == "gb18030"
    assert weighed[0].is_convincing
    assert weighed[0].legibility > weighed[1].legibility
