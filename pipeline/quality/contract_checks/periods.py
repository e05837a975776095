"""Says in SQL which deliveries of an export follow on each other: those of its weeks, its months or its quarters.

Every delivery stands in the week whose release tells it; of a monthly the one before stands in the week of the month
before.
"""

from __future__ import annotations

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract


def calendar_of(contract: Contract) -> str:
    """Returns a table of week_id, year and issue_no, the number by which the deliveries of an export are counted."""
    kind = contract.delivery.long_period
    if kind is None:
        return "core.report_week"
    return f"(SELECT week_id, year, number AS issue_no FROM core.report_period WHERE kind = {quoted(kind)})"


def chain_of(contract: Contract) -> str:
    """Returns a table of week_id and previous_week_id: where the delivery before the one of a week stands."""
    kind = contract.delivery.long_period
    if kind is None:
        return "core.week_in_use"
    return f"(SELECT week_id, previous_week_id FROM core.report_period WHERE kind = {quoted(kind)})"


def days_of(contract: Contract, counted: str) -> str:
    """Returns a query of week_id and days: how many days with `counted` (SQL) the delivery of a week reports."""
    days = f"count(*) FILTER (WHERE {counted}) AS days"
    kind = contract.delivery.long_period
    if kind is None:
        return f"SELECT week_id, {days} FROM core.calendar_day GROUP BY week_id"
    return (
        f"SELECT p.week_id, {days} FROM core.report_period p JOIN core.calendar_day d ON d.day BETWEEN p.first_day"
        f" AND p.last_day WHERE p.kind = {quoted(kind)} GROUP BY p.week_id"
    )
