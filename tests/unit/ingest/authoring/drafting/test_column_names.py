"""Names of columns come from the terms of the field, or from English labels."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.drafting.column_names import ascii_name, contract_name, usable


@pytest.mark.parametrize(
    ("label", "name"),
    [("投诉编号", "complaint_no"), ("受理/本周", "accepted_week"), ("SRNumber", "srnumber"), ("奇异栏目", None)],
)
def test_names_come_from_the_terms_of_the_field(label: str, name: str | None) -> None:
    assert ascii_name(label)[0] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("Order No.", "order_no"), ("2nd", "c_2nd"), ("order", "order_value"), ("yes", "yes_value"), ("——", None)],
)
def test_a_usable_name_is_no_word_of_sql_or_yaml(text: str, name: str | None) -> None:
    assert usable(text) == name


def test_a_label_of_which_a_part_is_unknown_is_said_to_be_named_in_part() -> None:
    assert ascii_name("奇投诉编号") == ("complaint_no", False)
    assert ascii_name("CreatedDate(UTC)") == ("created_date", True)


@pytest.mark.parametrize(
    ("title", "name"), [("requests", "requests"), ("2023-15", None), ("2023年第15期", None), ("投诉2023", "complaint")]
)
def test_a_contract_is_not_named_after_digits(title: str, name: str | None) -> None:
    assert contract_name(title) == name
