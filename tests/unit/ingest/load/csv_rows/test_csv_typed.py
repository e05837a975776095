"""One part of a text in one typed pass: its rows, its lines without a row, and what is done after the last part."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.load.csv_rows.csv_seals import is_sealed, sealing
from pipeline.ingest.load.csv_rows.csv_typed import finish, load_part
from pipeline.ingest.load.csv_rows.typed_pass import UnaccountedError
from tests.unit.ingest.load.tiny_cases import MOMENT, incoming, open_pass, problems, set_aside, stored, text_file


def test_a_part_is_appended_without_numbers_and_its_lines_without_a_row_are_told(tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        below = f"A1,甲,公安厅,{MOMENT}\nA2,乙,公安厅,2023年4月17日\n\nA3,丙,公安厅,{MOMENT}\nA4,丁\n"
        with sealing(typed_pass.con, typed_pass.contract, typed_pass.reader.persons), typed_pass.rows.step():
            skipped = load_part(typed_pass, text_file(tmp_path, below), lines_above=2, lines_before=10)
        assert skipped.tolist() == [14, 15, 17]
        assert sorted(stored(typed_pass)) == [(None, "A1", "甲"), (None, "A3", "丙")]
        assert incoming(typed_pass) == [(14, "A2")]
        assert [row[:3] for row in problems(typed_pass)] == [(17, "", "wrong_column_count")]
        assert set_aside(typed_pass.account) == {"blank": 1}


def test_after_the_last_part_notes_are_gone_texts_are_corrected_and_all_rows_stand_in_raw(tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        below = f"A1,甲,公安厅,{MOMENT}\nA2,乙,公安厅,2023年4月17日\nA3,'0101,公安厅,{MOMENT}\n注：略,,,\n,,,\n"
        with sealing(typed_pass.con, typed_pass.contract, typed_pass.reader.persons), typed_pass.rows.step():
            skipped = load_part(typed_pass, text_file(tmp_path, below), lines_above=2, lines_before=0)
        typed_pass.rows.number(3, [skipped])
        finish(typed_pass)
        assert stored(typed_pass) == [(3, "A1", "甲"), (4, "A2", "乙"), (5, "A3", "0101")]
        assert incoming(typed_pass) == []
        assert set_aside(typed_pass.account) == {"blank": 1, "note": 1}


@pytest.mark.parametrize(
    "below",
    [
        f"A1,电话13900001111,公安厅,{MOMENT}",
        f"13900001111,甲,公安厅,{MOMENT}",
        f"A1,甲,厅13900001111,{MOMENT}",
        f"王小明,甲,公安厅,{MOMENT}",
    ],
)
def test_what_may_name_a_person_is_sealed_before_it_is_stored(below: str, tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        with sealing(typed_pass.con, typed_pass.contract, typed_pass.reader.persons), typed_pass.rows.step():
            load_part(typed_pass, text_file(tmp_path, below + "\n"), lines_above=2, lines_before=0)
        texts = typed_pass.con.execute("SELECT case_no, item, department FROM raw.tiny_case").fetchall()[0]
        assert sum(map(is_sealed, texts)) == 1
        assert "13900001111" not in "".join(texts)


def test_a_row_without_its_moment_is_sealed_as_a_whole_but_for_what_says_nothing(tmp_path: Path) -> None:
    with open_pass() as typed_pass:
        with sealing(typed_pass.con, typed_pass.contract, typed_pass.reader.persons), typed_pass.rows.step():
            load_part(typed_pass, text_file(tmp_path, "填报人,王小明,　,\n"), lines_above=2, lines_before=0)
        ((case_no, item, department),) = typed_pass.con.execute(
            "SELECT case_no, item, department FROM raw.tiny_case"
        ).fetchall()
        assert (is_sealed(case_no), is_sealed(item), department) == (True, True, "　")


def test_a_quote_that_is_never_closed_leaves_lines_unaccounted_for(tmp_path: Path) -> None:
    with (
        open_pass() as typed_pass,
        sealing(typed_pass.con, typed_pass.contract, typed_pass.reader.persons),
        pytest.raises(UnaccountedError),
    ):
        text = text_file(tmp_path, f'A1,"甲,公安厅,{MOMENT}\nA2,乙,公安厅,{MOMENT}\n')
        load_part(typed_pass, text, lines_above=2, lines_before=0)
