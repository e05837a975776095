"""What the texts of a cell say."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.html.cell_text import BREAK, CLOSED, RAISED, STRUCK, TICKED, UNTICKED, collapsed


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (["  公安厅\n\t", " 窗口 "], "公安厅 窗口"),
        (["1\xa0\xa0234"], "1 234"),
        ([f"甲{BREAK}", f" {BREAK}乙"], "甲\n乙"),
        ([BREAK, " ", BREAK], ""),
        ([], ""),
    ],
)
def test_runs_of_blanks_are_one_and_blank_lines_are_none(parts: list[str], says: str) -> None:
    assert collapsed(parts) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"10{RAISED}2{CLOSED}", "10^2"),
        (f"受理{RAISED}注1{CLOSED}（件）", "受理（件）"),
        (f"km{RAISED}2{CLOSED}", "km2"),
        (f"受理{RAISED}含网上办理{CLOSED}", "受理 含网上办理"),
        (f"{RAISED}2{CLOSED}10", "2^10"),
        (f"{RAISED}10{CLOSED}", "10"),
        (f"{RAISED} {CLOSED}10", "10"),
        (f"{STRUCK}99{CLOSED}10", "~~99~~10"),
        (f"10{STRUCK}9{RAISED}2{CLOSED}", "10~~9~~^2"),
        (f"10{RAISED}2", "10^2"),
        (f"10{CLOSED}", "10"),
    ],
)
def test_what_is_set_apart_never_becomes_a_digit_of_the_number_beside_it(text: str, says: str) -> None:
    assert collapsed([text]) == says


def test_boxes_count_only_where_there_is_a_choice() -> None:
    assert collapsed([TICKED, "公安厅"]) == "公安厅"
    assert collapsed([TICKED, "是", UNTICKED, "否"]) == "☑是☐否"
