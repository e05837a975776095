"""What the typed pass has loaded though it is no data goes out of `raw` again and into the account."""

from __future__ import annotations

import pytest

from pipeline.ingest.load.csv_rows import csv_set_aside
from pipeline.ingest.load.csv_rows.csv_set_aside import set_blank_rows_aside, set_words_aside
from tests.unit.ingest.load.tiny_cases import MOMENT, add, open_pass, set_aside, stored


def test_rows_of_blanks_and_marks_of_nothing_are_set_aside_as_blank() -> None:
    with open_pass() as typed_pass:
        add(
            typed_pass,
            (3, "A1", None, None, MOMENT),
            (4, None, None, None, None),
            (5, "—", " ", "　\u200b", None),
            (6, None, "甲", None, None),
        )
        set_blank_rows_aside(typed_pass)
        assert stored(typed_pass) == [(3, "A1", None), (6, None, "甲")]
        assert set_aside(typed_pass.account) == {"blank": 2}


def test_notes_and_totals_below_the_records_are_set_aside_and_a_case_without_its_moment_stays() -> None:
    with open_pass() as typed_pass:
        add(
            typed_pass,
            (3, "A1", "注：不是说明", None, MOMENT),
            (4, "A2", None, "公安厅", None),
            (5, "注：以平台为准", None, None, None),
            (6, "制表人：某某", None, None, None),
            (7, "合计", "12", None, None),
        )
        set_words_aside(typed_pass)
        assert [row[:2] for row in stored(typed_pass)] == [(3, "A1"), (4, "A2")]
        assert set_aside(typed_pass.account) == {"note": 2, "total": 1}


def test_where_more_rows_lack_their_moment_than_a_text_has_notes_none_is_set_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_set_aside, "CHUNK", 1)
    with open_pass() as typed_pass:
        add(typed_pass, (3, "注：一", None, None, None), (4, "注：二", None, None, None))
        set_words_aside(typed_pass)
        assert len(stored(typed_pass)) == 2
        assert set_aside(typed_pass.account) == {}
