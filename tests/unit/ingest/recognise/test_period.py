"""Title lines: which days, which issue, which export time they name, in all the ways in which people write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.period import (
    PeriodError,
    UnnamedWeekError,
    named_week,
    read_heading,
    week_not_in_calendar,
    week_of_heading,
)
from pipeline.reporting_calendar import CalendarError, load_calendar

CALENDAR = load_calendar()
MONDAY, FRIDAY = date(2023, 4, 17), date(2023, 4, 21)


@pytest.mark.parametrize(
    "line",
    [
        "省本级综窗办件周报（2023年4月17日—4月21日）",
        "统计时间：2023年4月17日至2023年4月21日",
        "统计时间：2023-04-17 00:00:00 至 2023-04-21 23:59:59",
        "统计周期：20230417000000-20230421235959",
        "2023年4月17日（星期一）至4月21日（星期五）",
        "（2023年4月17-21日）",
        "2023.04.17-2023.04.21",
        "2023.4.17—4.21",
        "2023.4.17-21",
        "2023/4/17～2023/4/21",
        "2023-04-17至04-21",
        "２０２３年４月１７日 — ４月２１日",
        "二〇二三年四月十七日至二十一日",
        "2023年第15期　4月17日—4月21日",
        "2023年度（4月17日-21日）",
    ],
)
def test_a_span_is_read_however_it_is_written(line: str) -> None:
    assert read_heading([line]).span == (MONDAY, FRIDAY)


@pytest.mark.parametrize(
    "line",
    [
        "4月17日—4月21日",  # no year
        "2022年、2023年对比（4月17日—4月21日）",  # two years
        "2023年4月31日—5月6日",  # no such day
        "2023年4月21日—4月17日",  # backwards
        "2023年4月第3周",
        "2023年1—4月",
        "512000-20230417-003381",
        "综窗_20230417-0930",  # a day and a time of day, as likely as two days
        "导出时间：2023-04-24 09:12:33",
    ],
)
def test_what_names_no_span_or_more_than_one_is_none(line: str) -> None:
    assert read_heading([line]).span is None


def test_a_span_over_new_year_ends_in_the_next_year() -> None:
    assert read_heading(["2022年12月31日—1月6日"]).span == (date(2022, 12, 31), date(2023, 1, 6))


@given(
    first=st.dates(date(2004, 1, 1), date(2039, 12, 1)),
    days=st.integers(0, 366),
    day=st.sampled_from(
        ["{:%Y-%m-%d}", "{:%Y.%m.%d}", "{:%Y/%m/%d}", "{:%Y年%m月%d日}", "{:%Y年%m月%d号}", "{:%Y%m%d}"]
    ),
    clocks=st.sampled_from([("", ""), (" 00:00:00", " 23:59:59"), (" 0:00", " 24:00")]),
    to=st.sampled_from(["至", "到", "—", "——", "–", "~", "～", " - ", " 至 "]),
)
def test_any_two_days_in_full_are_read_back(first: date, days: int, day: str, clocks: tuple[str, str], to: str) -> None:
    last = first + timedelta(days=days)
    written = f"统计时间：{day.format(first)}{clocks[0]}{to}{day.format(last)}{clocks[1]}"
    assert read_heading([written]).span == (first, last)


@pytest.mark.parametrize(
    ("line", "issue"),
    [
        ("窗口工作周报（2023年第15期）", (2023, 15)),
        ("2023年15期", (2023, 15)),
        ("2023年度第15期", (2023, 15)),
        ("2023年（第15期）", (2023, 15)),
        ("2023年第十五期", (2023, 15)),
        ("2023年第二十期", (2023, 20)),
        ("第15期（总第435期） 2023年4月28日", (2023, 15)),
        ("总第435期 2023年", None),
        ("第15期", None),
        ("二期工程 2023年第三周", None),
    ],
)
def test_an_issue_is_read_with_its_year_or_not_at_all(line: str, issue: tuple[int, int] | None) -> None:
    assert read_heading([line]).issue == issue


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("导出时间：2023-04-24 09:12:33", datetime(2023, 4, 24, 9, 12, 33)),
        ("打印日期： 2023年4月24日 9时12分", datetime(2023, 4, 24, 9, 12)),
        ("生成时间:2023/4/24", datetime(2023, 4, 24)),
        ("查询时间：2023-04-24", None),
    ],
)
def test_an_export_time_is_read_to_the_second_that_it_has(line: str, moment: datetime | None) -> None:
    assert read_heading([line]).exported_at == moment


@pytest.mark.parametrize(
    ("lines", "name", "week_id"),
    [
        (["2023年第15期"], "a.xlsx", "2023-15"),
        (["统计时间：2023年4月17日—4月21日"], "a.xlsx", "2023-15"),
        (["数据截至2023年4月21日"], "a.xlsx", "2023-15"),
        (["综窗办件周报"], "综窗办件_2023-15.xlsx", "2023-15"),
        (["综窗办件周报"], "综窗办件（2023年第15期）.xlsx", "2023-15"),
        (["综窗办件周报"], "综窗办件2023.4.17-4.21.xlsx", "2023-15"),
    ],
)
def test_the_week_is_named_by_title_or_file_name(lines: list[str], name: str, week_id: str) -> None:
    assert week_of_heading(read_heading(lines), name, CALENDAR).week_id == week_id


def test_a_week_that_nothing_names_is_asked_for() -> None:
    with pytest.raises(UnnamedWeekError, match="2023年第15期"):
        week_of_heading(read_heading(["综窗办件周报"]), "2023-04-17.xlsx", CALENDAR)


def test_a_title_of_a_megabyte_of_blanks_takes_no_time() -> None:
    assert read_heading(["2023" + " " * 1_000_000 + "x"]).issue is None


def test_characters_that_show_nothing_do_not_hide_what_a_title_says() -> None:
    heading = read_heading(
        ["综窗\u200b办件周报（2023\u200b年第15\ufeff期）", "填报\u200b单位：\u200b公安厅", "单\xad位：万件\u200b"]
    )
    assert (heading.issue, heading.reporting_unit, heading.unit) == ((2023, 15), "公安厅", "万件")
    assert "综窗办件" in heading.title


def test_an_issue_and_a_period_of_different_weeks_refuse_the_file_with_both() -> None:
    heading = read_heading(["2023年第14期（2023年4月17日—4月21日）"])
    with pytest.raises(PeriodError, match="标题写的是第 2023-14 期，统计时间却落在第 2023-15 期") as caught:
        named_week(heading, CALENDAR)
    assert (caught.value.code, caught.value.expected, caught.value.found) == (
        "weeks_contradict", "2023-14", "2023-15",
    )  # fmt: skip


def test_a_week_that_there_is_not_refuses_the_file_in_the_calendars_words() -> None:
    with pytest.raises(RefusedFileError) as caught:
        named_week(read_heading(["2023年第99期"]), CALENDAR)
    assert caught.value.code == "week_not_in_calendar"
    assert str(week_not_in_calendar(CalendarError("没有这一期。"))) == "没有这一期。"


def test_titles_that_name_no_week_leave_it_open() -> None:
    assert named_week(read_heading(["综窗办件周报"]), CALENDAR) == ""
    assert named_week(read_heading(["二〇二三年第十五期"]), CALENDAR) == "2023-15"
