"""Numbers are read exactly or not at all."""

from decimal import Decimal

import pytest

from pipeline.ingest.cells.numbers import parse_number


def test_a_space_groups_thousands_and_nothing_else() -> None:
    assert parse_number("1 234 567") == 1234567
    assert parse_number("12 34") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("(5)件", None), ("(5)", "-5"), ("3.5万件", "35000"), ("2十万", "200000"), ("98.5%", "0.985"), ("5%万", None)],
)
def test_a_number_is_read_from_the_outside_in(text: str, number: str | None) -> None:
    assert parse_number(text) == (Decimal(number) if number else None)


def test_what_counts_something_else_than_the_column_is_no_number_of_it() -> None:
    assert parse_number("3小时", "工作日") is None
    assert parse_number("3人", "件") == 3


@pytest.mark.parametrize("text", ["0,611", "00,123", "000,123", "0 611", "-0,611"])
def test_no_group_of_thousands_begins_with_a_zero(text: str) -> None:
    assert parse_number(text) is None
