"""A sheet as every reader gives it."""

from __future__ import annotations

from pipeline.ingest.sheets.sheet import Sheet, no_days


def test_a_sheet_of_which_nothing_is_said_shows_no_days() -> None:
    assert Sheet("综窗", [["2023-04-17"]]).days is no_days
    assert no_days() == {}


def test_rows_are_counted_as_they_stand_in_the_file() -> None:
    assert Sheet("综窗", [["a"], ["b"]]).row_no(1) == 2
    assert Sheet("网页", [["a"]], rows_above=7).row_no(0) == 8
    text = Sheet("csv", [["a"], ["b"]], lines=[3, 6])
    assert (text.row_no(1), text.title) == (6, "")
    assert Sheet("综窗", []).title == "综窗"
