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
def test_numbers_of_five_digits_are_days_only_below_a_header_that_names_a_day(texts: list[str]) -> None:
    assert type_of("受理累计", texts, True).type is FieldType.INTEGER
    assert type_of("受理日期", texts, True).type is FieldType.DATE
