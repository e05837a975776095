"""Texts of two or four bytes a character."""

from __future__ import annotations

import pytest

from pipeline.ingest.text.utf16 import is_wide

TEXT = "日期,窗口名称\n2023-04-17,综合窗口\n"


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_text_of_several_bytes_a_character_is_wide_with_a_mark_and_without(codec: str) -> None:
    assert is_wide(TEXT.encode(codec))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_other_text_is_not_wide_though_it_holds_zero_bytes(codec: str) -> None:
    assert not is_wide(TEXT.encode(codec))
    assert not is_wide(TEXT.encode(codec).replace(b"\n", b"\0\n"))
