"""The first sentence says what is wrong, with the values observed, for every check and every hall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.suite_words import FIELD, Word
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.findings.faults import evidence, observation, parted, rest_of
from pipeline.settings import load_settings
from tests.unit.quality.conftest import check_of

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
WORDS = Vocabulary(
    [Word("k", "", "a", "甲"), Word(FIELD, "charts.t", "n", "件数"), Word(FIELD, "charts.t", "m", "上限")]
).of("charts.t")
ROW = {"week_id": "2023-01", "k": "a", "n": -3, "m": 2, "difference": 5}


def made(kind: str, kwargs: dict[str, Any], **meta: Any) -> Check:
    return Check.model_validate(check_of(kind, kwargs, **{"evidence_zh": None, **meta}))


NATIVE = [
    (made("expect_column_values_to_not_be_null", {"column": "n"}), {**ROW, "n": None}, "甲：件数为空"),
    (
        made("expect_column_values_to_be_between", {"column": "n", "min_value": 0}),
        ROW,
        "甲：件数为 -3，应不小于 0",
    ),
    (
        made("expect_column_values_to_be_between", {"column": "n", "min_value": 0, "max_value": 9}),
        ROW,
        "甲：件数为 -3，应不小于 0、不大于 9",
    ),
    (
        made("expect_column_values_to_be_in_set", {"column": "n", "value_set": ["I", "{U}"]}),
        {**ROW, "n": "X"},
        "甲：件数为“X”，应为：I、{U}",
    ),
    (
        made("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "m", "or_equal": True}),
        ROW,
        "甲：件数为 -3，应不小于上限的 2",
    ),
    (
        made("expect_compound_columns_to_be_unique", {"column_list": ["k", "n"]}),
        ROW,
        "有几行的k、件数相同：甲，-3",
    ),
    (
        made("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1 FROM {batch}"}, figures=["n"]),
        ROW,
        "甲：件数 -3",
    ),
    (
        made("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1 FROM {batch}"}),
        ROW,
        "甲：不符合“一项检查”",
    ),
]


@pytest.mark.parametrize(("check", "row", "fault"), NATIVE, ids=range(len(NATIVE)))
def test_a_check_without_words_of_its_own_says_what_was_observed_and_what_is_allowed(
    check: Check, row: dict[str, Any], fault: str
) -> None:
    assert observation(check, row, WORDS) == fault


def test_evidence_without_a_value_stands_behind_the_sentence_that_is_made() -> None:
    check = made("expect_column_values_to_not_be_null", {"column": "n"}, evidence_zh="请看来源文件")
    assert observation(check, {**ROW, "n": None}, WORDS) == "甲：件数为空。请看来源文件"


def test_a_fault_stands_first_and_the_evidence_behind_it() -> None:
    check = made(
        "expect_column_values_to_not_be_null", {"column": "n"}, fault_zh="件数 {n}", evidence_zh="{k}第 {m} 行"
    )
    assert observation(check, ROW, WORDS) == "件数 -3。甲第 2 行"
    assert evidence(check, [ROW], 1, WORDS) == "件数 -3。甲第 2 行"
    assert evidence(check, [ROW, {**ROW, "n": 4}], 2, WORDS) == "件数 -3；件数 4"


def test_a_few_rows_are_said_and_the_others_counted() -> None:
    check = made("expect_column_values_to_not_be_null", {"column": "n"}, evidence_zh="{k} 的数为 {n}")
    rows = [{"k": "a", "n": number} for number in range(4)]
    assert evidence(check, rows[:1], 1, WORDS) == "甲 的数为 0"
    assert evidence(check, rows, 9, WORDS) == "甲 的数为 0；甲 的数为 1；甲 的数为 2；等共 9 处"


def test_a_fault_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="只能是一句话"):
        made("expect_column_values_to_not_be_null", {"column": "n"}, fault_zh="为 {n}。不对")


def test_a_column_that_a_made_sentence_shows_counts_as_shown() -> None:
    kwargs = {"column": "applicant_name"}
    assert "applicant_name" in made("expect_column_values_to_not_be_null", kwargs).shown_columns
    own_words = made("expect_column_values_to_not_be_null", kwargs, evidence_zh="{k} 没有姓名")
    assert "applicant_name" not in own_words.shown_columns


@given(st.text(alphabet=st.characters(exclude_characters="。"), min_size=1), st.text())
def test_a_text_parts_into_its_fault_and_the_rest(fault: str, rest: str) -> None:
    text = f"{fault}。{rest}"
    assert parted(text) == (fault, rest.strip())
    assert rest_of(fault, text) == rest.strip()


def test_a_finding_of_an_earlier_version_whose_title_is_the_rule_keeps_all_its_evidence() -> None:
    assert rest_of("数量在往周的正常范围内", "颁发为 9。见表") == "颁发为 9。见表"
    assert rest_of("任何规则", None) == ""


@given(st.integers(-(10**9), 10**9), st.sampled_from([check for check, _, _ in NATIVE[1:3]]))
def test_the_observed_value_always_stands_in_the_fault(value: int, check: Check) -> None:
    assert f"件数为 {value}，" in observation(check, {**ROW, "n": value}, WORDS)


SUITES = load_suites(load_settings().expectations)
TECHNICAL = ("SQL", "marts.", "core.", "staging.", "charts.")


def test_instructions_are_written_for_the_one_who_reads_them() -> None:
    for suite in SUITES:
        for check in suite.expectations:
            if check.meta.owner != "平台维护":
                assert not any(word in check.meta.fix_zh for word in TECHNICAL), f"{suite.table}/{check.name}"


def test_the_fault_of_every_check_of_the_project_shows_values_of_the_failing_row() -> None:
    silent = [
        f"{suite.table}/{check.name}"
        for suite in SUITES
        for check in suite.expectations
        if "{" not in (check.meta.fault_zh or check.meta.evidence_zh or "{")
    ]
    assert silent == []
