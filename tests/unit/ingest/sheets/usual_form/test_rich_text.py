"""Footnote marks and struck-out words are no part of a text; raised letters that belong to it stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.common.cell_marks import STRUCK_MARK
from pipeline.ingest.sheets.usual_form.rich_text import Run, RunCollector, is_note_mark, text_of


@pytest.mark.parametrize(
    ("before", "raised", "text"),
    [
        ("12", "1", "12"), ("12", "①", "12"), ("1,234", "[2]", "1,234"), ("12", "1,2", "12"), ("12", "a", "12"),
        ("综合窗口1", "1", "综合窗口1"), ("受理", "注1", "受理"), ("受理（件）", "*", "受理（件）"),
        ("公安厅", "（3）", "公安厅"),
        ("m", "2", "m2"), ("面积km", "2", "面积km2"), ("立方米", "3", "立方米3"), ("1.2×10", "4", "1.2×104"),
        ("1", "st", "1st"), ("x", "n", "xn"), ("Word", "TM", "WordTM"), ("甲", "加注的话", "甲加注的话"),
    ],
)  # fmt: skip
def test_raised_letters_are_set_aside_where_they_refer_to_a_note(before: str, raised: str, text: str) -> None:
    assert text_of([Run(before), Run(raised, is_raised=True)]) == text


def test_a_text_of_raised_letters_alone_is_a_text() -> None:
    assert text_of([Run("1", is_raised=True), Run("注", is_raised=True)]) == "1"
    assert text_of([Run(" "), Run("2", is_raised=True)]) == " 2"


def test_struck_words_do_not_count_and_a_text_of_nothing_else_is_marked() -> None:
    assert text_of([Run("14", is_struck=True), Run("15")]) == "15"
    assert text_of([Run("14", is_struck=True), Run(" ")]) == f"{STRUCK_MARK}14 "
    assert text_of([Run(" ", is_struck=True)]) == " "
    assert text_of([]) == ""


@given(st.integers(0, 10**9), st.integers(1, 99))
def test_no_note_mark_ever_becomes_a_digit_of_a_number(number: int, mark: int) -> None:
    assert text_of([Run(str(number)), Run(str(mark), is_raised=True)]) == str(number)


def test_several_marks_are_one_reference() -> None:
    assert is_note_mark("12", "1, 2")
    assert not is_note_mark("12", "之二")


def test_the_letters_of_sounds_are_no_letters_of_the_text() -> None:
    collector = RunCollector()
    for tag, letters in (("t", "综合"), ("rPh", ""), ("t", "ZH")):
        collector.start(tag, {})
        collector.letters(letters)
        if tag == "t":
            collector.end(tag)
    collector.end("rPh")
    assert [run.text for run in collector.runs] == ["综合"]


@pytest.mark.parametrize(("value", "is_struck"), [({}, True), ({"val": "1"}, True), ({"val": "0"}, False)])
def test_a_run_is_struck_unless_it_says_no(value: dict[str, str], is_struck: bool) -> None:
    collector = RunCollector()
    collector.start("r", {})
    collector.start("strike", value)
    assert collector.runs[0].is_struck is is_struck
