"""What the typed pass takes for nothing, for a note, for a total."""

from __future__ import annotations

import pytest

from pipeline.contracts import Field
from pipeline.ingest.load.csv_rows.typed_pass import always_missing, is_stored, is_typed, kind_of_words, says_nothing
from pipeline.ingest.tables.rows import RowKind
from tests.unit.ingest.load.tiny_cases import MOMENT, case_contract, fields, header_of, open_pass


def test_a_mark_means_nothing_in_the_whole_file_where_it_does_in_every_field() -> None:
    own = fields(item={"missingValues": ["", "—"]})
    assert always_missing(case_contract(missingValues=["", "—", "无"], fields=own)) == ["", "—"]


def test_an_empty_cell_means_nothing_though_a_field_does_not_list_it() -> None:
    own = fields(item={"missingValues": ["—"]})
    assert always_missing(case_contract(missingValues=["", "—"], fields=own)) == ["", "—"]


def test_a_personal_column_that_is_dropped_and_one_without_a_field_are_not_stored() -> None:
    assert is_stored(Field(name="item", title="事项"))
    assert is_stored(Field(name="person", title="经办人", personal="hmac"))
    assert not is_stored(Field(name="person", title="经办人", personal="drop"))
    assert not is_stored(None)


@pytest.mark.parametrize("text", [None, "", " ", "　\u200b", "\x1a", "—"])
def test_blanks_marks_and_the_end_of_a_dos_text_say_nothing(text: str | None) -> None:
    assert says_nothing(text, ["—"])


@pytest.mark.parametrize("text", ["0", "无", "——", "a\x1a"])
def test_any_other_text_says_something(text: str) -> None:
    assert not says_nothing(text, ["—"])


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["注：以平台为准"], RowKind.NOTE),
        (["制表人：某某", "", "", ""], RowKind.NOTE),
        (["合 计", "12", "", "—"], RowKind.TOTAL),
        (["A1", "企业设立", "公安厅", ""], None),
        (["注：以平台为准", "企业设立", "公安厅", MOMENT], None),
    ],
)
def test_a_record_without_the_moment_of_every_case_may_be_a_note_or_a_total(
    cells: list[str], kind: RowKind | None
) -> None:
    with open_pass() as typed_pass:
        assert kind_of_words(typed_pass, cells) is kind


def test_nothing_is_taken_for_a_note_where_a_case_may_lack_its_moment() -> None:
    with open_pass(fields=fields(accepted={"constraints": {}})) as typed_pass:
        assert kind_of_words(typed_pass, ["注：以平台为准", "", "", ""]) is None


def test_totals_need_a_moment_that_no_case_lacks() -> None:
    contract = case_contract()
    assert is_typed(contract, header_of(contract))
    without = case_contract(fields=fields(accepted={"constraints": {}}))
    assert not is_typed(without, header_of(without))
