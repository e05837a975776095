"""A missing file is not a zero: the figures of a week whose source has not arrived are null in every table."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.sql.sql_hall import SqlHall, case

WEEKS = ("2023-01", "2023-02", "2023-03")
# A day of each week, Friday of the week before its end.
DAYS = {"2023-01": "2023-01-04", "2023-02": "2023-01-10", "2023-03": "2023-01-17"}
# Chart table → the columns that the week's own file fills.
COLUMNS = {
    "charts.item_ytd": ("value",),
    "charts.group_weekly": ("value",),
    "charts.department_volume": ("accepted", "completed"),
    "charts.channel_weekly": ("accepted", "completed", "share_pct"),
    "charts.online_weekly": ("online_accepted", "accepted", "online_rate"),
    "charts.case_balance": ("accepted", "completed", "closed"),
    "charts.timeliness_weekly": ("deadline_cases", "on_time_cases"),
}


def window(day: str) -> dict[str, object]:
    counts = {"consulted": 5, "accepted": 1, "issued": 2, "transferred": 3}
    return {"report_date": day, "window_name": "综合窗口"} | counts


def filled(hall: SqlHall, table: str, week: str) -> set[bool]:
    """Whether the columns of the week have values: {True}, {False}, or both."""
    columns = ", ".join(f"{name} IS NOT NULL" for name in COLUMNS[table])
    rows = hall.rows(f"SELECT {columns} FROM {table} WHERE week_id = '{week}'")
    assert rows, f"{table} has no row of {week}"
    return {value for row in rows for value in row}


def test_a_week_without_its_case_detail_is_blank_in_every_chart_and_another_is_not(hall: SqlHall) -> None:
    row = case("A", "2023-01-04", "2023-01-06", due_at="2023-01-20 23:59:59")
    hall.deliver("case_detail", "2023-01", [row])
    hall.deliver("window_weekly", "2023-02", [window("2023-01-10")])
    hall.build(*COLUMNS)
    for table in COLUMNS:
        assert filled(hall, table, "2023-02") == {False}, table
    assert filled(hall, "charts.group_weekly", "2023-01") == {True}
    assert filled(hall, "charts.department_volume", "2023-01") == {True}
    assert hall.rows("SELECT DISTINCT week_id, flag FROM charts.item_ytd WHERE flag IS NOT NULL") == [
        ("2023-02", "未报送")
    ]
    assert hall.rows("SELECT DISTINCT activity_label FROM charts.department_volume WHERE week_id = '2023-02'") == [
        ("办件明细未报送",)
    ]


FIGURES_OF_DEPARTMENTS = (
    *("accepted", "accepted_ytd", "completed", "completed_ytd", "completion_rate_ytd", "rank", "cohort_rate_ytd"),
    *("completed_cohort_ytd", "opening", "closed_ytd", "closing"),
)


def known_of_departments(hall: SqlHall, week: str) -> set[str]:
    """The columns of the week in which any department has a figure."""
    counts = ", ".join(f"count({name})" for name in FIGURES_OF_DEPARTMENTS)
    ((*found,),) = hall.rows(f"SELECT {counts} FROM charts.department_volume WHERE week_id = '{week}'")
    return {name for name, count in zip(FIGURES_OF_DEPARTMENTS, found, strict=True) if count}


def expects(hall: SqlHall, expected: str) -> None:
    hall.con.execute("UPDATE raw.ref_export SET expected = ? WHERE source = 'case_detail'", [expected])


def test_departments_have_neither_figures_nor_ranks_before_the_first_case_detail(hall: SqlHall) -> None:
    hall.deliver("window_weekly", "2023-01", [window("2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("A", "2023-01-10", "2023-01-11")])
    hall.deliver("window_weekly", "2023-03", [window("2023-01-17")])
    hall.build("charts.department_volume")
    assert known_of_departments(hall, "2023-01") == set()
    assert known_of_departments(hall, "2023-02") == set(FIGURES_OF_DEPARTMENTS)
    assert known_of_departments(hall, "2023-03") == set(FIGURES_OF_DEPARTMENTS) - {"accepted", "completed"}


def test_departments_of_a_hall_that_has_case_detail_no_more_are_blank_in_weeks_without_it(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04", "2023-01-05")])
    hall.deliver("window_weekly", "2023-02", [window("2023-01-10")])
    expects(hall, "never")
    hall.build("charts.department_volume")
    expects(hall, "weekly")
    assert known_of_departments(hall, "2023-01") == set(FIGURES_OF_DEPARTMENTS)
    assert known_of_departments(hall, "2023-02") == set()


def test_the_windows_and_the_training_of_a_missing_week_are_blank_with_a_word(hall: SqlHall) -> None:
    hall.deliver("window_weekly", "2023-01", [window("2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("A", "2023-01-10")])
    hall.build("charts.window_weekly", "charts.training_weekly")
    assert hall.rows("SELECT DISTINCT value, flag FROM charts.window_weekly WHERE week_id = '2023-02'") == [
        (None, "未报送")
    ]
    assert hall.rows("SELECT trainees, sessions FROM charts.training_weekly WHERE week_id = '2023-02'") == [
        (None, None)
    ]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(WEEKS), min_size=1))
def test_a_count_of_cases_is_null_exactly_where_its_file_is_missing_and_the_weeks_still_add_up(
    hall: SqlHall, delivered: set[str]
) -> None:
    hall.reset()
    hall.deliver("window_weekly", "2023-03", [window("2023-01-17")])
    for week in delivered:
        hall.deliver("case_detail", week, [case(week, DAYS[week])])
    hall.build("marts.weekly_metric")
    rows = hall.rows(
        "SELECT week_id, value, value_ytd FROM marts.weekly_metric WHERE metric = 'case_accepted' "
        "AND department_id = 'ALL' AND power_type = 'ALL' AND channel = 'ALL' ORDER BY week_id"
    )
    assert [value for _, value, _ in rows] == [1 if week in delivered else None for week in WEEKS]
    to_date = [sum(one in delivered for one in WEEKS[: number + 1]) or None for number in range(len(WEEKS))]
    assert [value_ytd for _, _, value_ytd in rows] == to_date
