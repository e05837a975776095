"""The hall's own workbooks: whole weeks of working days, counts that add up to the published ones."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl

from pipeline.reporting_calendar import load_calendar
from pipeline.sample.calibration import REGISTER, TRAINING_LAST_WEEK, TRAINING_SESSIONS, WINDOW_WEEKS, rounded
from pipeline.sample.catalogue import build_catalogue
from pipeline.sample.hall_files import (
    Session,
    build_sessions,
    further_sessions,
    has_register,
    period_of,
    published_windows,
    register_state,
    window_sheet,
    working_days_of,
    write_activities,
    write_inspection,
    write_register,
    write_training,
)
from pipeline.sample.narrative import ALL_GOOD, seed_activities

CALENDAR = load_calendar()
WEEK = CALENDAR.week("2023-15")
CATALOGUE = build_catalogue(np.random.default_rng(1))
EXPORTED = datetime(2023, 4, 24, 9, 40, 2)


def test_a_period_is_the_days_that_are_counted() -> None:
    assert period_of(WEEK) == "2023-04-15 至 2023-04-21"


def test_the_days_of_a_sheet_are_the_working_days_of_the_week() -> None:
    days = working_days_of(WEEK, CALENDAR)
    assert WEEK.coverage_start <= days[0]
    assert [day.weekday() for day in days] == [0, 1, 2, 3, 4]


def test_the_counts_of_a_sheet_add_up_to_the_published_ones() -> None:
    days = working_days_of(WEEK, CALENDAR)
    sheet = window_sheet(np.random.default_rng(3), published_windows(14), days)
    totals = sheet.counts.sum(axis=(0, 1))
    assert sorted(int(total) for total in totals) == sorted(week[14] for week in WINDOW_WEEKS.values())


def test_activities_come_with_category_and_department() -> None:
    rows = seed_activities()
    assert rows
    assert all(len(row) == 4 for row in rows)


def test_totals_are_rounded_half_up() -> None:
    assert rounded(25, 0.1) == 3


def rows_of(path: Path, sheet: int = 0, first: int = 5) -> list[tuple[object, ...]]:
    """The rows below the header, without the note at the end."""
    rows = openpyxl.load_workbook(path).worksheets[sheet].iter_rows(min_row=first, values_only=True)
    return [row for row in rows if not str(row[0]).startswith("注")]


def register(folder: Path, week_id: str) -> dict[object, tuple[object, ...]]:
    path = folder / f"{week_id}.xlsx"
    written = write_register(CATALOGUE, CALENDAR.week(week_id), EXPORTED, path)
    rows = rows_of(path)
    assert written == len(rows)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    return {row[1]: row for row in rows}


def test_a_register_lists_who_is_stationed_and_of_the_others_since_when_they_are_authorised(tmp_path: Path) -> None:
    first, last = register(tmp_path, "2023-01"), register(tmp_path, "2023-15")
    assert (len(first), len(last)) == (44, 45)
    assert "省档案局" not in first
    assert [row[4] for row in last.values()].count("未授权") == 3
    assert last["住房城乡建设厅"][4:] == ("未授权", None, "已主动对接并积极推进相关工作")
    assert last["省档案局"][4:] == ("已授权", "2023-04-03", None)
    assert all(str(row[3]) < str(row[5]) for row in last.values() if row[5])


def test_a_department_is_stationed_on_the_same_day_in_every_register(tmp_path: Path) -> None:
    registers = [register(tmp_path, week_id) for week_id in REGISTER]
    for name, row in registers[0].items():
        assert {one[name][3] for one in registers} == {row[3]}


def test_an_inspection_has_six_items_a_working_day_and_finds_everything_in_order_in_issue_15(tmp_path: Path) -> None:
    path, days = tmp_path / "a.xlsx", working_days_of(WEEK, CALENDAR)
    assert write_inspection(np.random.default_rng(1), WEEK, days, EXPORTED, path) == 6 * len(days)
    rows = rows_of(path)
    assert [row[0] for row in rows] == [day.isoformat() for day in days for _ in range(6)]
    assert {(row[2], row[3]) for row in rows} == {(ALL_GOOD, 0)}


def test_an_inspection_of_another_issue_finds_one_problem_at_most(tmp_path: Path) -> None:
    week = CALENDAR.week("2023-07")
    days = working_days_of(week, CALENDAR)
    found = []
    for seed in range(8):
        write_inspection(np.random.default_rng(seed), week, days, EXPORTED, tmp_path / "a.xlsx")
        problems = [row for row in rows_of(tmp_path / "a.xlsx") if row[3]]
        assert all(row[2] == "发现问题" and row[4] for row in problems)
        found.append(len(problems))
    assert set(found) == {0, 1}


def sessions(seed: int = 1) -> list[Session]:
    weeks = CALENDAR.weeks_between("2023-01", "2023-15")
    with_days = [(week, working_days_of(week, CALENDAR)) for week in weeks]
    return build_sessions(np.random.default_rng(seed), CATALOGUE, with_days)


def test_sessions_are_numbered_in_order_of_their_days_and_those_of_issue_15_are_the_published_ones() -> None:
    found = sessions()
    assert [session.number for session in found] == [f"PX2023-{at + 1:03d}" for at in range(len(found))]
    assert [session.day for session in found] == sorted(session.day for session in found)
    assert len(found) == sum(TRAINING_SESSIONS) + len(TRAINING_LAST_WEEK)
    last = [session for session in found if session.day >= WEEK.coverage_start]
    assert [len(session.main_items) for session in last] == [items for _, items, _ in TRAINING_LAST_WEEK]
    assert len({item for session in last for item in session.main_items}) == 14
    assert len({trainee for session in last for trainee in session.trainees}) == 14


def test_a_department_teaches_its_own_items() -> None:
    names = {department.name: department.department_id for department in CATALOGUE.departments}
    for session in sessions(2):
        own = {item.name for item in CATALOGUE.items_of(names[session.department])}
        assert own.issuperset(session.main_items)


def test_a_training_log_has_a_sheet_a_month_and_a_row_for_each_item_and_trainee_up_to_the_issue(tmp_path: Path) -> None:
    made = [
        Session(date(2023, 1, 12), "P1", "司法厅", ("公证", "律师"), (0, 1, 2)),
        Session(date(2023, 3, 1), "P2", "公安厅", ("户籍",), (3,)),
        Session(date(2023, 3, 27), "P3", "公安厅", ("驾证",), (3,)),
    ]
    path, week = tmp_path / "a.xlsx", CALENDAR.week("2023-10")
    assert write_training(made, week, EXPORTED, path) == 7
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["1月", "2月", "3月"]
    january, february, march = (rows_of(path, sheet) for sheet in range(3))
    assert [(row[1], row[3], row[5]) for row in january][:4] == [
        ("P1", "公证", "ZC0001"),
        ("P1", "公证", "ZC0002"),
        ("P1", "公证", "ZC0003"),
        ("P1", "律师", "ZC0001"),
    ]
    assert february == []
    assert [row[1] for row in march] == ["P2"]


def test_the_activities_of_issue_15_are_the_published_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_activities(np.random.default_rng(1), CATALOGUE, WEEK, EXPORTED, path) == len(seed_activities())
    rows = rows_of(path)
    assert [(row[2], row[3], row[4]) for row in rows] == [one[1:] for one in seed_activities()]
    assert {row[5] for row in rows} == {"是"}
    days = [date.fromisoformat(str(row[1])) for row in rows if row[1]]
    assert all(WEEK.coverage_start <= day <= WEEK.coverage_end for day in days)


def test_the_activities_of_other_issues_are_of_printed_days_and_say_that_they_are_made_up(tmp_path: Path) -> None:
    path, week = tmp_path / "a.xlsx", CALENDAR.week("2023-07")
    count = write_activities(np.random.default_rng(3), CATALOGUE, week, EXPORTED, path)
    rows = rows_of(path)
    assert [row[0] for row in rows] == list(range(1, count + 1))
    assert all(str(row[4]).startswith("（模拟）") and "{" not in str(row[4]) for row in rows)
    days = [date.fromisoformat(str(row[1])) for row in rows if row[1]]
    assert all(week.period_start <= day <= week.period_end for day in days)


def test_the_register_comes_with_the_first_issue_of_a_year_and_every_fifth() -> None:
    issues = [week.issue_no for week in CALENDAR.weeks(2023) if has_register(week)]
    assert issues == [1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
    assert {f"2023-{number:02d}" for number in issues[:4]} == set(REGISTER)


def test_later_issues_keep_the_last_state_of_the_register_and_earlier_ones_have_fewer_authorised_departments() -> None:
    assert register_state(CATALOGUE, CALENDAR.week("2023-20")) == REGISTER["2023-15"]
    absent, of_january = register_state(CATALOGUE, CALENDAR.week("2022-01"))
    _, of_december = register_state(CATALOGUE, CALENDAR.week("2022-50"))
    assert absent == REGISTER["2023-01"][0]
    assert of_january > of_december == REGISTER["2023-01"][1]


def test_no_department_is_authorised_in_the_register_before_the_day_it_says(tmp_path: Path) -> None:
    for week_id in ("2022-05", "2022-30", "2023-20"):
        end = str(CALENDAR.week(week_id).coverage_end)
        assert all(str(row[5] or "") <= end for row in register(tmp_path, week_id).values())


def test_further_sessions_go_on_numbering_and_are_taught_by_departments_in_the_hall() -> None:
    earlier = sessions()
    week = CALENDAR.week("2023-18")
    days = working_days_of(week, CALENDAR)
    found = [further_sessions(np.random.default_rng(seed), CATALOGUE, week, days, earlier) for seed in range(40)]
    assert {len(of_week) for of_week in found} == {0, 1, 2, 3}
    for of_week in found:
        numbers = [session.number for session in of_week]
        assert numbers == [f"PX2023-{len(earlier) + at + 1:03d}" for at in range(len(of_week))]
        assert all(session.day in days for session in of_week)
    of_2022 = CALENDAR.week("2022-03")
    days = working_days_of(of_2022, CALENDAR)
    taught = [further_sessions(np.random.default_rng(seed), CATALOGUE, of_2022, days, []) for seed in range(300)]
    assert "省档案局" not in {session.department for of_week in taught for session in of_week}
