"""Texts that are writing, header labels among them, and texts whose characters were lost."""

from __future__ import annotations

import pytest

from pipeline.ingest.text.legibility import cells_of, is_lost, is_misread, label_hits

LABELS = frozenset({"部门", "受理", "办结", "no"})


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("部门,受理\n公安厅,1\n", 2),
        ("“部门”;受理\n", 1),
        ('"部 门"\t"受理（件）"\n', 2),
        ("部门,部门,部门\n", 1),
        ("受理部门,办结数\n", 0),
        ("no,No\n", 0),
        ("\n" * 60 + "部门\n", 0),
    ],
    ids=["two", "curly quotes are part of a cell", "written as forms do", "each once", "parts of cells", "ASCII",
         "too far below"],
)  # fmt: skip
def test_known_labels_count_once_as_whole_cells_of_the_first_lines(text: str, hits: int) -> None:
    assert label_hits(text, LABELS) == hits


def test_without_known_labels_there_are_no_hits() -> None:
    assert label_hits("部门,受理\n", ()) == 0


def test_cells_are_parted_by_any_delimiter_and_quote() -> None:
    assert cells_of(["部门;受理", "'甲'"]) == ["部门", "受理", "甲", ""]


@pytest.mark.parametrize(
    "line", ["公安厅,????,1", "????", "1\t？？", "部门???", "部\ufffd门", "锟斤拷,1", "<td>??</td>"]
)
def test_a_line_with_a_cell_of_question_marks_or_a_replacement_character_is_lost(line: str) -> None:
    assert is_lost(line)


@pytest.mark.parametrize("line", ["为什么?,1", "真的吗？？！,1", "http://x/?a=1&b=??c", "公安厅,?,1", ""])
def test_a_line_with_questions_is_not_lost(line: str) -> None:
    assert not is_lost(line)


def test_a_text_is_misread_where_another_reading_of_it_is_writing() -> None:
    wrong = "受理部门".encode("gb18030").decode("latin-1")
    assert is_misread(wrong, [wrong, "受理部门"])
    assert not is_misread(wrong, [wrong])
    assert not is_misread("受理部门", ["办理部门"])
