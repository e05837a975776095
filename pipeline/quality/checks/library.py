"""The table quality.check_rule: what each check expects, in words, so that pages and workbooks can say it.

The checks themselves are written in expectations/*.yaml and read in `pipeline.quality.checks.suites`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import insert_rows
from pipeline.quality.checks.core_types import UNEXPECTED_ROWS
from pipeline.quality.checks.model import BATCH, Check, TableSuite, category_of, each_check, unescaped
from pipeline.state_tables.create import create_tables

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class CheckRule:
    """What a check expects, in words. Key: table_name, check_name.

    `expectation` is Great Expectations' type, `rule` what it looks at: a sentence, or the query for failing rows with
    its thresholds filled in. `thresholds` is a JSON list of name, value, since, reason. `dimension` is one of
    GB/T 36344, `validation_level` one of the European Statistical System.
    """

    table_name: str
    check_name: str
    title: str
    description: str
    category: str
    severity: str
    owner: str
    action: str
    expectation: str
    rule: str
    thresholds: str
    dimension: str
    validation_level: int


def write_library(con: duckdb.DuckDBPyConnection, suites: Sequence[TableSuite]) -> None:
    """Replaces what quality.check_rule says of the tables of `suites`; belongs inside the caller's transaction."""
    create_tables(con, "words")
    tables = [suite.table for suite in suites]
    con.execute("DELETE FROM quality.check_rule WHERE list_contains(?, table_name)", [tables])
    rules = [_rule(suite, check) for suite, check in each_check(suites)]
    insert_rows(con, "quality.check_rule", CheckRule, rules)


def _rule(suite: TableSuite, check: Check) -> CheckRule:
    meta = check.meta
    thresholds = [
        {
            "name": threshold.name,
            "value": threshold.value,
            "since": threshold.since.isoformat(),
            "reason": threshold.reason_zh,
        }
        for threshold in meta.thresholds
    ]
    return CheckRule(
        table_name=suite.table,
        check_name=check.name,
        title=meta.title_zh,
        description=meta.description_zh,
        category=category_of(suite.table, meta),
        severity=meta.severity,
        owner=meta.owner,
        action=meta.fix_zh,
        expectation=check.type,
        rule=rule_words(suite.table, check),
        thresholds=json.dumps(thresholds, ensure_ascii=False),
        dimension=check.dimension,
        validation_level=check.level,
    )


def rule_words(table: str, check: Check) -> str:
    """Returns what the check looks at: a sentence (`n 不小于 0`), or its query on `table`."""
    if check.type == UNEXPECTED_ROWS:
        return unescaped(check.query.replace(BATCH, table)).strip()
    words_of = _SENTENCES.get(check.type)
    if words_of is None:
        # A check of whole weeks: Great Expectations' own name of it, and what it is given.
        return f"每期的 {check.type}：{json.dumps(check.kwargs, ensure_ascii=False)}"
    return words_of(check.kwargs)


def _not_null_words(kwargs: Mapping[str, Any]) -> str:
    return f"{kwargs['column']} 不为空"


def _in_set_words(kwargs: Mapping[str, Any]) -> str:
    values = "、".join(map(str, kwargs["value_set"]))
    return f"{kwargs['column']} 只取：{values}"


def _between_words(kwargs: Mapping[str, Any]) -> str:
    limits = []
    for bound, words in (("min_value", "不小于"), ("max_value", "不大于")):
        if kwargs.get(bound) is not None:
            limits.append(f"{words} {kwargs[bound]}")
    return f"{kwargs['column']} {'，'.join(limits)}"


def _greater_words(kwargs: Mapping[str, Any]) -> str:
    sign = "大于等于" if kwargs.get("or_equal") else "大于"
    return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"


def _unique_words(kwargs: Mapping[str, Any]) -> str:
    return f"{'、'.join(kwargs['column_list'])} 合起来不重复"


_SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "expect_column_values_to_not_be_null": _not_null_words,
    "expect_column_values_to_be_in_set": _in_set_words,
    "expect_column_values_to_be_between": _between_words,
    "expect_column_pair_values_a_to_be_greater_than_b": _greater_words,
    "expect_compound_columns_to_be_unique": _unique_words,
}
