"""Numbers are read exactly or not at all."""

from decimal import Decimal

import pytest

from pipeline.ingest.cells.numbers import parse_number, printed_step


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


@pytest.mark.parametrize(
    ("text", "unit", "step"),
    [
        ("85.25%", "%", "0.01"),
        ("90.00%", "%", "0.01"),
        ("92.8％", "%", "0.1"),
        ("85.25%", None, "0.0001"),
        ("2.31万", "件", "100"),
        ("2万", "件", "10000"),
        ("3.1234万件", "件", "1"),
        ("4,879件", "件", "1"),
        ("１２．５", None, "0.1"),
        ("(5)", None, "1"),
        ("0", None, "1"),
        ("0.00%", "%", "0.01"),
        ("1 234", None, "1"),
        (".5", None, "0.1"),
        (".05万", None, "100"),
    ],
)
def test_a_number_has_the_step_to_which_it_is_printed(text: str, unit: str | None, step: str) -> None:
    value = parse_number(text, unit)
    assert value is not None
    assert printed_step(text, value) == Decimal(step)
