"""Texts that the typed pass has loaded: sealed where they may name a person, corrected afterwards."""

from __future__ import annotations

import pytest

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.csv_rows.csv_fixes import fix_texts
from pipeline.ingest.load.csv_rows.csv_seals import sealed
from pipeline.ingest.refusals.load import LoadRefusal
from tests.unit.ingest.load.tiny_cases import MOMENT, add, excluded, open_pass, problems, stored


def test_texts_that_mean_something_else_are_corrected_and_the_original_is_kept_beside_them() -> None:
    with open_pass() as typed_pass:
        add(
            typed_pass,
            (3, "'A1", "企业设立", "公安厅", MOMENT),
            (4, "A2", "—", None, MOMENT),
            (5, "A3", sealed("电话13900001111"), "公安厅", MOMENT),
        )
        fix_texts(typed_pass)
        assert stored(typed_pass) == [(3, "A1", "企业设立"), (4, "A2", None), (5, "A3", "电话［已脱敏］")]
        written = typed_pass.con.execute("SELECT as_written FROM raw.tiny_case ORDER BY row_no").fetchall()
        assert written == [({"case_no": "'A1"},), ({"item": "—"},), (None,)]
        assert problems(typed_pass) == [(5, "item", "personal_data_masked", None, "loaded")]


def test_a_row_goes_to_quarantine_once_with_all_its_problems() -> None:
    with open_pass() as typed_pass:
        add(typed_pass, (3, "5.1E+17", sealed("电话13900001111"), "火星厅", None), (4, "A2", None, "公安厅", MOMENT))
        fix_texts(typed_pass)
        assert problems(typed_pass) == [
            (3, "accepted", "missing_required", None, "quarantined"),
            (3, "case_no", "identifier_lost", "5.1E+17", "quarantined"),
            (3, "department", "unknown_code", "火星厅", "quarantined"),
            (3, "item", "personal_data_masked", None, "quarantined"),
        ]
        assert excluded(typed_pass) == [(3, "quarantined", "identifier_lost")]


def test_a_sealed_text_that_names_nobody_is_loaded_as_it_was_written() -> None:
    with open_pass() as typed_pass:
        add(typed_pass, (3, sealed("13900001111"), sealed("甲"), sealed("公安厅"), MOMENT))
        fix_texts(typed_pass)
        assert stored(typed_pass) == [(3, "13900001111", "甲")]
        assert problems(typed_pass) == []


def test_a_row_that_goes_to_quarantine_stays_sealed_in_raw() -> None:
    with open_pass() as typed_pass:
        seal = sealed("13900001111")
        add(typed_pass, (3, seal, "'甲", "火星厅", MOMENT))
        fix_texts(typed_pass)
        assert stored(typed_pass) == [(3, seal, "'甲")]


def test_a_text_that_the_contract_does_not_forgive_refuses_the_file_with_its_column() -> None:
    with open_pass(onError="refuse_file") as typed_pass:
        add(typed_pass, (3, "A1", None, "火星厅", MOMENT))
        with pytest.raises(RefusedFileError) as caught:
            fix_texts(typed_pass)
    assert caught.value.refusal is LoadRefusal.COLUMN_UNREADABLE
    assert (caught.value.place, caught.value.found) == (RefusalPlace(sheet="csv", column="部门"), "火星厅")
