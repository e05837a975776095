"""Cells of rows whose lengths differ."""

from __future__ import annotations

from pipeline.ingest.authoring.drafting.row_cells import cell_at, filled_text, is_filled


def test_a_row_that_ends_early_has_no_cell_there() -> None:
    assert (cell_at(["a"], 0), cell_at(["a"], 1)) == ("a", None)
    assert (filled_text([" a "], 0), filled_text([None], 0), filled_text([], 3)) == ("a", "", "")


def test_blanks_fill_no_cell() -> None:
    assert [is_filled(cell) for cell in ("a", "0", " ", "　", "", None)] == [True, True, False, False, False, False]
