"""Laws of the case chain over random histories: one truth, conservation, and the same tables in any order of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.reporting_calendar import load_calendar
from tests.unit.sql.sql_hall import SqlHall, case

CALENDAR = load_calendar()
WEEKS = ("2023-01", "2023-02", "2023-03")
TABLES = ("core.case_version", "core.case_flow", "marts.case_balance", "marts.case_stock", "marts.weekly_metric")
NEEDED = (*TABLES, "marts.restatement")
EASY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

History = dict[str, list[dict[str, Any]]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[History, dict[str, str]]:
    """Rows per week's file (a case at most once in each), and when each file was exported, in any order."""
    history: History = {week: [] for week in WEEKS}
    for week in WEEKS:
        for case_no in draw(st.sets(st.sampled_from("ABCDE"), max_size=4)):
            accepted = date(2022, 12, 20) + timedelta(days=draw(st.integers(0, 30)))
            lag = draw(st.none() | st.integers(0, 25))
            history[week].append(
                case(
                    case_no,
                    str(accepted),
                    None if lag is None else str(accepted + timedelta(days=lag)),
                    department=draw(st.sampled_from(("水利厅", "公安厅"))),
                    power_type=draw(st.sampled_from(("行政许可", "公共服务"))),
                    result=None if lag is None else draw(st.sampled_from(("办结", "作废"))),
                    change_mark=draw(st.sampled_from("IUUD")),
                )
            )
    exported = draw(st.permutations([f"2023-03-0{i} 09:00:00" for i in (1, 2, 3)]))
    return history, dict(zip(WEEKS, exported, strict=True))


def load(hall: SqlHall, history: History, exported: dict[str, str], weeks: tuple[str, ...] = WEEKS) -> None:
    for week in weeks:
        hall.deliver("case_detail", week, history[week], as_of=exported[week])


def standing(history: History, exported: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The oracle: of each case the row of the latest export, unless that withdraws it."""
    latest: dict[str, dict[str, Any]] = {}
    for week in sorted(WEEKS, key=lambda week: exported[week]):
        latest |= {row["case_no"]: row for row in history[week]}
    return (row for row in latest.values() if row["change_mark"] != "D")


def week_of(moment: str) -> str:
    return CALENDAR.week_of(date.fromisoformat(moment[:10])).week_id


@EASY
@given(given_history=histories())
def test_the_balance_is_what_the_latest_rows_say(
    session_hall: SqlHall, given_history: tuple[History, dict[str, str]]
) -> None:
    hall = session_hall
    hall.reset()
    load(hall, *given_history)
    hall.build(*NEEDED)
    accepted: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    completed: Counter[str] = Counter()
    for row in standing(*given_history):
        accepted[week_of(row["accepted_at"])] += 1
        if row["completed_at"]:
            closed[week_of(row["completed_at"])] += 1
            completed[week_of(row["completed_at"])] += row["result"] == "办结"
    found = hall.rows(
        "SELECT week_id, accepted, completed, closed, closing FROM marts.case_balance "
        "WHERE department_id = 'ALL' AND power_type = 'ALL'"
    )
    for week, *numbers in found:
        stock = sum(n for w, n in accepted.items() if w <= week) - sum(n for w, n in closed.items() if w <= week)
        assert numbers == [accepted[week], completed[week], closed[week], stock], week


@EASY
@given(given_history=histories())
def test_a_batch_gives_the_tables_of_week_by_week(
    session_hall: SqlHall, given_history: tuple[History, dict[str, str]]
) -> None:
    hall = session_hall
    hall.reset()
    load(hall, *given_history)
    hall.build(*NEEDED)
    batch = {table: contents(hall, table) for table in TABLES}
    hall.reset()
    for week in WEEKS:
        load(hall, *given_history, weeks=(week,))
        hall.build(*NEEDED)
    for table in TABLES:
        assert contents(hall, table) == batch[table], table


def contents(hall: SqlHall, table: str) -> list[str]:
    """All values but the ids of the files, which number the deliveries of this test."""
    columns = [column.name for column in hall.graph[table].columns if column.name != "delivery_id"]
    return hall.content(f"(SELECT {', '.join(columns)} FROM {table})")


@EASY
@given(given_history=histories())
def test_cases_and_weeks_are_conserved(session_hall: SqlHall, given_history: tuple[History, dict[str, str]]) -> None:
    hall = session_hall
    hall.reset()
    load(hall, *given_history)
    hall.build(*NEEDED)
    assert (
        hall.rows(
            "SELECT * FROM marts.case_balance WHERE opening + accepted_ytd <> closed_ytd + closing "
            "OR opening_week + accepted <> closed + closing OR completed_cohort_ytd > accepted_ytd OR closing < 0 "
            "OR completed_ytd <> completed_cohort_ytd + carried_over_ytd"
        )
        == []
    )
    assert (
        hall.rows(
            "SELECT b.* FROM marts.case_balance AS b "
            "LEFT JOIN marts.case_stock AS s USING (week_id, department_id, power_type) "
            "WHERE b.closing <> coalesce(s.open_cases, 0)"
        )
        == []
    )
    assert (
        hall.rows(
            "SELECT * FROM (SELECT *, sum(value) OVER (PARTITION BY metric, department_id, power_type, channel "
            "ORDER BY week_id) AS weeks FROM marts.weekly_metric WHERE basis IN ('flow', 'cohort')) "
            "WHERE weeks <> value_ytd"
        )
        == []
    )
    unique_keys(hall)


def unique_keys(hall: SqlHall) -> None:
    for table in NEEDED:
        grain = ", ".join(hall.graph[table].grain)
        assert hall.rows(f"SELECT {grain} FROM {table} GROUP BY {grain} HAVING count(*) > 1") == [], table
