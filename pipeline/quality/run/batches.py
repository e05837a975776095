"""SQL texts of the second phase: a suite's batch, and which of its rows fail; running them belongs in runner."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.common.quoting import quoted
from pipeline.quality.checks.suites import BATCH, UNEXPECTED_ROWS, Check, TableSuite

_WEEK_ID = re.compile(r"\d{4}-\d{2}")


def batch_sql(suite: TableSuite, weeks: Sequence[str]) -> str:
    """SELECT of the suite's table for `weeks`, always with a week_id.

    A table that knows only its delivery_id also gets source, file_name, delivery_status and rows_physical of it.
    Raises ValueError for a text that is no week_id, because it would become part of the statement.
    """
    if wrong := [week for week in weeks if not _WEEK_ID.fullmatch(week)]:
        raise ValueError(f"周次应写作 2023-15 的样子，得到的是：{'、'.join(wrong)}")
    chosen = ", ".join(f"'{week}'" for week in weeks)
    if suite.meta.week_through is None:
        return f"SELECT * FROM {suite.table} WHERE week_id IN ({chosen})"
    return (
        "SELECT t.*, d.week_id, d.source, d.file_name, d.status AS delivery_status, d.rows_physical "
        f"FROM {suite.table} t JOIN ledger.delivery d ON d.delivery_id = t.delivery_id "
        f"WHERE d.week_id IN ({chosen})"
    )


def failing_sql(check: Check, batch: str) -> str:
    """SELECT of the rows of `batch` that break the check, as Great Expectations counts them, with their week_id."""
    source = f"({batch}) AS batch_rows"
    if check.type == UNEXPECTED_ROWS:
        return check.query.rstrip("; \n").replace(BATCH, source).replace("{{", "{").replace("}}", "}")
    condition = _CONDITIONS[check.type](check.kwargs)
    clause = "QUALIFY" if check.type == "expect_compound_columns_to_be_unique" else "WHERE"
    return f"SELECT * FROM {source} {clause} {condition}"


def _literal(value: object) -> str:
    return quoted(value) if isinstance(value, str) else str(value)


def _not_in_set(kwargs: Mapping[str, Any]) -> str:
    values = ", ".join(_literal(value) for value in kwargs["value_set"])
    return f"{kwargs['column']} NOT IN ({values})"


def _not_between(kwargs: Mapping[str, Any]) -> str:
    bounds = (("<", kwargs.get("min_value")), (">", kwargs.get("max_value")))
    return " OR ".join(f"{kwargs['column']} {sign} {_literal(bound)}" for sign, bound in bounds if bound is not None)


def _not_greater(kwargs: Mapping[str, Any]) -> str:
    sign = "<" if kwargs.get("or_equal") else "<="
    return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"


def _repeated(kwargs: Mapping[str, Any]) -> str:
    return f"count(*) OVER (PARTITION BY {', '.join(kwargs['column_list'])}) > 1"


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "expect_column_values_to_not_be_null": lambda kwargs: f"{kwargs['column']} IS NULL",
    "expect_column_values_to_be_in_set": _not_in_set,
    "expect_column_values_to_be_between": _not_between,
    "expect_column_pair_values_a_to_be_greater_than_b": _not_greater,
    "expect_compound_columns_to_be_unique": _repeated,
}
