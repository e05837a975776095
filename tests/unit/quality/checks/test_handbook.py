"""The table of expectations/README.md: what stands around it stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.quality.checks.handbook import BEGIN, END, refreshed, render, write_readme
from pipeline.quality.checks.model import TableSuite

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]


def test_a_check_is_a_row_that_says_whether_it_stops_the_release(make_check: MakeCheck, suite_of: SuiteOf) -> None:
    text = render([suite_of(make_check("expect_column_values_to_not_be_null", {"column": "n"}))])
    *_, row = text.splitlines()
    assert row == (
        "| charts.t | `a_check`<br>一项检查<br>A check | 只用于测试 | 完整性 | 1 | 是 | 数据专员 | 请更正数据 |"
    )


def test_what_stands_before_and_behind_the_table_stays(make_check: MakeCheck, suite_of: SuiteOf) -> None:
    suite = suite_of(make_check("expect_column_values_to_not_be_null", {"column": "n"}))
    text = refreshed(f"前\n{BEGIN}\n旧表\n{END}\n后\n", [suite])
    assert text.startswith(f"前\n{BEGIN}\n| 表 table |")
    assert text.endswith(f"\n{END}\n后\n")
    assert "旧表" not in text


def test_a_readme_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="应有两行标记"):
        refreshed("没有标记", [])


def test_the_readme_of_a_folder_is_written_from_its_suites(tmp_path: Path, make_check: MakeCheck) -> None:
    check = make_check("expect_column_values_to_not_be_null", {"column": "n"})
    document = {"name": "charts.t", "meta": {"title_zh": "测试用表"}, "expectations": [check]}
    (tmp_path / "charts.t.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\n{END}\n", "utf-8")
    write_readme(tmp_path)
    assert "| charts.t | `a_check`" in readme.read_text("utf-8")
