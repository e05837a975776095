"""Keys are compared without blanks, full-width forms and case; the SQL test misses none that folding would change."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.common.key_form import folded, may_fold

_LETTERS = st.sampled_from([*list("A1a-综窗Ａ１（(①"), " ", "\u3000", "\xa0", "\n", "\u200b"])


@pytest.mark.parametrize(
    "text", ["综合窗口1", "综合窗口 1", "综合窗口１", "综合窗口\u00a01", "综合\n窗口1", "综合窗口\u200b1"]
)
def test_spellings_of_one_window_have_one_form(text: str) -> None:
    assert folded(text) == "综合窗口1"


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(_LETTERS, min_size=1, max_size=6), min_size=1, max_size=20))
def test_what_folding_changes_is_found_by_sql_and_folding_twice_changes_nothing(texts: list[str]) -> None:
    found = duckdb.execute(f"SELECT t, {may_fold('t')} FROM (SELECT unnest(?::VARCHAR[]) AS t)", [texts]).fetchall()
    for text, is_found in found:
        assert is_found or folded(text) == text
        assert folded(folded(text)) == folded(text)
