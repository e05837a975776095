"""The library of checks as a table, so that pages and workbooks say what was expected; checks are written in YAML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import insert_rows
from pipeline.quality.checks.suites import UNEXPECTED_ROWS, Check, TableSuite, category_of

if TYPE_CHECKING:
    import duckdb

DDL: Final = """
CREATE TABLE IF NOT EXISTS quality.check_rule (
    table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL, title VARCHAR NOT NULL, description VARCHAR NOT NULL,
    category VARCHAR NOT NULL, severity VARCHAR NOT NULL, owner VARCHAR NOT NULL, action VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL, rule VARCHAR NOT NULL, thresholds VARCHAR NOT NULL
);
"""


@dataclass(frozen=True)
class CheckRule:
    """What a check expects, in words. Key: table_name, check_name.

    `expectation` is Great Expectations' type, `rule` what it looks at: a sentence, or the query for failing rows with
    its thresholds filled in. `thresholds` is a JSON list of name, value, since, reason.
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


def write_library(con: duckdb.DuckDBPyConnection, suites: Sequence[TableSuite]) -> None:
    """Replace what quality.check_rule says of the tables of `suites`; belongs inside the caller's transaction."""
    con.execute(DDL)
    tables = [suite.table for suite in suites]
    con.execute("DELETE FROM quality.check_rule WHERE list_contains(?, table_name)", [tables])
    rules = [_rule(suite, check) for suite in suites for check in suite.expectations]
    insert_rows(con, "quality.check_rule", CheckRule, rules)


def _rule(suite: TableSuite, check: Check) -> CheckRule:
    meta = check.meta
    thresholds = [
        {"name": one.name, "value": one.value, "since": one.since.isoformat(), "reason": one.reason_zh}
        for one in meta.thresholds
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
        rule=_rule_words(suite.table, check),
        thresholds=json.dumps(thresholds, ensure_ascii=False),
    )


def _rule_words(table: str, check: Check) -> str:
    kwargs: dict[str, Any] = check.kwargs
    match check.type:
        case t if t == UNEXPECTED_ROWS:
            query = check.query.replace("{batch}", table).replace("{{", "{").replace("}}", "}")
            return query.strip()
        case "expect_column_values_to_not_be_null":
            return f"{kwargs['column']} 不为空"
        case "expect_column_values_to_be_in_set":
            return f"{kwargs['column']} 只取：{'、'.join(map(str, kwargs['value_set']))}"
        case "expect_column_values_to_be_between":
            bounds = (("不小于", kwargs.get("min_value")), ("不大于", kwargs.get("max_value")))
            limits = [f"{words} {bound}" for words, bound in bounds if bound is not None]
            return f"{kwargs['column']} {'，'.join(limits)}"
        case "expect_column_pair_values_a_to_be_greater_than_b":
            sign = "大于等于" if kwargs.get("or_equal") else "大于"
            return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"
    return f"{'、'.join(kwargs['column_list'])} 合起来不重复"
