"""Columns by their letters, there and back."""

from __future__ import annotations

import pytest

from pipeline.ingest.containers.column_letters import column_letters, column_number


@pytest.mark.parametrize(
    ("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("AZ", 52), ("ZZ", 702), ("XFD", 16_384)]
)
def test_a_column_has_letters_and_a_number(letters: str, number: int) -> None:
    assert (column_number(letters), column_letters(number)) == (number, letters)
    assert column_number(letters.lower()) == number
