"""Marks that a sheet's reader writes before cells that are no text."""

from pipeline.common.cell_marks import MARKED, NUMBER_MARK, unmarked


def test_a_mark_is_not_part_of_what_people_see() -> None:
    assert unmarked(f"{NUMBER_MARK}12") == "12"
    assert unmarked("12") == "12"
    assert unmarked("") == ""
    assert unmarked(None) is None
    assert NUMBER_MARK in MARKED
