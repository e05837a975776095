"""Overrides of the calendar as a CSV says them, and lines that say nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.reporting_calendar import CalendarError, CalendarOverride, load_calendar, read_overrides
from pipeline.reporting_calendar.overrides import numbers_of, statuses_of, worked_days_of

HEADER = "kind,date_or_week_id,value,reason\n"


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


def test_overrides_are_told_apart_by_their_kind() -> None:
    overrides = [
        CalendarOverride("issue_no", "2023-15", "16"),
        CalendarOverride("total_issue_no", "2023-04-17", "440"),
        CalendarOverride("holiday", "2027-02-08"),
        CalendarOverride("year_status", "2027", "announced"),
    ]
    assert numbers_of(overrides, "issue_no") == {"2023-15": 16}
    assert numbers_of(overrides, "total_issue_no") == {"2023-04-17": 440}
    assert worked_days_of(overrides) == {date(2027, 2, 8): False}
    assert statuses_of(overrides) == {2027: "announced"}
