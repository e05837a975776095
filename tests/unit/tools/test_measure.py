"""What the measures of the code count, and that the code keeps their limits."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.measure import (
    FolderMeasure,
    FunctionMeasure,
    branches_of,
    broken_limits,
    comment_share,
    folders_of,
    functions_in,
    measure_folder,
    measure_whole,
    public_functions,
    table_lines,
    words_of_tests,
)

MODULE = '''
def total(numbers):
    """Adds numbers.

    Twice.
    """
    # why
    return sum(number for number in numbers if number and number > 0)


def _hidden():
    return 1
'''


def whole_of(*functions: FunctionMeasure) -> FolderMeasure:
    return FolderMeasure("all", 1, functions, 0.0, ())


@pytest.mark.parametrize(
    ("body", "branches"),
    [
        ("return 1", 0),
        ("if a: return 1", 1),
        ("return 1 if a else 2", 1),
        ("return a and b or c", 2),
        ("return [x for x in a if x if b]", 3),
        ("for x in a:\n  while b:\n   assert c", 3),
        ("try:\n  pass\n except OSError:\n  pass", 1),
        ("match a:\n  case 1: pass\n  case _: pass", 2),
    ],
)
def test_every_way_to_branch_counts(body: str, branches: int) -> None:
    (function,) = ast.parse(f"def f():\n {body}\n").body
    assert isinstance(function, ast.FunctionDef)
    assert branches_of(function) == branches


def test_a_docstring_is_no_line_of_its_function() -> None:
    total, hidden = functions_in(MODULE, "m.py")
    assert total == FunctionMeasure("m.py:2 total", 3, 3)
    assert total.density == 1.0
    assert hidden.place == "m.py:11 _hidden"


def test_only_comments_count_as_comments() -> None:
    assert comment_share(["# why\nx = '# no'\n", "y = 1\n\n"]) == 0.25


def test_a_public_function_without_a_word_in_the_tests_is_named(tmp_path: Path) -> None:
    assert public_functions(MODULE) == ["total"]
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "m.py").write_text(MODULE, "utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_m.py").write_text("from m import something\n", "utf-8")
    words = words_of_tests(tmp_path / "tests")
    measure = measure_folder(tmp_path / "code", tmp_path, words)
    assert measure.untested == ("code/m.py total",)
    assert (measure.modules, measure.longest, measure.p90) == (1, 3, 1.0)
    assert measure.weighted == 3 / 5


def test_each_limit_is_said_when_it_is_broken() -> None:
    assert broken_limits(whole_of(FunctionMeasure("a", 10, 1))) == []
    said = broken_limits(whole_of(FunctionMeasure("m.py:1 long", 61, 61)))
    assert [sentence.split(" ")[0] for sentence in said] == ["1.000", "1.000", "m.py:1"]


def test_the_table_has_a_line_per_folder() -> None:
    heading, line = table_lines([whole_of(FunctionMeasure("a", 10, 1))])
    assert heading.split()[0] == "folder"
    assert line.split() == ["all", "1", "1", "0.100", "0.100", "10", "0.0%", "0"]


def test_the_rooms_of_the_library_are_measured_one_by_one() -> None:
    names = {folder.name for folder in folders_of(Path(__file__).resolve().parents[3])}
    assert {"pipeline", "assets", "zhoubao", "notice", "cells"} <= names


def test_the_code_keeps_its_limits() -> None:
    assert broken_limits(measure_whole()) == []
