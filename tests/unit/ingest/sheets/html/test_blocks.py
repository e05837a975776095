"""Blocks of a page: lines of text and tables."""

from __future__ import annotations

from pipeline.ingest.sheets.html.blocks import Block, line_block
from pipeline.ingest.sheets.html.cell_text import BREAK


def test_a_line_of_text_is_a_block_of_one_cell_and_a_blank_one_is_none() -> None:
    assert list(line_block(["共 3", " 条\n"])) == [Block([["共 3 条"]])]
    assert list(line_block([" ", BREAK, "\xa0"])) == []


def test_a_block_is_small_where_it_is_at_most_one_row_or_one_column() -> None:
    assert Block([["甲"], [None], ["乙"]]).is_small
    assert Block([["甲", None, "乙"], [None, None]]).is_small
    assert not Block([["甲", "乙"], ["丙"]]).is_small
    assert (Block([["甲", "乙"], ["丙", "丁"]]).wide_rows, Block([["1", None], ["2"]]).text) == (2, f"1{BREAK}2")
