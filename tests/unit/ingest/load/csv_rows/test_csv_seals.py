"""What may name a person is sealed on its way through `raw`, and nothing else is."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.load.csv_rows import csv_seals
from pipeline.ingest.load.csv_rows.csv_seals import is_sealed, sealed, sealed_sql, sealing, unsealed, watched_sql
from pipeline.privacy.second_net import KnownPersons
from tests.unit.ingest.load.tiny_cases import case_contract

CONTRACT = case_contract()
FIELDS = {field.name: field for field in CONTRACT.fields}


def passed(field: str, *texts: str | None) -> list[str | None]:
    """The texts as they reach `raw` in a row that has its moment."""
    with duckdb.connect() as con, sealing(con, CONTRACT, KnownPersons()):
        rows = watched_sql("(SELECT unnest(?::VARCHAR[]) AS t)", CONTRACT, {field: "t"})
        query = f"SELECT {sealed_sql(CONTRACT, FIELDS[field], 't')} FROM {rows}"
        return [text for (text,) in con.execute(query, [list(texts)]).fetchall()]


@pytest.mark.parametrize("text", ["电话13900001111", "", "\x01", "王", "a" * 100_000])
def test_what_was_sealed_can_be_read_again_with_the_key_and_is_always_sealed_to_the_same(text: str) -> None:
    assert unsealed(sealed(text)) == text
    assert sealed(text) == sealed(text)
    assert is_sealed(sealed(text))
    assert len(text) < 5 or text not in sealed(text)


@pytest.mark.parametrize("text", ["编号20230417000100", "企业设立", "", None, "审核：通过"])
def test_a_free_text_that_names_nobody_is_not_sealed(text: str | None) -> None:
    assert passed("item", text) == [text]


@pytest.mark.parametrize("text", ["电话13900001111", "联系人：王小明", "\x01企业设立", "a@example.org"])
def test_a_free_text_that_names_a_person_or_begins_like_a_seal_is_sealed(text: str) -> None:
    (stored,) = passed("item", text)
    assert is_sealed(stored)
    assert stored is not None
    assert unsealed(stored) == text


@pytest.mark.parametrize("text", ["510000-20230417-000001", "川办2023-0001", "11510010MB007127194200100039000", "A1"])
def test_an_identifier_is_not_sealed(text: str) -> None:
    assert passed("case_no", text) == [text]


@pytest.mark.parametrize(
    "text",
    ["13950000005", "+86-139 5000 0005", "139-5000-0006", "51010519870303002X", "a@example.org", "填报人", "王小明"],
)
def test_a_number_of_a_person_or_words_in_place_of_an_identifier_are_sealed(text: str) -> None:
    (stored,) = passed("case_no", text)
    assert is_sealed(stored)


def test_a_column_full_of_identifiers_that_look_like_numbers_of_persons_is_not_sealed_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_seals, "_MOST_IDENTIFIERS", 2)
    stored = passed("case_no", *(f"1395000000{digit}" for digit in range(5)))
    assert sum(map(is_sealed, stored)) == 2


PIECES = [
    "139",
    "5000",
    "0005",
    "8",
    "王小明",
    "家长",
    "：",
    ":",
    "@",
    "a",
    "b.c",
    " ",
    "-",
    "\x00",
    "\x01",
    "公安厅",
    "A",
    "７",
]
cells = st.none() | st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


@settings(max_examples=150, deadline=None)
@given(row=st.tuples(cells, cells, cells, cells), moment=st.sampled_from(["2023-04-17 09:05:00", None]))
def test_texts_that_are_looked_at_together_are_sealed_as_each_of_them_is_alone(
    row: tuple[str | None, ...], moment: str | None
) -> None:
    columns = {"case_no": "c0", "item": "c1", "department": "c2"}
    source = (
        "(SELECT ?::VARCHAR AS c0, ?::VARCHAR AS c1, ?::VARCHAR AS c2, ?::VARCHAR AS person, ?::TIMESTAMP AS moment)"
    )
    watched = watched_sql(source, CONTRACT, columns, "moment", ["person"])
    always = f"(SELECT *, true AS {csv_seals._MAY_NAME_PERSON} FROM {source})"
    stored = []
    for rows in (watched, always):
        persons = KnownPersons()
        with duckdb.connect() as con, sealing(con, CONTRACT, persons):
            selected = [sealed_sql(CONTRACT, FIELDS[name], at, "moment", ["person"]) for name, at in columns.items()]
            found = con.execute(f"SELECT {', '.join(selected)} FROM {rows}", [*row, moment]).fetchall()
        stored.append((found, len(persons)))
    assert stored[0] == stored[1]
