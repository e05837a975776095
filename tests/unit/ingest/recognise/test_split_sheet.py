"""A sheet is cut where another export begins, and nowhere else."""

from __future__ import annotations

from pipeline.ingest.recognise.split_sheet import best_fit, cut
from pipeline.reporting_calendar import load_calendar
from tests.unit.ingest.recognise.tiny_contracts import LABELS, sheet, tiny_contract

CONTRACTS = {"complaint_log": tiny_contract()}
CALENDAR = load_calendar()
DATA = ["1", "公安厅", "2023-04-17"]


def test_tables_of_two_weeks_are_two_pieces_that_hold_every_row_once() -> None:
    whole = sheet("一", ["2023年第14期"], LABELS, DATA, [None], ["2023年第15期"], LABELS, DATA)
    pieces = cut(whole, CONTRACTS, CALENDAR)
    assert [len(piece.rows) for piece in pieces] == [4, 3]
    assert [piece.rows_above for piece in pieces] == [0, 4]
    assert [row for piece in pieces for row in piece.rows] == whole.rows


def test_two_tables_of_one_week_stay_one_sheet() -> None:
    whole = sheet("一", ["2023年第14期"], LABELS, DATA, [None], LABELS, DATA)
    assert cut(whole, CONTRACTS, CALENDAR) == (whole,)


def test_rows_that_hold_no_table_fit_no_contract() -> None:
    assert best_fit([["一"], ["二"]], CONTRACTS.values()) is None
