"""Failing rows in words: values as people write them, keys as JSON, numbers of findings that stay the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.suite_words import Word
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.findings.wording import (
    display_columns,
    figures_json,
    finding_id,
    plain,
    sentence,
    shown_keys,
    spoken_value,
)

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
WORDS = Vocabulary([Word("k", "", "a", "甲")])


@pytest.fixture
def check(suite_of: SuiteOf, make_check: MakeCheck) -> Check:
    return suite_of(make_check("expect_column_values_to_not_be_null", {"column": "n"}, figures=["n"])).expectations[0]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        ("文字", "文字"),
        (Decimal("3.000000"), 3),
        (Decimal("12.500000"), "12.5"),
        (3.0, 3),
        (0.1234567, 0.123457),
        (datetime(2023, 4, 17, 9, 30), "2023-04-17 09:30:00"),
        (date(2023, 4, 17), "2023-04-17"),
    ],
)
def test_a_value_is_written_as_json_takes_it(value: object, written: object) -> None:
    assert plain(value) == written


def test_a_sentence_says_labels_and_an_empty_value_reads_as_empty() -> None:
    assert sentence("{k} 的数为 {n}", {"k": "a", "n": None}, WORDS) == "甲 的数为 空"
    assert spoken_value("k", {"k": "a"}, WORDS) == "甲"


def test_the_sheet_of_a_text_file_is_not_said() -> None:
    row = {"file": "办件.csv", "sheet": "csv"}
    assert sentence("{file} 工作表「{sheet}」有误", row, WORDS) == "办件.csv有误"


@pytest.mark.parametrize(
    ("printed", "computed", "said"),
    [
        ("12,345 件", "12340", "印为 12,345 件，应为 12,340"),
        ("12345 件", "12340", "印为 12345 件，应为 12340"),
        ("12,345 件", "12340.5", "印为 12,345 件，应为 12,340.5"),
        ("12,345 件", "0.12345", "印为 12,345 件，应为 0.12345"),
        ("2,3 件", "12340", "印为 2,3 件，应为 12340"),
    ],
)
def test_what_is_worked_out_is_written_as_the_export_writes_its_numbers(printed: str, computed: str, said: str) -> None:
    row = {"printed": printed, "computed": computed}
    assert sentence("印为 {printed}，应为 {computed}", row, WORDS) == said


def test_keys_are_those_of_five_rows_and_of_no_other_column() -> None:
    rows = [{"k": f"k{number}", "n": number} for number in range(6)]
    assert shown_keys(["k"], rows[:1]) == '[{"k": "k0"}]'
    assert shown_keys(["k"], rows).count("{") == 5


def test_figures_are_an_object_or_nothing() -> None:
    assert figures_json(["n"], {"n": Decimal("2.0")}) == '{"n": 2}'
    assert figures_json([], {"n": 2}) is None


def test_a_row_is_ordered_by_its_keys_and_then_by_whatever_its_words_need(check: Check) -> None:
    assert display_columns(check) == ("week_id", "k", "n")


def test_a_finding_keeps_its_number_whatever_the_order_of_its_cause() -> None:
    number = finding_id("charts.t", "c", {"k": "a", "d": date(2023, 4, 17)})
    assert number == finding_id("charts.t", "c", {"d": "2023-04-17", "k": "a"})
    assert number != finding_id("charts.t", "c", {"k": "b", "d": "2023-04-17"})
    assert len(number) == 16
