"""The hall's own workbooks: whole weeks of working days, counts that add up to the published ones."""

from __future__ import annotations

import numpy as np

from pipeline.reporting_calendar import load_calendar
from pipeline.sample.calibration import WINDOW_WEEKS, rounded
from pipeline.sample.hall_files import period_of, window_sheet, working_days_of
from pipeline.sample.narrative import seed_activities

CALENDAR = load_calendar()
WEEK = CALENDAR.week("2023-15")


def test_a_period_is_the_days_that_are_counted() -> None:
    assert period_of(WEEK) == "2023-04-15 至 2023-04-21"


def test_the_days_of_a_sheet_are_the_working_days_of_the_week() -> None:
    days = working_days_of(WEEK, CALENDAR)
    assert WEEK.coverage_start <= days[0]
    assert [day.weekday() for day in days] == [0, 1, 2, 3, 4]


def test_the_counts_of_a_sheet_add_up_to_the_published_ones() -> None:
    days = working_days_of(WEEK, CALENDAR)
    sheet = window_sheet(np.random.default_rng(3), 14, days)
    totals = sheet.counts.sum(axis=(0, 1))
    assert sorted(int(total) for total in totals) == sorted(week[14] for week in WINDOW_WEEKS.values())


def test_activities_come_with_category_and_department() -> None:
    rows = seed_activities()
    assert rows
    assert all(len(row) == 4 for row in rows)


def test_totals_are_rounded_half_up() -> None:
    assert rounded(25, 0.1) == 3
