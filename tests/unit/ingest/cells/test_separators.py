"""A number that can be read in two ways is doubtful where its table does not decide which is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts import Field
from pipeline.contracts.model import FieldType
from pipeline.ingest.cells.separators import Separation, doubtful_numbers, separation_of

RATE = Field(name="rate", title="办结率", type=FieldType.NUMBER, unit="%", additive=False)
AMOUNT = Field(name="amount", title="金额", type=FieldType.NUMBER, unit="元")
COUNT = Field(name="cases", title="受理", type=FieldType.INTEGER, unit="件")


@pytest.mark.parametrize(
    ("text", "separation"),
    [
        ("12", Separation.NONE),
        ("1,234,567", Separation.THOUSANDS_COMMA),
        ("1,234.5件", Separation.THOUSANDS_COMMA),
        ("1,234", Separation.EITHER_COMMA),
        ("（1，234）", Separation.EITHER_COMMA),
        ("-1,234", Separation.EITHER_COMMA),
        ("93,33", Separation.DECIMAL_COMMA),
        ("0,611%", Separation.DECIMAL_COMMA),
        ("1.234,5", Separation.DECIMAL_COMMA),
        ("1234,567", Separation.DECIMAL_COMMA),
        ("1.234.567", Separation.THOUSANDS_DOT),
        ("1.234", Separation.EITHER_DOT),
        ("0.611", Separation.DECIMAL_DOT),
        ("93.3", Separation.DECIMAL_DOT),
        ("1,23,456", Separation.OTHER),
        ("公安厅", Separation.OTHER),
        ("2,3号窗口合并", Separation.OTHER),
        ("", Separation.OTHER),
    ],
)
def test_separators_say_what_they_part(text: str, separation: Separation) -> None:
    assert separation_of(text) is separation


@pytest.mark.parametrize("field", [RATE, AMOUNT, COUNT], ids=lambda field: field.name)
@pytest.mark.parametrize("evidence", ["93,33", "0,611", "1.234,5", "1.234.567"])
def test_beside_a_number_of_another_locale_all_others_with_one_separator_are_doubtful(
    field: Field, evidence: str
) -> None:
    found = doubtful_numbers([(field, [evidence, "97,205", "1.234", "12"])])
    assert found == {field.name: {evidence, "97,205", "1.234"}}


def test_the_notation_of_one_column_is_that_of_the_others_that_do_not_say_otherwise() -> None:
    other = COUNT.model_copy(update={"name": "other"})
    found = doubtful_numbers([(RATE, ["93,33"]), (COUNT, ["1.234", "12.000"]), (other, ["1,234,567", "1,234"])])
    assert found == {"rate": {"93,33"}, "cases": {"1.234", "12.000"}}


def test_groups_of_thousands_stay_as_they_are() -> None:
    assert doubtful_numbers([(COUNT, ["1,234", "12", "567"]), (AMOUNT, ["1,234", "12.5", "1,234,567"])]) == {}


def test_a_rate_above_a_thousand_per_cent_is_doubtful() -> None:
    assert doubtful_numbers([(RATE, ["97,205", "25,125"])]) == {"rate": {"97,205", "25,125"}}
    assert doubtful_numbers([(RATE, ["97.205", "25.125", "1,097.2"])]) == {}


@pytest.mark.parametrize(
    ("texts", "doubtful"),
    [
        (["12.000", "17"], {"12.000"}),
        (["12.000"], {"12.000"}),
        (["12.000", "1.234"], {"12.000"}),
        (["12.000", "5.000"], set()),
        (["12.000", "0.000"], set()),
        (["12.0", "5.0"], set()),
        (["1.234", "17"], set()),
    ],
)
def test_a_count_with_three_zeros_behind_a_dot_may_be_thousands(texts: list[str], doubtful: set[str]) -> None:
    assert doubtful_numbers([(COUNT, texts)]) == ({"cases": doubtful} if doubtful else {})


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_numbers_as_python_groups_them_are_never_doubtful(numbers: list[int]) -> None:
    texts = [f"{number:,}" for number in numbers]
    assert doubtful_numbers([(COUNT, texts), (AMOUNT, [f"{number:,}.50" for number in numbers])]) == {}


@given(st.lists(st.decimals(0, 10**6, places=3), min_size=1), st.integers(0, 999).map(lambda number: f"0,{number:03}"))
def test_no_decimal_comma_is_taken_for_thousands(numbers: list[object], evidence: str) -> None:
    texts = [f"{number:f}".replace(".", ",") for number in numbers]
    assert doubtful_numbers([(RATE, [*texts, evidence])]) == {"rate": {*texts, evidence}}
