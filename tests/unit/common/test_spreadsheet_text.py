"""Text in cells: whatever a hall's file holds, no spreadsheet runs it."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.common.spreadsheet_text import (
    FORMULA_STARTS,
    is_formula_like,
    neutralise,
    neutralised_sql,
    printable,
    set_text,
    text_width,
)


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


def test_printable_text_keeps_its_lines_and_loses_control_characters():
    assert printable("一\n二\x07\uffff") == "一\n二"


def test_an_empty_text_is_no_formula():
    assert not is_formula_like("")
    assert not is_formula_like("   ")


def test_a_chinese_character_is_as_wide_as_two_digits():
    assert text_width("受理 12") == 7
    assert text_width(2023) == 4


def test_a_cell_shows_a_formula_like_text_instead_of_running_it():
    sheet = Workbook().active
    assert sheet is not None
    cell = sheet["A1"]
    set_text(cell, "=1+1")
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    set_text(sheet["A2"], "水利厅")
    assert (sheet["A2"].value, sheet["A2"].quotePrefix) == ("水利厅", False)


AWKWARD = st.text(alphabet=st.sampled_from("=+-@＝＋－＠\t\r\n '\x00\x0b\x1c\x85\xa0\u2000\u3000\ufffe甲a"), max_size=6)


@given(st.one_of(AWKWARD, st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=8)))
def test_duckdb_neutralises_a_text_exactly_as_python_does(text: str):
    assert duckdb.execute(f"SELECT {neutralised_sql('$1')}", [text]).fetchone() == (neutralise(text),)
