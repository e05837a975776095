"""Windows, register, training, inspections, activities: the week's figures from their records."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.reporting_calendar import load_calendar
from tests.unit.sql.sql_hall import SqlHall, case

WEEKS = load_calendar().weeks(2023)
# Restatements need an earlier export, measures a contract that declares them: their keys are tested where these are.
WITHOUT_ROWS = frozenset(
    {
        "marts.restatement",
        *("core.measure", "marts.measure_place", "marts.measure_amount", "marts.measure_value"),
        "charts.measure_weekly",
    }
)


def window(day: str, **counts: int) -> dict[str, Any]:
    zero = {"consulted": 0, "accepted": 0, "issued": 0, "transferred": 0}
    return {"report_date": day, "window_name": "综合窗口"} | zero | counts


def consulted(hall: SqlHall, numbers: list[int]) -> None:
    """One row a week, so many a working day."""
    for week, number in zip(WEEKS, numbers, strict=False):
        row = window(str(week.coverage_end), consulted=number * week.working_days, issued=100 * week.working_days)
        hall.deliver("window_weekly", week.week_id, [row])


def test_a_window_week_has_value_year_to_date_change_and_mean(hall: SqlHall) -> None:
    hall.deliver("window_weekly", "2023-01", [window("2023-01-03", accepted=8), window("2023-01-04", accepted=8)])
    hall.deliver("window_weekly", "2023-02", [window("2023-01-10", accepted=21)])
    hall.build("charts.window_weekly")
    assert hall.rows(
        "SELECT week_id, measure_label, unit, value, value_ytd, previous_value, change_pct, mean_to_date "
        "FROM charts.window_weekly WHERE measure = 'accepted' ORDER BY 1"
    ) == [
        ("2023-01", "受理", "件", 16, 16, None, None, Decimal("16.0")),
        ("2023-02", "受理", "件", 21, 37, 16, Decimal("31.3"), Decimal("18.5")),
    ]


@pytest.mark.parametrize(
    ("before", "now", "change"), [(80, 81, "1.3"), (80, 79, "-1.3"), (3, 2, "-33.3"), (8, 8, "0.0")]
)
def test_rates_are_rounded_half_up_and_away_from_zero(hall: SqlHall, before: int, now: int, change: str) -> None:
    hall.deliver("window_weekly", "2023-01", [window("2023-01-03", issued=before)])
    hall.deliver("window_weekly", "2023-02", [window("2023-01-10", issued=now)])
    hall.build("charts.window_weekly")
    found = hall.rows("SELECT change_pct FROM charts.window_weekly WHERE measure = 'issued' AND week_id = '2023-02'")
    assert found == [(Decimal(change),)]


def test_a_week_that_was_not_reported_is_blank_and_keeps_the_year_to_date(hall: SqlHall) -> None:
    hall.deliver("window_weekly", "2023-01", [window("2023-01-03", issued=5)])
    hall.deliver("window_weekly", "2023-03", [window("2023-01-17", issued=7)])
    hall.build("charts.window_weekly")
    assert hall.rows(
        "SELECT week_id, value, value_ytd FROM charts.window_weekly WHERE measure = 'issued' ORDER BY 1"
    ) == [("2023-01", 5, 5), ("2023-02", None, 5), ("2023-03", 7, 12)]


def test_a_day_counts_in_its_own_week_and_once(hall: SqlHall) -> None:
    hall.deliver("window_weekly", "2023-01", [window("2023-01-06", issued=5)])
    hall.deliver("window_weekly", "2023-02", [window("2023-01-06", issued=6), window("2023-01-10", issued=1)])
    hall.build("charts.window_weekly")
    assert hall.rows("SELECT week_id, value FROM charts.window_weekly WHERE measure = 'issued' ORDER BY 1") == [
        ("2023-01", 6),
        ("2023-02", 1),
    ]


def test_a_peak_is_flagged_and_an_ordinary_week_is_not(hall: SqlHall) -> None:
    consulted(hall, [100, 110, 95, 105, 120, 340])
    hall.build("charts.window_weekly")
    flags = hall.rows("SELECT week_id, measure, flag FROM charts.window_weekly WHERE flag IS NOT NULL")
    assert flags == [("2023-06", "consulted", "异常偏高")]


def test_a_longer_week_is_measured_by_its_working_days(hall: SqlHall) -> None:
    consulted(hall, [100] * 6)
    hall.build("marts.volume_band")
    found = hall.rows(
        "SELECT DISTINCT per_day, median, mad FROM marts.volume_band "
        "WHERE metric = 'window_consulted' AND weeks_used > 0"
    )
    assert found == [(100.0, 100.0, 0.0)]
    assert len({week.working_days for week in WEEKS[:6]}) > 1


def test_a_slump_is_flagged(hall: SqlHall) -> None:
    consulted(hall, [100, 110, 95, 105, 120, 20])
    hall.build("charts.window_weekly")
    assert hall.rows("SELECT flag FROM charts.window_weekly WHERE flag IS NOT NULL") == [("异常偏低",)]


def test_three_past_weeks_are_too_few_to_judge(hall: SqlHall) -> None:
    consulted(hall, [100, 100, 100, 900])
    hall.build("marts.volume_band")
    assert hall.rows("SELECT bool_or(is_outside), max(weeks_used) FROM marts.volume_band") == [(False, 0)]


def test_a_restless_past_widens_the_band(hall: SqlHall) -> None:
    consulted(hall, [40, 400, 90, 300, 150, 600])
    hall.build("marts.volume_band")
    assert hall.rows(
        "SELECT is_outside FROM marts.volume_band WHERE metric = 'window_consulted' AND week_id = '2023-06'"
    ) == [(False,)]


REGISTERED = (("公安厅", "已授权", "2020-01-01"), ("教育厅", "未授权", "2020-01-01"))


def register(*states: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {"department": name, "authorization_status": status, "stationed_on": stationed}
        for name, status, stationed in states
    ]


def test_the_latest_register_up_to_the_week_counts_in_its_order(hall: SqlHall) -> None:
    early = register(("成都海关", "未授权", "2020-01-01"), ("公安厅", "未授权", "2020-01-01"))
    late = register(
        ("成都海关", "未授权", "2020-01-01"), ("公安厅", "已授权", "2020-01-01"), ("司法厅", "未授权", "2021-01-01")
    )
    hall.deliver("department_register", "2023-01", early)
    hall.deliver("department_register", "2023-03", late)
    hall.build("charts.authorization_status")
    found = hall.rows(
        "SELECT week_id, status, departments, department_names FROM charts.authorization_status ORDER BY ALL"
    )
    assert found[:6] == [
        ("2023-01", "authorized", 0, ""),
        ("2023-01", "not_authorized", 2, "成都海关、公安厅"),
        ("2023-01", "stationed", 2, "成都海关、公安厅"),
        ("2023-02", "authorized", 0, ""),
        ("2023-02", "not_authorized", 2, "成都海关、公安厅"),
        ("2023-02", "stationed", 2, "成都海关、公安厅"),
    ]
    assert found[7:] == [
        ("2023-03", "not_authorized", 2, "成都海关、司法厅"),
        ("2023-03", "stationed", 3, "成都海关、公安厅、司法厅"),
    ]


def test_departments_without_authorisation_come_with_what_the_register_says_of_them(hall: SqlHall) -> None:
    entries = register(("成都海关", "未授权", "2020-01-01"), ("公安厅", "已授权", "2020-01-01"))
    entries += [entry | {"remark": "已主动对接"} for entry in register(("司法厅", "未授权", "2021-01-01"))]
    hall.deliver("department_register", "2023-01", entries)
    hall.build("charts.authorization_pending")
    assert hall.rows("SELECT department_name, remark FROM charts.authorization_pending ORDER BY sort_order") == [
        ("成都海关", None),
        ("司法厅", "已主动对接"),
    ]


def test_a_corrected_register_of_an_earlier_week_leaves_later_weeks_alone(hall: SqlHall) -> None:
    hall.deliver("department_register", "2023-01", register(("公安厅", "未授权", "2020-01-01")))
    hall.deliver("department_register", "2023-02", register(("公安厅", "已授权", "2020-01-01")))
    corrected = register(("公安厅", "未授权", "2020-01-01"), ("司法厅", "未授权", "2020-01-01"))
    hall.deliver("department_register", "2023-01", corrected, as_of="2023-12-31 00:00:00")
    hall.build("charts.authorization_status")
    assert hall.rows(
        "SELECT week_id, departments FROM charts.authorization_status WHERE status = 'not_authorized' ORDER BY 1"
    ) == [("2023-01", 2), ("2023-02", 0)]


def test_a_department_that_moves_in_after_the_week_is_not_in_it(hall: SqlHall) -> None:
    hall.deliver("department_register", "2023-01", register(("公安厅", "未授权", "2023-01-09")))
    hall.deliver("window_weekly", "2023-02", [window("2023-01-10")])
    hall.build("charts.authorization_status")
    assert hall.rows("SELECT week_id, departments FROM charts.authorization_status WHERE status = 'stationed'") == [
        ("2023-02", 1)
    ]


def lesson(day: str, session: str, item: str, trainee: str, department: str = "司法厅") -> dict[str, Any]:
    return {"trained_on": day, "session_no": session, "main_item": item, "trainee": trainee, "department": department}


def test_trainees_and_items_of_the_week_count_once(hall: SqlHall) -> None:
    first = [lesson("2023-01-04", "S1", "甲", "x"), lesson("2023-01-04", "S1", "甲", "y")]
    second = [lesson("2023-01-10", "S2", "甲", "x", "公安厅"), lesson("2023-01-11", "S3", "乙", "x")]
    hall.deliver("training_log", "2023-01", first)
    hall.deliver("training_log", "2023-02", first + second)
    hall.deliver("window_weekly", "2023-03", [window("2023-01-17")])
    hall.build("charts.training_weekly", "marts.weekly_metric")
    assert hall.rows("SELECT * EXCLUDE (sessions_ytd, hall_id) FROM charts.training_weekly ORDER BY 1") == [
        ("2023-01", 2, 1, 1, "司法厅"),
        ("2023-02", 1, 2, 2, "公安厅、司法厅"),
        ("2023-03", None, None, None, ""),
    ]
    assert hall.rows(
        "SELECT metric, value_ytd FROM marts.weekly_metric "
        "WHERE metric LIKE 'training%' AND week_id = '2023-03' ORDER BY 1"
    ) == [("training_main_items", None), ("training_sessions", 3), ("training_trainees", None)]


def test_what_is_counted_once_is_traced_to_the_row_where_it_stands_first(hall: SqlHall) -> None:
    taught = {"trained_on": "2023-01-04", "department": "司法厅", "trainee_kind": "综窗"}
    first = [taught | {"session_no": "S1", "main_item": "公证", "trainee": name} for name in ("甲", "乙")]
    second = [taught | {"session_no": "S1", "main_item": "律师", "trainee": "甲"}]
    hall.deliver("training_log", "2023-01", first, scope="一")
    hall.deliver("training_log", "2023-01", second, scope="二")
    hall.deliver("window_weekly", "2023-01", [window("2023-01-04", accepted=3), window("2023-01-05", accepted=4)])
    hall.build("marts.provenance")
    assert hall.rows(
        "SELECT metric, delivery_id, value, row_count, first_row_no, last_row_no FROM marts.provenance "
        "WHERE metric LIKE 'training%' OR metric = 'window_accepted' ORDER BY 1, 2"
    ) == [
        ("training_main_items", "training_log/2023-01/0", 1, 2, 3, 4),
        ("training_main_items", "training_log/2023-01/1", 1, 1, 3, 3),
        ("training_sessions", "training_log/2023-01/0", 1, 2, 3, 4),
        ("training_sessions", "training_log/2023-01/1", 0, 1, 3, 3),
        ("training_trainees", "training_log/2023-01/0", 2, 2, 3, 4),
        ("training_trainees", "training_log/2023-01/1", 0, 1, 3, 3),
        ("window_accepted", "window_weekly/2023-01/2", 7, 2, 3, 4),
    ]


def test_an_inspection_week_takes_the_worst_day_and_else_the_last(hall: SqlHall) -> None:
    hall.deliver(
        "hall_inspection",
        "2023-01",
        [
            {"inspected_on": "2023-01-03", "inspection_item": "纪律秩序", "conclusion": "一人离岗", "issues": 1},
            {"inspected_on": "2023-01-04", "inspection_item": "纪律秩序", "conclusion": "良好", "issues": 0},
            {"inspected_on": "2023-01-03", "inspection_item": "着装情况", "conclusion": "较好", "issues": 0},
            {"inspected_on": "2023-01-04", "inspection_item": "着装情况", "conclusion": "良好", "issues": 0},
        ],
    )
    hall.build("charts.inspection_weekly")
    assert hall.rows(
        "SELECT inspection_item, conclusion, issues, sort_order FROM charts.inspection_weekly ORDER BY sort_order"
    ) == [("纪律秩序", "一人离岗", 1, 1), ("着装情况", "良好", 0, 2)]


def test_only_adopted_activities_are_printed(hall: SqlHall) -> None:
    texts = [("甲", True), ("乙", False), ("丙", None)]
    hall.deliver(
        "activity_log",
        "2023-01",
        [
            {"seq": i, "category": "推进情况", "content": text, "is_adopted": adopted}
            for i, (text, adopted) in enumerate(texts)
        ],
    )
    hall.build("charts.activity")
    assert hall.rows("SELECT content FROM charts.activity ORDER BY seq") == [("甲",), ("丙",)]


def test_an_item_listed_twice_is_one_item(hall: SqlHall) -> None:
    row = {"item_code": "511Z", "item_name": "取水许可", "power_type": "行政许可", "department": "水利厅"}
    hall.deliver("item_catalogue", "2023-01", [row, row | {"item_name": "取水许可（停用）"}])
    hall.build("core.item")
    assert hall.rows("SELECT item_code, item_name, department_id FROM core.item") == [("511Z", "取水许可", "shuili")]


def test_a_figure_carries_the_export_that_changed_it_last(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")], as_of="2023-01-09 09:00:00")
    hall.deliver("case_detail", "2023-02", [case("B", "2023-01-10")], as_of="2023-01-16 09:00:00")
    hall.deliver("case_detail", "2023-03", [case("LATE", "2023-01-11")], as_of="2023-01-30 09:00:00")
    hall.build("core.source_as_of")
    assert hall.rows("SELECT week_id, as_of FROM core.source_as_of ORDER BY 1") == [
        ("2023-01", datetime(2023, 1, 9, 9)),
        ("2023-02", datetime(2023, 1, 30, 9)),
        ("2023-03", datetime(2023, 1, 30, 9)),
    ]


def test_weeks_in_use_reach_from_the_first_issue_to_the_last_delivered(hall: SqlHall) -> None:
    hall.deliver("window_weekly", "2022-02", [window("2022-01-11")])
    hall.deliver("window_weekly", "2023-02", [window("2023-01-10")])
    hall.build("core.week_in_use")
    assert hall.rows("SELECT week_id, has_delivery, previous_week_id FROM core.week_in_use ORDER BY 1") == [
        ("2022-01", False, None),
        ("2022-02", True, "2022-01"),
        ("2023-01", False, "2022-02"),
        ("2023-02", True, "2023-01"),
    ]


def test_before_the_first_issue_of_a_hall_only_weeks_from_the_earliest_delivered_are_in_use(hall: SqlHall) -> None:
    first = hall.rows("SELECT first_week_id FROM raw.ref_hall")[0][0]
    hall.con.execute("UPDATE raw.ref_hall SET first_week_id = '2023-04'")
    try:
        hall.deliver("window_weekly", "2023-06", [window("2023-02-10")])
        hall.build("core.week_in_use")
        weeks = "SELECT week_id, is_first_of_year FROM core.week_in_use ORDER BY 1"
        assert hall.rows(weeks) == [("2023-04", True), ("2023-05", False), ("2023-06", False)]
        hall.deliver("window_weekly", "2023-02", [window("2023-01-10")])
        hall.build("core.week_in_use")
        history = [("2023-02", True), ("2023-03", False), ("2023-04", False), ("2023-05", False), ("2023-06", False)]
        assert hall.rows(weeks) == history
    finally:
        hall.con.execute("UPDATE raw.ref_hall SET first_week_id = ?", [first])


def test_every_table_keeps_the_key_that_it_declares(hall: SqlHall) -> None:
    day = date(2023, 1, 2)
    for week in WEEKS[:6]:
        twice = [
            case("A", "2023-01-04"),
            case("A", "2023-01-04", str(day + timedelta(days=9))),
            case(week.week_id, "2023-01-05", due_at="2023-01-06 23:59:59"),
            case(f"{week.week_id} old name", "2023-01-05", department="国土资源厅"),
            case("late", "2023-01-04", "2023-01-06", due_at="2023-01-05 23:59:59"),
            case("due", "2023-01-04", due_at="2023-01-05 23:59:59"),
        ]
        hall.deliver("case_detail", week.week_id, twice)
        hall.deliver("window_weekly", week.week_id, [window("2023-01-04", issued=1)] * 2)
        hall.deliver("training_log", week.week_id, [lesson("2023-01-04", "S", "甲", "x")] * 2)
        hall.deliver("department_register", week.week_id, register(*REGISTERED) * 2)
        volume = {
            "power_type": "行政许可",
            "accepted_week": 1,
            "accepted_ytd": 2,
            "completed_week": 0,
            "completed_ytd": 0,
        }
        hall.deliver(
            "item_volume",
            week.week_id,
            [{"department": name} | volume for name in ("应急厅", "应急管理厅", "国土资源厅", "农业厅")],
        )
        hall.deliver("hall_inspection", week.week_id, [{"inspected_on": "2023-01-04", "inspection_item": "着装"}] * 2)
        hall.deliver("activity_log", week.week_id, [{"seq": 1, "content": "甲"}] * 2)
        hall.deliver("item_catalogue", week.week_id, [{"item_code": "511Z"}] * 2)
    hall.build()
    for model in hall.graph:
        grain = ", ".join(model.grain)
        is_filled = hall.rows(f"SELECT count(*) > 0 FROM {model.name}") == [(True,)]
        assert is_filled or model.name in WITHOUT_ROWS, f"{model.name} has no rows to test its key on"
        assert hall.rows(f"SELECT {grain} FROM {model.name} GROUP BY {grain} HAVING count(*) > 1") == [], model.name
