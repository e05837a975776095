"""What a suite means: categories, templates, the columns that a check shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.quality.checks.model import category_of, each_check, template_fields, unescaped
from pipeline.quality.checks.suites import read_suite

MakeCheck = Callable[..., dict[str, Any]]
QUERY = "SELECT week_id, k, n FROM {batch} WHERE n < 0"


def write(folder: Path, *checks: dict[str, Any], name: str = "charts.t") -> Path:
    path = folder / "charts.t.yaml"
    document = {"name": name, "meta": {"title_zh": "测试用表"}, "expectations": list(checks)}
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return path


def test_a_check_has_the_category_it_names_or_that_of_its_table(make_check: MakeCheck, suite_of: Any) -> None:
    plain, named = (
        suite_of(make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY}, **change)).expectations[0]
        for change in ({}, {"category": "报送完整性"})
    )
    assert category_of("staging.case_detail", plain.meta) == "来源数据"
    assert category_of("quality.correction", plain.meta) == "平台"
    assert category_of("staging.case_detail", named.meta) == "报送完整性"


def test_the_figures_and_the_department_of_a_check_are_columns_that_it_shows(
    tmp_path: Path, make_check: MakeCheck
) -> None:
    change = {"figures": ["n", "excess"], "department": "department_name"}
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY}, **change)
    shown = read_suite(write(tmp_path, check)).expectations[0].shown_columns
    assert shown == {"k", "n", "excess", "department_name"}


def test_a_template_may_only_name_columns() -> None:
    assert template_fields("{a} 和 {b_2}") == ("a", "b_2")
    with pytest.raises(ValueError, match="模板"):
        template_fields("{0}")


def test_every_check_comes_with_its_suite(make_check: MakeCheck, suite_of: Any) -> None:
    null = "expect_column_values_to_not_be_null"
    first = suite_of(make_check(null, {"column": "n"}, name="a"), make_check(null, {"column": "n"}, name="b"))
    second = suite_of(make_check(null, {"column": "n"}, name="a"), table="charts.u")
    pairs = [(suite.table, check.name) for suite, check in each_check([first, second])]
    assert pairs == [("charts.t", "a"), ("charts.t", "b"), ("charts.u", "a")]


def test_a_brace_of_a_regular_expression_is_written_twice_in_a_suite() -> None:
    assert unescaped("k SIMILAR TO '[0-9]{{9}}'") == "k SIMILAR TO '[0-9]{9}'"


def test_the_templates_of_a_check_are_its_evidence_and_its_explanation(make_check: MakeCheck, suite_of: Any) -> None:
    rule = {"sql": "n > 0", "how_zh": "因为 {m}"}
    check = make_check("expect_column_values_to_not_be_null", {"column": "n"}, explained_when=rule)
    meta = suite_of(check).expectations[0].meta
    assert meta.templates == ("{k} 的数为 {n}", "因为 {m}")
