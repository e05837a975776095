"""A header is found without any contract."""

from __future__ import annotations

from pipeline.ingest.authoring.drafting.header_guess import column_titles, locate_header, provisional_contract
from tests.unit.ingest.authoring.unknown_exports import ROWS


def test_the_header_is_found_below_titles_and_through_its_levels() -> None:
    texts = [[None if cell is None else str(cell) for cell in row] for row in ROWS]
    assert locate_header(texts) == (2, 2)
    assert locate_header([["只有一个标题"], []]) is None


def test_a_title_is_the_shortest_ending_that_no_other_column_shares() -> None:
    levels = [["窗口", "受理", None, "办结", None], [None, "本周", "累计", "本周", "累计"]]
    assert column_titles(levels) == ("窗口", "受理/本周", "受理/累计", "办结/本周", "办结/累计")


def test_the_provisional_contract_has_a_text_for_each_named_column() -> None:
    contract = provisional_contract([["窗口", None, "件数"], ["综窗1", "x", "3"]])
    assert contract is not None
    assert [(field.name, field.title) for field in contract.fields] == [("column_1", "窗口"), ("column_3", "件数")]
    assert provisional_contract([["只有一个标题"]]) is None


def test_numbers_days_and_sentences_are_no_header() -> None:
    assert locate_header([["2023-04-17", "3"], ["填报单位：大厅", "共 3 件。"]]) is None
