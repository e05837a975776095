"""What a suite calls its columns and codes, and what the comments in sql/ say where it is silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.quality.checks.model import SuiteWords, TableSuite
from pipeline.quality.checks.suite_words import Word, column_words, suite_words, words_of_codes

MakeCheck = Callable[..., dict[str, Any]]
SuiteOf = Callable[..., TableSuite]
MODEL = """-- 测试用表
-- A table of the tests
-- grain: week_id, k
-- materialized: table
SELECT
    t.week_id, -- 期 | week
    t.k, -- 种类（代号） | kind
    t.n -- 件数，含往年 | cases
FROM ledger.t AS t
"""


@pytest.fixture
def sql_dir(tmp_path: Path) -> Path:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "t.sql").write_text(MODEL, "utf-8")
    return tmp_path


@pytest.fixture
def suite(suite_of: SuiteOf, make_check: MakeCheck) -> TableSuite:
    return suite_of(make_check("expect_column_values_to_not_be_null", {"column": "n"}, figures=["n", "excess"]))


def saying(suite: TableSuite, **words: Any) -> TableSuite:
    return suite.model_copy(update={"words": SuiteWords.model_validate(words)})


def test_a_column_is_called_as_its_comment_begins(suite: TableSuite, sql_dir: Path) -> None:
    assert column_words(suite, sql_dir) == {"k": "种类", "n": "件数"}


def test_the_words_of_the_suite_go_before_the_comment(suite: TableSuite, sql_dir: Path) -> None:
    spoken = saying(suite, columns={"n": "办件数", "excess": "超出"})
    assert column_words(spoken, sql_dir) == {"k": "种类", "n": "办件数", "excess": "超出"}


def test_a_table_without_a_model_has_the_words_of_its_suite_alone(suite: TableSuite, tmp_path: Path) -> None:
    assert column_words(saying(suite, columns={"k": "种类"}), tmp_path) == {"k": "种类"}


def test_codes_are_said_by_the_suite_and_by_the_lists_that_it_names(suite: TableSuite, sql_dir: Path) -> None:
    spoken = saying(suite, codes={"k": {"ALL": "全部"}}, codes_of={"k": ["channel"]})
    lists = words_of_codes("channel", "", {"1": "窗口", "ALL": "全部形式"})
    codes = [word for word in suite_words([spoken], sql_dir, lists) if word.column_name == "k"]
    assert codes == [Word("k", "charts.t", "1", "窗口"), Word("k", "charts.t", "ALL", "全部")]
    assert all(word.is_of_table for word in codes)
    assert not any(word.is_of_table for word in lists)
