"""Reads expectations/*.yaml into typed suites, and says in sentences which file, check and field is wrong.

The shape of a suite is in `pipeline.quality.checks.model`. Running suites, and Great Expectations itself, belong in
`pipeline.quality.run.runner`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from pipeline.common.model_faults import fault_words
from pipeline.common.syntax_faults import yaml_fault
from pipeline.common.utf8_text import NotUtf8Error, read_utf8
from pipeline.contracts.loader import read_yaml
from pipeline.contracts.model import Contract
from pipeline.hall.files_in_force import Files, FilesInForce, files_of
from pipeline.quality.checks.model import TableSuite, each_check
from pipeline.quality.checks.standards import DIMENSIONS

# Tables of the warehouse itself: their columns are no fields of a source, whatever they are called.
_OWN_SCHEMAS: Final = ("ledger", "quarantine", "quality")
# What may stand there: six dimensions, six levels.
_ALLOWED: Final = {"dimension": "、".join(DIMENSIONS) + " 之一", "level": "0 至 5"}


class SuiteError(ValueError):
    """A suite that cannot be used; each line of its text names the file, the check and the field."""


def load_suites(files: Files) -> tuple[TableSuite, ...]:
    """Reads all suites of a folder, or those in force of a hall, ordered by table.

    Raises SuiteError where there is none, for YAML that does not parse, and every field that is wrong; also for a check
    that comes with the program and does not say its dimension and level. One of a hall's own goes without: an update
    of the program must not stop the hall (`unsaid_of_hall` tells which).
    """
    in_force = files_of(files, "*.yaml")
    paths = list(in_force)
    if not paths:
        raise SuiteError(f"{in_force.folder_of_program} 中没有检查文件（*.yaml），请确认 expectations 目录")
    suites = tuple(map(read_suite, paths))
    shipped = [suite for path, suite in zip(paths, suites, strict=True) if path.parent == in_force.folder_of_program]
    unsaid = unsaid_words(shipped)
    if unsaid:
        raise SuiteError("\n".join(unsaid))
    return suites


def unsaid_of_hall(files: FilesInForce) -> list[str]:
    """Returns a sentence for each check in the hall's own suites that does not say its dimension or level."""
    own = [path for path in files if path.parent != files.folder_of_program]
    return unsaid_words(map(read_suite, own))


def unsaid_words(suites: Iterable[TableSuite]) -> list[str]:
    """Returns `charts.t.yaml：检查 a_check，meta 中没有写 dimension（…）` for each check that lacks one."""
    lines = []
    for suite, check in each_check(suites):
        if check.unsaid:
            missing = "、".join(f"{name}（{_ALLOWED[name]}）" for name in check.unsaid)
            lines.append(f"{suite.table}.yaml：检查 {check.name}，meta 中没有写 {missing}")
    return lines


def read_suite(path: Path) -> TableSuite:
    """Reads one suite; raises SuiteError with a line for each problem."""
    try:
        content = read_yaml(path)
        suite = TableSuite.model_validate(content)
    except NotUtf8Error as error:
        raise SuiteError(str(error)) from error
    except yaml.YAMLError as error:
        raise SuiteError(f"{path.name} 不是有效的 YAML：{yaml_fault(error, read_utf8(path))}") from error
    except ValidationError as error:
        raise SuiteError(_in_words(path, content, error)) from error
    if suite.name != path.stem:
        raise SuiteError(f"{path.name}：name 是 {suite.name}，应与文件名一致：{path.stem}")
    return suite


def refuse_personal(suites: Iterable[TableSuite], contracts: Iterable[Contract]) -> None:
    """Raises SuiteError where a check would show a column that a contract calls personal or free text.

    The ledger, the quarantine and the desk have columns of their own: a contract's field that happens to be called
    `reason` is none of them.
    """
    hidden = _hidden_fields(contracts)
    lines = []
    for suite, check in each_check(suites):
        schema, _, _ = suite.table.partition(".")
        if schema in _OWN_SCHEMAS:
            continue
        personal = check.shown_columns & hidden
        if personal:
            columns = "、".join(sorted(personal))
            lines.append(f"{suite.table}.yaml：检查 {check.name}，不能显示列：{columns}（个人信息或自由文本）")
    if lines:
        raise SuiteError("\n".join(lines))


def _hidden_fields(contracts: Iterable[Contract]) -> frozenset[str]:
    """Names of the fields that some contract calls personal or free text."""
    hidden: set[str] = set()
    for contract in contracts:
        for field in contract.fields:
            if field.personal or field.free_text:
                hidden.add(field.name)
    return frozenset(hidden)


def _in_words(path: Path, content: object, error: ValidationError) -> str:
    """Returns a line for each problem: `charts.t.yaml：检查 a_check，meta.severity：应是 … 之一`."""
    lines = []
    for problem in error.errors():
        location = problem["loc"]
        keys = [part for part in location if not isinstance(part, int)]
        field = ".".join(keys) or "（整个文件）"
        lines.append(f"{path.name}：{_check_at(content, location)}{field}：{fault_words(problem)}")
    return "\n".join(lines)


def _check_at(content: Any, location: tuple[int | str, ...]) -> str:
    """Returns 「检查 x，」 where the problem lies inside the list of expectations, else an empty text.

    `location` is pydantic's: ("expectations", 2, "meta", "severity") is the severity of the third check.
    """
    match location:
        case ("expectations", int(index), *_):
            try:
                name = content["expectations"][index]["meta"]["name"]
            except (KeyError, TypeError, IndexError):
                name = f"第 {index + 1} 个"
            return f"检查 {name}，"
    return ""
