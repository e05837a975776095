"""Marks inside the texts of the weekly: data never bring them, and a text is cut at them."""

from __future__ import annotations

from pipeline.present.weekly.marks import Piece, clean, noted, pieces, to_write


def test_a_text_is_cut_at_notes_and_at_what_must_still_be_written() -> None:
    text = f"受理{noted('319', 0)}件，{to_write('办结数')}件"
    assert pieces(text) == [
        Piece("受理319"),
        Piece("", note=0),
        Piece("件，"),
        Piece("【待填写：办结数】", is_open=True),
        Piece("件"),
    ]
    assert [piece.is_mark for piece in pieces(text)] == [False, True, False, True, False]


def test_a_text_of_the_data_cannot_bring_a_mark() -> None:
    assert clean("受理\ue0000\ue001 件\n\x07") == "受理0 件"
    assert noted("319", None) == "319"
