"""The fewest columns that tell rows apart."""

from __future__ import annotations

from dataclasses import replace

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.column_types import TypeGuess
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.keys import latest_by, smallest_key

TEXT = TypeGuess(FieldType.STRING)
WINDOW = DraftColumn(0, "窗口", "window_name", TEXT)
NUMBER = DraftColumn(1, "办件编号", "case_no", TEXT)
ROWS = [["A", "1"], ["B", "2"]]


def test_identifiers_come_before_columns_that_stand_further_left() -> None:
    assert smallest_key([WINDOW, NUMBER], ROWS) == ("case_no",)


def test_merged_cells_are_filled_before_rows_are_compared() -> None:
    rows = [["A", "1"], [None, "2"], ["B", "1"], [None, "2"]]
    assert smallest_key([WINDOW, NUMBER], rows) == ()
    assert smallest_key([replace(WINDOW, fill_down=True), NUMBER], rows) == ("case_no", "window_name")


def test_what_is_dropped_or_counted_or_prose_is_no_key() -> None:
    columns = [
        replace(NUMBER, personal="drop"),
        replace(NUMBER, free_text=True),
        replace(NUMBER, guess=TypeGuess(FieldType.INTEGER)),
    ]
    assert smallest_key(columns, ROWS) == ()


def test_the_latest_state_is_told_by_a_moment_of_change() -> None:
    moment = TypeGuess(FieldType.DATETIME)
    updated = DraftColumn(2, "更新时间", "updated_at", moment)
    accepted = DraftColumn(1, "受理时间", "accepted_at", moment)
    assert latest_by([accepted, updated]) is updated
    assert latest_by([accepted, replace(updated, guess=TEXT)]) is None
