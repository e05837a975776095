"""The words for nothing, yes and no are read alike in every field that has none of its own."""

from __future__ import annotations

import pytest

from pipeline.contracts.words import NO, NOTHING, YES
from pipeline.ingest.cells.read_cell import NOTHING as READ_AS_NOTHING
from pipeline.ingest.reasons import Reason
from tests.unit.ingest.cells.test_read_cell import read


def test_no_word_says_two_things() -> None:
    assert set() == YES & NO
    assert {word.casefold() for word in NOTHING} & (YES | NO) == set()


@pytest.mark.parametrize("word", NOTHING)
@pytest.mark.parametrize("kind", ["string", "integer", "number", "date", "datetime", "boolean"])
def test_a_word_of_nothing_is_nothing_in_a_field_of_any_type(word: str, kind: str) -> None:
    assert read(word, type=kind) == READ_AS_NOTHING
    assert read(f" {word} ", type=kind, constraints={"required": True}).reason == Reason.MISSING_REQUIRED


@pytest.mark.parametrize("word", ["是", "√", "✔", "☑", "Y", "yes", "Ｙ", "TRUE", "True", "1", "是。", "采用"])
def test_a_tick_is_a_yes(word: str) -> None:
    assert read(word, type="boolean", trueValues=["采用"]).value == "true"


@pytest.mark.parametrize("word", ["否", "×", "✘", "☐", "N", "no", "FALSE", "0", "未采用"])
def test_a_cross_is_a_no(word: str) -> None:
    assert read(word, type="boolean", falseValues=["未采用"]).value == "false"


@pytest.mark.parametrize("word", ["待定", "☒", "采用", "2", "是否", "√×"])
def test_a_word_that_says_neither_is_no_answer(word: str) -> None:
    assert read(word, type="boolean").reason == Reason.NOT_YES_OR_NO
