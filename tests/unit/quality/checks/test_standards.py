from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from pipeline.hall.files_in_force import FilesInForce
from pipeline.quality.checks.core_types import KWARGS_BY_TYPE
from pipeline.quality.checks.model import TableSuite, each_check
from pipeline.quality.checks.standards import (
    DIMENSION_MEANINGS,
    DIMENSIONS,
    DIMENSIONS_ENGLISH,
    LEVEL_MEANINGS,
    SAYS_NOTHING,
    dimension_of_type,
    level_of_type,
)
from pipeline.quality.checks.suites import SuiteError, load_suites, unsaid_of_hall
from pipeline.quality.contract_checks.suites import contract_suites, hall_suites
from pipeline.settings import Settings
from tests.unit.quality.contract_checks.every_word import DISTRICTS, OTHERWISE, contract_of

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
QUERY = {"unexpected_rows_query": "SELECT week_id, k, n FROM {batch} WHERE n < 0"}


def write_suite(folder: Path, *checks: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    suite = {"name": "charts.t", "meta": {"title_zh": "测试用表"}, "expectations": list(checks)}
    (folder / "charts.t.yaml").write_text(yaml.safe_dump(suite, allow_unicode=True), "utf-8")


def test_the_dimensions_are_the_six_of_the_standard_and_have_words() -> None:
    assert DIMENSIONS == ("规范性", "完整性", "准确性", "一致性", "时效性", "可访问性")
    assert set(DIMENSION_MEANINGS) == set(DIMENSIONS_ENGLISH) == set(DIMENSIONS)
    assert list(LEVEL_MEANINGS) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("kind", sorted(KWARGS_BY_TYPE))
def test_every_type_that_tells_something_has_a_dimension_and_a_level(kind: str) -> None:
    is_known = kind not in SAYS_NOTHING
    assert (dimension_of_type(kind) is not None) == is_known
    assert (level_of_type(kind) is not None) == is_known


@pytest.mark.parametrize(
    ("kind", "kwargs", "said", "level"),
    [
        ("expect_column_values_to_not_be_null", {"column": "n"}, "完整性", 1),
        ("expect_compound_columns_to_be_unique", {"column_list": ["week_id", "k"]}, "准确性", 1),
        ("expect_column_values_to_be_in_set", {"column": "k", "value_set": ["a"]}, "规范性", 1),
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "m"}, "一致性", 1),
    ],
)
def test_a_native_type_tells_its_dimension(
    make_check: MakeCheck, suite_of: SuiteOf, kind: str, kwargs: dict[str, Any], said: str, level: int
) -> None:
    (check,) = suite_of(make_check(kind, kwargs)).expectations
    assert (check.dimension, check.level, check.unsaid) == (said, level, ())


def test_what_the_meta_says_counts_before_the_type(make_check: MakeCheck, suite_of: SuiteOf) -> None:
    days = {"column_A": "n", "column_B": "m"}
    kind = "expect_column_pair_values_a_to_be_greater_than_b"
    (check,) = suite_of(make_check(kind, days, dimension="时效性", level=0)).expectations
    assert (check.dimension, check.level) == ("时效性", 0)


def test_another_dimension_or_level_is_refused(make_check: MakeCheck, suite_of: SuiteOf) -> None:
    kind = "expect_column_values_to_not_be_null"
    with pytest.raises(ValidationError, match="dimension"):
        suite_of(make_check(kind, {"column": "n"}, dimension="美观性"))
    with pytest.raises(ValidationError, match="level"):
        suite_of(make_check(kind, {"column": "n"}, level=6))


def test_a_query_of_the_program_without_either_is_refused_in_a_sentence(make_check: MakeCheck, tmp_path: Path) -> None:
    write_suite(tmp_path, make_check("unexpected_rows_expectation", QUERY, level=1))
    with pytest.raises(SuiteError) as error:
        load_suites(tmp_path)
    assert str(error.value) == (
        "charts.t.yaml：检查 a_check，meta 中没有写 dimension（规范性、完整性、准确性、一致性、时效性、可访问性 之一）"
    )


def test_a_query_of_a_hall_goes_without_and_is_named(make_check: MakeCheck, tmp_path: Path) -> None:
    write_suite(tmp_path / "hall", make_check("unexpected_rows_expectation", QUERY))
    (tmp_path / "program").mkdir()
    files = FilesInForce((tmp_path / "hall", tmp_path / "program"), "*.yaml")
    (suite,) = load_suites(files)
    (check,) = suite.expectations
    assert (check.dimension, check.level) == ("规范性", 1)
    (sentence,) = unsaid_of_hall(files)
    assert "dimension（" in sentence and "level（0 至 5）" in sentence


def test_every_check_of_the_program_and_of_every_word_says_both(settings: Settings, tmp_path: Path) -> None:
    every_word = [contract_of(tmp_path, text) for text in (DISTRICTS, OTHERWISE)]
    suites = [*hall_suites(settings), *contract_suites(every_word)]
    assert [(suite.table, check.name) for suite, check in each_check(suites) if check.unsaid] == []
