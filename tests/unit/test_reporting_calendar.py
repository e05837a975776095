"""What holds of the reporting calendar: days, issue numbers, working days and overrides."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting_calendar import (
    CalendarError,
    CalendarOverride,
    ReportingCalendar,
    load_calendar,
    read_overrides,
)

CALENDAR = load_calendar()
REFERENCE = Path(__file__).parents[2] / "pipeline" / "reference"
HEADER = "kind,date_or_week_id,value,reason\n"
MAKE_UP_DAYS = {
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


@pytest.mark.parametrize("year", range(2015, 2028))
def test_coverage_tiles_the_year(year: int) -> None:
    weeks = CALENDAR.weeks(year)
    assert weeks[0].coverage_start == date(year, 1, 1)
    assert weeks[-1].coverage_end == date(year, 12, 31)
    for before, after in pairwise(weeks):
        assert after.coverage_start == before.coverage_end + timedelta(days=1)
    assert all(week.coverage_start <= week.coverage_end for week in weeks)


@given(st.dates(date(2015, 1, 1), date(2026, 12, 31)))
def test_every_day_is_in_exactly_one_week(day: date) -> None:
    holding = [week for week in CALENDAR.weeks(day.year) if week.coverage_start <= day <= week.coverage_end]
    assert holding == [CALENDAR.week_of(day)]


def test_total_issue_numbers_run_on_without_gap_over_years() -> None:
    totals = [week.total_issue_no for year in range(2015, 2028) for week in CALENDAR.weeks(year)]
    assert totals == list(range(totals[0], totals[0] + len(totals)))


@pytest.mark.parametrize("year", range(2015, 2028))
def test_issue_numbers_count_from_one_and_make_the_week_id(year: int) -> None:
    weeks = CALENDAR.weeks(year)
    assert [week.issue_no for week in weeks] == list(range(1, len(weeks) + 1))
    assert [week.week_id for week in weeks] == [f"{year}-{i:02d}" for i in range(1, len(weeks) + 1)]


def test_every_monday_to_friday_with_a_working_day_is_printed_once() -> None:
    printed = [week.period_start for year in range(2015, 2027) for week in CALENDAR.weeks(year)]
    mondays = [date(2015, 1, 5) + timedelta(weeks=i) for i in range(626)]
    working = [m for m in mondays if any(CALENDAR.is_working_day(m + timedelta(days=i)) for i in range(5))]
    assert printed == working


def test_issue_15_of_2023_is_17_to_21_april_and_435_in_total() -> None:
    week = CALENDAR.week("2023-15")
    assert (week.period_start, week.period_end) == (date(2023, 4, 17), date(2023, 4, 21))
    assert (week.coverage_start, week.coverage_end) == (date(2023, 4, 15), date(2023, 4, 21))
    assert (week.issue_no, week.total_issue_no, week.working_days) == (15, 435, 5)


def test_week_of_spring_festival_2023_has_no_issue_and_its_days_go_to_the_next() -> None:
    assert all(week.period_start != date(2023, 1, 23) for week in CALENDAR.weeks(2023))
    fourth = CALENDAR.week("2023-04")
    assert (fourth.coverage_start, fourth.coverage_end) == (date(2023, 1, 21), date(2023, 2, 3))
    assert fourth.working_days == 7
    assert CALENDAR.week_of(date(2023, 1, 25)) == fourth


def test_straddling_week_goes_to_the_year_of_most_working_days_and_a_tie_to_the_later() -> None:
    assert CALENDAR.weeks(2016)[0].period_start == date(2016, 1, 4)
    assert CALENDAR.weeks(2015)[-1].period_end == date(2016, 1, 1)
    first_of_2025 = CALENDAR.week("2025-01")
    assert (first_of_2025.period_start, first_of_2025.coverage_start) == (date(2024, 12, 30), date(2025, 1, 1))


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_make_up_days_are_the_only_working_days_at_weekends(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=i) for i in range(365))
    weekend = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and CALENDAR.is_working_day(day)]
    assert weekend == MAKE_UP_DAYS[year].split()


def test_a_year_without_announced_holidays_is_provisional_until_the_steward_says_otherwise() -> None:
    assert (CALENDAR.status(2026), CALENDAR.status(2027)) == ("announced", "provisional")
    assert CALENDAR.weeks(2027)[0].calendar_status == "provisional"
    assert CALENDAR.is_working_day(date(2027, 2, 8))
    told = ReportingCalendar([CalendarOverride("year_status", "2027", "announced")])
    assert told.weeks(2027)[0].calendar_status == "announced"


def test_overridden_days_win_over_the_announced_ones() -> None:
    calendar = ReportingCalendar(
        [CalendarOverride("holiday", "2023-04-17"), CalendarOverride("working_day", "2023-04-16")]
    )
    assert not calendar.is_working_day(date(2023, 4, 17))
    assert calendar.is_working_day(date(2023, 4, 16))


def test_a_week_overridden_to_holiday_gives_its_days_to_the_next_issue() -> None:
    days = [CalendarOverride("holiday", f"2023-04-{day}") for day in range(17, 22)]
    calendar = ReportingCalendar(days)
    fifteenth = calendar.week("2023-15")
    assert (fifteenth.period_start, fifteenth.coverage_start) == (date(2023, 4, 24), date(2023, 4, 15))


@pytest.mark.parametrize("key", ["2023-15", "2023-04-19"])
def test_overridden_numbers_count_on_from_their_week(key: str) -> None:
    calendar = ReportingCalendar(
        [CalendarOverride("issue_no", key, "16"), CalendarOverride("total_issue_no", "2023-16", "440")]
    )
    week = calendar.week_of(date(2023, 4, 17))
    assert (week.week_id, week.issue_no, week.total_issue_no) == ("2023-16", 16, 440)
    assert calendar.week_of(date(2023, 4, 24)).week_id == "2023-17"
    last, first = calendar.weeks(2023)[-1], calendar.weeks(2024)[0]
    assert first.total_issue_no == last.total_issue_no + 1


def test_a_number_that_does_not_grow_is_refused() -> None:
    calendar = ReportingCalendar([CalendarOverride("issue_no", "2023-15", "14")])
    with pytest.raises(CalendarError, match="2023-15 的期号改为 14"):
        calendar.weeks(2023)


def test_a_day_overridden_both_ways_is_refused() -> None:
    both = [CalendarOverride("holiday", "2027-02-08"), CalendarOverride("working_day", "2027-02-08")]
    with pytest.raises(CalendarError, match="自相矛盾"):
        ReportingCalendar(both)


def test_weeks_between_includes_both_ends_and_crosses_years() -> None:
    ids = [week.week_id for week in CALENDAR.weeks_between("2022-50", "2023-02")]
    assert ids == ["2022-50", "2023-01", "2023-02"]
    with pytest.raises(CalendarError, match="颠倒"):
        CALENDAR.weeks_between("2023-02", "2022-50")


@pytest.mark.parametrize("week_id", ["2023-51", "2023-00", "2023-1", "期"])
def test_an_unknown_week_is_a_sentence(week_id: str) -> None:
    with pytest.raises(CalendarError, match=r"。$"):
        CALENDAR.week(week_id)


def test_overrides_are_read_from_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text(HEADER + "holiday,2027-02-08,,春节\nissue_no,2023-15,16,补发一期\n", encoding="utf-8-sig")
    assert read_overrides(path) == (
        CalendarOverride("holiday", "2027-02-08", "", "春节"),
        CalendarOverride("issue_no", "2023-15", "16", "补发一期"),
    )
    assert not load_calendar(path).is_working_day(date(2027, 2, 8))


@pytest.mark.parametrize(
    "line",
    [
        "festival,2027-02-08,,",
        "holiday,2027-2-8,,",
        "holiday,2027-02-30,,",
        "holiday,20270208,,",
        "issue_no,2023-15,十六,",
        "issue_no,2023-15,0,",
        "total_issue_no,fifteen,435,",
        "year_status,2027,known,",
        "year_status,27,announced,",
    ],
)
def test_a_bad_override_names_file_and_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text(HEADER + "holiday,2027-02-09,,\n" + line + "\n", encoding="utf-8")
    with pytest.raises(CalendarError, match=r"overrides\.csv 第 3 行："):
        read_overrides(path)


def test_a_csv_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text("day,is_working\n2027-02-08,0\n", encoding="utf-8")
    with pytest.raises(CalendarError, match="第 1 行：表头应为"):
        read_overrides(path)


def test_importing_the_calendar_imports_no_holiday_table() -> None:
    code = "import sys, pipeline.reporting_calendar; sys.exit('chinese_calendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_45_departments_are_unique_and_keep_the_register_order() -> None:
    departments = _reference("department")
    names = [row["department_name"] for row in departments]
    assert len(departments) == len(set(names)) == len({row["department_id"] for row in departments}) == 45
    assert [int(row["sort_order"]) for row in departments] == list(range(1, 46))
    not_authorized = [name for name in names if name in {"成都海关", "省贸促会", "住房城乡建设厅"}]
    assert not_authorized == ["住房城乡建设厅", "成都海关", "省贸促会"]


def test_every_department_name_is_an_alias_and_no_alias_means_two_departments_on_one_day() -> None:
    aliases = _reference("department_alias")
    known = {(row["alias"], row["department_id"]) for row in aliases}
    assert {(row["department_name"], row["department_id"]) for row in _reference("department")} <= known
    assert len({row["alias"] for row in aliases}) == len(aliases)
    assert all(row["valid_from"] < (row["valid_to"] or "9999") for row in aliases)


def test_the_other_nine_are_the_codes_02_to_10() -> None:
    codes = {row["code"] for row in _reference("power_type") if row["power_group"] == "other_nine"}
    assert codes == {f"{code:02d}" for code in range(2, 11)}
