"""Types are guessed only where they change no value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.column_types import type_of


@pytest.mark.parametrize(
    ("label", "texts", "kind"),
    [
        ("邮编", ["0101", "0202"], FieldType.STRING),
        ("办件编号", ["1", "2"], FieldType.STRING),
        ("数", ["12.5%", "3%"], FieldType.NUMBER),
        ("数", ["1.1234567", "2"], FieldType.STRING),
        ("数", ["510101199001011234", "510101199001011235"], FieldType.STRING),
        ("日期", ["4月17日", "4月18日"], FieldType.DATE),
        ("时间", ["2023-04-17 09:00:00"], FieldType.DATETIME),
        ("受理累计", ["41034", "35010", "28231"], FieldType.INTEGER),
        ("当日", ["41034", "35010"], FieldType.INTEGER),
        ("办理时间（分钟）", ["41034", "35010"], FieldType.INTEGER),
        ("受理日期", ["45033", "45034"], FieldType.DATE),
        ("created_date", ["45033", "45034"], FieldType.DATE),
        ("统计日", ["20230417", "20230418"], FieldType.DATE),
    ],
)
def test_types_that_would_change_a_value_are_not_guessed(label: str, texts: list[str], kind: FieldType) -> None:
    assert type_of(label, texts, True).type is kind


def test_numbers_with_a_word_among_them_stay_text_and_are_said_to_be_mixed() -> None:
    guess = type_of("时限", ["3", "5", "五"], True)
    assert guess.type is FieldType.STRING
    assert "多数是数字，“五”等不是" in guess.doubt


@given(st.lists(st.integers(10_000, 99_999).map(str), min_size=1, max_size=8, unique=True))
def test_numbers_of_five_digits_below_a_header_of_counts_are_never_days(texts: list[str]) -> None:
    for label in ("受理累计", "4月17日", "累计日", "受理/17日"):
        assert type_of(label, texts, True).type is FieldType.INTEGER


@given(st.lists(st.integers(32_874, 54_788).map(str), min_size=1, max_size=8, unique=True))
def test_numbers_of_days_below_a_header_that_names_a_day_are_days_and_asked_about(texts: list[str]) -> None:
    guess = type_of("受理日期", texts, True)
    assert guess.type is FieldType.DATE
    assert "若是数量请写 type: integer" in guess.doubt


@pytest.mark.parametrize(
    ("label", "texts"),
    [("受理日期", ["71184", "45033"]), ("办理时间", ["12034", "58210"]), ("办理时间", ["71184"])],
)
def test_numbers_that_are_hardly_days_stay_numbers_and_are_asked_about(label: str, texts: list[str]) -> None:
    guess = type_of(label, texts, True)
    assert guess.type is FieldType.INTEGER
    assert "若是日期请写 type: date" in guess.doubt


def test_a_ratio_that_a_spreadsheet_computed_is_a_number_to_four_places_and_an_amount_stays_as_it_is() -> None:
    guess = type_of("办结率", ["91.304347826087%", "93.4782608695652%"], False)
    assert (guess.type, guess.decimals) == (FieldType.NUMBER, 4)
    assert type_of("金额", ["91.304347826087", "93.4782608695652"], False).type is FieldType.STRING
