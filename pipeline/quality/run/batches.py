"""The SQL of a run: a suite's batch of rows, and which rows or weeks fail; `pipeline.quality.run.runner` runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.common.quoting import quoted
from pipeline.quality.checks.core_types import UNEXPECTED_ROWS
from pipeline.quality.checks.model import BATCH, Check, TableSuite, unescaped
from pipeline.reporting_calendar.week_ids import is_week_id


@dataclass(frozen=True)
class Observation:
    """What Great Expectations saw of one week that breaks a check: a value as text, and how many rows do not fit."""

    observed: str
    unexpected_count: int


def batch_sql(suite: TableSuite, weeks: Sequence[str]) -> str:
    """Returns a SELECT of the suite's table for `weeks`, always with a week_id.

    A table that knows only its delivery_id also gets source, file_name, delivery_status and rows_physical of it.
    Raises ValueError for a text that is no week_id, because it would become part of the statement.
    """
    wrong = [week for week in weeks if not is_week_id(week)]
    if wrong:
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
    """Returns a SELECT of the rows of `batch` that break the check, with their week_id.

    It counts as Great Expectations does: a row with a NULL breaks no expectation but the one against NULL.
    """
    source = f"({batch}) AS batch_rows"
    if check.type == UNEXPECTED_ROWS:
        return unescaped(check.query.rstrip("; \n").replace(BATCH, source))
    if check.is_of_weeks:
        raise ValueError(f"{check.type} has no failing rows: see observed_sql")
    condition = _CONDITIONS[check.type](check.kwargs)
    clause = "QUALIFY" if check.type == "expect_compound_columns_to_be_unique" else "WHERE"
    return f"SELECT * FROM {source} {clause} {condition}"


def observed_sql(weeks: Mapping[str, Observation]) -> str:
    """Returns a SELECT of the failing weeks of a check that looks at weeks as a whole: a row each.

    Raises ValueError for a text that is no week_id, because it would become part of the statement.
    """
    wrong = [week for week in weeks if not is_week_id(week)]
    if wrong or not weeks:
        raise ValueError(f"no week_id among {list(weeks)}")
    rows = [f"('{week}', {quoted(seen.observed)}, {int(seen.unexpected_count)})" for week, seen in weeks.items()]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS failing_weeks (week_id, observed, unexpected_count)"


def _is_null(kwargs: Mapping[str, Any]) -> str:
    return f"{kwargs['column']} IS NULL"


def _literal(value: object) -> str:
    return quoted(value) if isinstance(value, str) else str(value)


def _not_in_set(kwargs: Mapping[str, Any]) -> str:
    values = ", ".join(map(_literal, kwargs["value_set"]))
    return f"{kwargs['column']} NOT IN ({values})"


def _not_between(kwargs: Mapping[str, Any]) -> str:
    outside = []
    for bound, sign in (("min_value", "<"), ("max_value", ">")):
        if kwargs.get(bound) is not None:
            outside.append(f"{kwargs['column']} {sign} {_literal(kwargs[bound])}")
    return " OR ".join(outside)


def _not_greater(kwargs: Mapping[str, Any]) -> str:
    sign = "<" if kwargs.get("or_equal") else "<="
    return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"


def _repeated(kwargs: Mapping[str, Any]) -> str:
    return f"count(*) OVER (PARTITION BY {', '.join(kwargs['column_list'])}) > 1"


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "expect_column_values_to_not_be_null": _is_null,
    "expect_column_values_to_be_in_set": _not_in_set,
    "expect_column_values_to_be_between": _not_between,
    "expect_column_pair_values_a_to_be_greater_than_b": _not_greater,
    "expect_compound_columns_to_be_unique": _repeated,
}
