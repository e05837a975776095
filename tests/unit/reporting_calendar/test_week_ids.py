"""Week ids are written and read in one module, and no other code cuts them by position."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline.reporting_calendar import CalendarError
from pipeline.reporting_calendar.week_ids import is_week_id, read_week_id, week_id_of, weeks_in_words, year_bounds


def test_a_week_id_is_read_as_it_was_written() -> None:
    assert week_id_of(2023, 5) == "2023-05"
    assert read_week_id("2023-05") == (2023, 5)


def test_every_week_of_a_year_lies_within_its_bounds_and_none_of_another_year() -> None:
    first, last = year_bounds("2023-15")
    weeks = [week_id_of(year, issue_no) for year in (2022, 2023, 2024) for issue_no in range(1, 54)]
    assert [week for week in weeks if first <= week <= last] == [
        week_id_of(2023, issue_no) for issue_no in range(1, 54)
    ]


@pytest.mark.parametrize("text", ["2023-5", "2023年第5期", "2023-005", " 2023-05", ""])
def test_any_other_way_of_writing_is_no_week_id(text: str) -> None:
    assert not is_week_id(text)
    with pytest.raises(CalendarError, match="写法不对"):
        read_week_id(text)


ROOT = Path(__file__).parents[3]
THE_PARSER = ROOT / "pipeline/reporting_calendar/week_ids.py"
# `left(w.week_id, 4)`, `substr(event_week_id, 5)`, `week_id LIKE '2023-%'`
CUT_IN_SQL = re.compile(
    r"\b(left|right|substr|substring|split_part|regexp_extract)\(\s*[\w.$]*week(_id)?\b|\bweek_id\s+(NOT\s+)?LIKE\b"
)
# A regular expression for `2023-15`, as in r"(\d{4})-(\d{2})", and not the beginning of one for a day.
PATTERN_OF_ONE = re.compile(r"\\d\{4\}\)?-\(?\\d\{2\}\)?(?!-)")
CUTTING_METHODS = {"split", "rsplit", "partition", "rpartition", "startswith", "removeprefix"}


def python_files() -> list[Path]:
    folders = ("pipeline", "assets", "zhoubao", "notebooks")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if path != THE_PARSER]


def is_week(node: ast.expr) -> bool:
    """Whether an expression is called a week: `week`, `week_id`, `cell.week_id`, `issue["week_id"]`."""
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name = str(node.slice.value)
    else:
        return False
    return re.fullmatch(r"(\w*_)?week(_id)?", name) is not None


def cuts_a_week(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice) and is_week(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in CUTTING_METHODS and is_week(node.func.value)
    return False


@pytest.mark.parametrize(
    "code", ["week_id[:4]", "cell.week_id[5:]", 'row["week_id"].split("-")', "week.partition('-')"]
)
def test_the_search_finds_a_cut_week_id(code: str) -> None:
    assert any(cuts_a_week(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("sql", ["left(w.week_id, 4)", "substr(week_id, 6)", "right(event_week_id, 2)"])
def test_the_search_finds_a_week_id_cut_in_sql(sql: str) -> None:
    assert CUT_IN_SQL.search(sql)


def test_no_python_code_cuts_a_week_id() -> None:
    cuts = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if cuts_a_week(node)
    ]
    assert cuts == [], "ask ReportWeek, or read_week_id where a person typed it"


def test_no_sql_cuts_a_week_id() -> None:
    sql_files = sorted((ROOT / "sql").rglob("*.sql"))
    cuts = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in [*sql_files, *python_files()]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if CUT_IN_SQL.search(line) or PATTERN_OF_ONE.search(line)
    ]
    assert cuts == [], "join core.report_week, or docs.report_week in the published file"


def test_one_week_is_named_once_and_several_by_the_first_and_the_last() -> None:
    assert weeks_in_words("2023-03", "2023-03") == "2023-03"
    assert weeks_in_words("2023-03", "2023-05") == "2023-03 至 2023-05"
