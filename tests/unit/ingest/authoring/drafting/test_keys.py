"""The fewest columns that tell rows apart."""

from __future__ import annotations

from dataclasses import replace

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.column_types import TypeGuess
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.keys import guess_key, latest_by, smallest_key

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


STATUS = DraftColumn(2, "办件状态", "case_status", TEXT)
ITEM = DraftColumn(3, "事项名称", "item_name", TEXT)
CHANGED = DraftColumn(4, "更新时间", "updated_at", TypeGuess(FieldType.DATETIME))
STATES = [
    ["公安", "A1", "受理", "户口", "2023-04-17 09:00:00"],
    ["公安", "A1", "办结", "户口", "2023-04-18 09:00:00"],
    ["司法", "A2", "受理", "公证", "2023-04-17 10:00:00"],
    ["司法", "A3", "受理", "公证", "2023-04-17 10:00:01"],
]


def test_an_identifier_that_repeats_with_another_moment_names_states_of_one_thing() -> None:
    key = guess_key([WINDOW, NUMBER, STATUS, ITEM, CHANGED], STATES)
    assert (key.columns, key.latest, key.restates) == (("case_no",), "updated_at", True)
    assert key.evidence == ("看过的 4 行中有 3 个不同的“办件编号”，重复的各行“更新时间”不同，像是同一件的几个状态")


def test_a_row_for_each_document_of_a_case_is_no_state_of_it() -> None:
    rows = [[*row[:3], f"材料{place % 2}", row[4]] for place, row in enumerate(STATES)]
    key = guess_key([WINDOW, NUMBER, STATUS, replace(ITEM, title="材料名称"), CHANGED], rows)
    assert not key.restates
    assert "item_name" in key.columns


def test_a_row_for_each_ticket_of_a_window_is_an_event() -> None:
    window = replace(WINDOW, title="窗口编号", name="window_no")
    ticket = DraftColumn(1, "业务", "business", TEXT)
    called = DraftColumn(2, "叫号时间", "called_at", TypeGuess(FieldType.DATETIME))
    rows = [[f"W{place % 2}", f"业务{place % 3}", f"2023-04-17 09:{place:02d}:00"] for place in range(12)]
    key = guess_key([window, ticket, called], rows)
    assert not key.restates
    assert "called_at" in key.columns


def test_where_no_key_tells_rows_apart_it_is_said_how_often_the_identifier_repeats() -> None:
    key = guess_key([NUMBER], [["x", "A1"], ["y", "A1"], ["z", "A2"]])
    assert (key.columns, key.evidence) == ((), "“办件编号”在 3 行中只有 2 个不同")
