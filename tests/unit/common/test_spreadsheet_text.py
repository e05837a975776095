"""Text in cells: whatever a hall's file holds, no spreadsheet runs it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.common.spreadsheet_text import FORMULA_STARTS, is_formula_like, neutralise


@given(st.text())
def test_no_text_is_a_formula_once_neutralised(text: str):
    safe = neutralise(text)
    assert not is_formula_like(safe)
    assert safe.lstrip()[:1] not in tuple(FORMULA_STARTS) or safe.strip() == ""


@given(
    st.sampled_from(FORMULA_STARTS.replace("\t\r\n", "")),
    st.sampled_from(["", " ", "\u3000", "\x00", "\xa0"]),
    st.text(),
)
def test_what_looks_like_a_formula_gets_an_apostrophe(start: str, blank: str, rest: str):
    assert neutralise(blank + start + rest).startswith("'")


@given(st.text(alphabet=st.characters(categories=("L", "N"))))
def test_plain_text_stays_as_it_is(text: str):
    assert neutralise(text) == text


def test_characters_that_no_workbook_may_hold_are_taken_out():
    assert neutralise("水\x00利\ud800厅") == "水利厅"
