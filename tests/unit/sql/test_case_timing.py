"""Promised limits, overdue cases and the age of open ones: counted in working days, and moved by later exports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.unit.sql.sql_hall import SqlHall, case

RATE = "charts.timeliness_weekly"


def promised(case_no: str, accepted: str, due: str, closed: str | None = None, **other: Any) -> dict[str, Any]:
    return case(case_no, accepted, closed, due_at=f"{due} 23:59:59", item_code="item-1", **other)


def rates(hall: SqlHall, *columns: str, department: str = "ALL") -> list[tuple[Any, ...]]:
    where = f"WHERE department_id = '{department}' ORDER BY week_id"
    return hall.rows(f"SELECT week_id, {', '.join(columns)} FROM {RATE} {where}")


def test_the_rate_counts_completed_promised_cases_with_a_day_only(hall: SqlHall) -> None:
    rows = [
        promised("in-time", "2023-01-03", "2023-01-05", "2023-01-05"),
        promised("late", "2023-01-03", "2023-01-04", "2023-01-05"),
        promised("open", "2023-01-03", "2023-03-01"),
        promised("void", "2023-01-03", "2023-01-04", "2023-01-05", result="作废"),
        promised("at-once", "2023-01-03", "2023-01-04", "2023-01-05", case_kind="即办件"),
        case("no-day", "2023-01-03", "2023-01-05"),
    ]
    hall.deliver("case_detail", "2023-01", rows)
    hall.build(RATE)
    columns = ("deadline_cases", "on_time_cases", "on_time_rate", "overdue_open")
    assert rates(hall, *columns) == [("2023-01", 2, 1, Decimal("50.00"), 0)]


def test_the_rate_is_rounded_half_up_and_blank_without_cases(hall: SqlHall) -> None:
    rows = [promised(str(n), "2023-01-03", "2023-01-05", "2023-01-05") for n in range(15)]
    rows.append(promised("late", "2023-01-03", "2023-01-04", "2023-01-05"))
    hall.deliver("case_detail", "2023-01", rows)
    hall.deliver("case_detail", "2023-02", [])
    hall.build(RATE)
    assert rates(hall, "on_time_rate", "on_time_rate_ytd", "deadline_cases_ytd") == [
        ("2023-01", Decimal("93.75"), Decimal("93.75"), 16),
        ("2023-02", None, Decimal("93.75"), 16),
    ]


def test_a_case_is_overdue_from_the_week_of_its_day_until_it_is_closed(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [promised("A", "2023-01-03", "2023-01-11")])
    hall.deliver("case_detail", "2023-02", [])
    hall.deliver("case_detail", "2023-03", [promised("A", "2023-01-03", "2023-01-11", "2023-01-18", change_mark="U")])
    hall.build(RATE, "charts.overdue")
    assert rates(hall, "overdue_open", "deadline_cases", "on_time_cases") == [
        ("2023-01", 0, 0, 0), ("2023-02", 1, 0, 0), ("2023-03", 0, 1, 0),
    ]  # fmt: skip
    assert hall.rows("SELECT week_id, department_id, item_code, cases, longest_working_days FROM charts.overdue") == [
        ("2023-02", "shuili", "item-1", 1, 2)
    ]


def test_a_promised_day_that_was_put_off_takes_the_case_off_the_overdue_list(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [promised("A", "2023-01-03", "2023-01-05")])
    hall.deliver("case_detail", "2023-02", [promised("A", "2023-01-03", "2023-06-05", change_mark="U")])
    hall.build(RATE)
    assert rates(hall, "overdue_open") == [("2023-01", 0), ("2023-02", 0)]


def test_a_withdrawn_case_is_in_no_rate_and_on_no_list(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [promised("A", "2023-01-03", "2023-01-05")])
    hall.deliver("case_detail", "2023-02", [promised("A", "2023-01-03", "2023-01-05", change_mark="D")])
    hall.build(RATE, "charts.overdue", "marts.open_case_age")
    assert rates(hall, "overdue_open", "deadline_cases") == [("2023-01", 0, 0), ("2023-02", 0, 0)]
    assert hall.rows("SELECT * FROM charts.overdue") == []
    assert hall.rows("SELECT * FROM marts.open_case_age") == []


def test_a_case_that_moved_department_is_late_there(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [promised("A", "2023-01-03", "2023-01-04", "2023-01-05")])
    moved = promised("A", "2023-01-03", "2023-01-04", "2023-01-05", department="公安厅", change_mark="U")
    hall.deliver("case_detail", "2023-02", [moved])
    hall.build(RATE)
    assert rates(hall, "deadline_cases_ytd", department="shuili") == [("2023-01", 0), ("2023-02", 0)]
    assert rates(hall, "deadline_cases_ytd", department="gongan") == [("2023-01", 1), ("2023-02", 1)]


def test_age_counts_working_days_over_a_holiday(hall: SqlHall) -> None:
    # Spring Festival: 21 to 27 January are off, 28 and 29 January are worked; issue 4 ends on 3 February.
    hall.deliver("case_detail", "2023-03", [case("A", "2023-01-20")])
    hall.deliver("case_detail", "2023-04", [])
    hall.build("marts.open_case_age")
    assert hall.rows(
        "SELECT week_id, age_band, cases FROM marts.open_case_age WHERE department_id = 'ALL' AND power_group = 'ALL'"
        " ORDER BY 1"
    ) == [("2023-03", "0-5", 1), ("2023-04", "6-10", 1)]


def test_the_ages_of_open_cases_add_up_to_the_closing_balance(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2022-10-10"), case("B", "2023-01-04", "2023-01-05")])
    hall.deliver(
        "case_detail", "2023-02", [case("A", "2022-10-10", "2023-01-11", change_mark="U"), case("C", "2023-01-11")]
    )
    hall.build("charts.ageing", "charts.case_balance")
    assert hall.rows(
        "SELECT a.week_id, a.power_group, sum(a.cases), max(b.closing) FROM charts.ageing AS a"
        " JOIN charts.case_balance AS b USING (week_id, power_group) WHERE power_group = 'licensing' GROUP BY ALL"
        " ORDER BY 1"
    ) == [("2023-01", "licensing", 1, 1), ("2023-02", "licensing", 1, 1)]


def test_a_week_built_again_gives_the_same_flows(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [promised("A", "2023-01-03", "2023-01-05")])
    hall.deliver("case_detail", "2023-02", [promised("A", "2023-01-03", "2023-01-05", "2023-01-11", change_mark="U")])
    tables = ("core.case_age_flow", "core.deadline_flow", "core.overdue_flow")
    hall.build(*tables)
    before = {table: hall.content(table) for table in tables}
    hall.con.execute("DELETE FROM ledger.model_build")
    hall.build(*tables)
    assert {table: hall.content(table) for table in tables} == before
    assert all(before.values())
