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
    read_heading,
    week_not_in_calendar,
    week_of_heading,
)
from pipeline.ingest.recognise.reported import named_week
from pipeline.reporting_calendar import CalendarError, ReportingCalendar, ReportWeek, WeekRule, load_calendar
from tests.unit.ingest.recognise.tiny_contracts import tiny_contract

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
        named_week(heading, tiny_contract(), CALENDAR)
    assert (caught.value.code, caught.value.expected, caught.value.found) == (
        "weeks_contradict", "2023-14", "2023-15",
    )  # fmt: skip


def test_a_week_that_there_is_not_refuses_the_file_in_the_calendars_words() -> None:
    with pytest.raises(RefusedFileError) as caught:
        named_week(read_heading(["2023年第99期"]), tiny_contract(), CALENDAR)
    assert caught.value.code == "week_not_in_calendar"
    assert str(week_not_in_calendar(CalendarError("没有这一期。"))) == "没有这一期。"


def test_titles_that_name_no_week_leave_it_open() -> None:
    assert named_week(read_heading(["综窗办件周报"]), tiny_contract(), CALENDAR) == ""
    assert named_week(read_heading(["二〇二三年第十五期"]), tiny_contract(), CALENDAR) == "2023-15"


@pytest.mark.parametrize(
    ("title", "week_id"),
    [
        ("2025年12月29日—2026年1月2日", "2025-53"),
        ("2025年12月27日—2026年1月2日", "2025-53"),
        ("2025年12月29日至12月31日", "2025-53"),
        ("2025年第53期，2025年12月29日—2026年1月2日", "2025-53"),
        ("2026年12月28日—2027年1月1日", "2026-51"),
        ("2020年12月28日—2021年1月1日", "2020-52"),
        ("2026年1月1日—1月9日", "2026-01"),
        ("2026年1月5日—1月9日", "2026-01"),
        ("2024年12月30日—2025年1月3日", "2025-01"),
        ("2025年第1期，2024年12月30日—2025年1月3日", "2025-01"),
    ],
)
def test_a_span_over_new_year_is_of_the_issue_that_prints_it(title: str, week_id: str) -> None:
    assert week_of_heading(read_heading([title]), "", CALENDAR).week_id == week_id
    assert week_of_heading(read_heading([]), f"周报{title}.xlsx", CALENDAR).week_id == week_id


@pytest.mark.parametrize(
    ("first_day", "title", "week_id"),
    [
        (1, "2025年12月29日—2026年1月4日", "2025-53"),
        (1, "2025年第53期，2025年12月29日—2026年1月4日", "2025-53"),
        (1, "2026年1月5日—1月11日", "2026-01"),
        (1, "2026年12月28日—2027年1月3日", "2026-51"),
        (1, "2026年第51期，2026年12月28日—2027年1月3日", "2026-51"),
        (1, "2027年1月4日—1月10日", "2027-01"),
        (1, "数据截至2026年1月4日", "2025-53"),
        (1, "2024年12月30日—2025年1月5日", "2025-01"),
        (1, "2025年第1期，2024年12月30日—12月31日", "2025-01"),
        (1, "2024年12月30日—12月31日", "2024-51"),
        (6, "2024年12月28日—2025年1月3日", "2025-01"),
        (6, "2025年1月4日—1月10日", "2025-02"),
        (6, "2026年12月26日—2027年1月1日", "2026-51"),
        (5, "2025年12月26日—2026年1月1日", "2025-52"),
    ],
)
def test_a_whole_week_over_new_year_is_of_the_issue_of_that_week(first_day: int, title: str, week_id: str) -> None:
    calendar = ReportingCalendar(rule=WeekRule(first_day=first_day))
    assert week_of_heading(read_heading([title]), "", calendar).week_id == week_id


@pytest.mark.parametrize("first_day", range(1, 8))
def test_no_two_whole_weeks_are_of_one_issue(first_day: int) -> None:
    calendar = ReportingCalendar(rule=WeekRule(first_day=first_day))
    start = calendar.rule.start_of_week(date(2019, 1, 1))
    week_ids = []
    while start.year < 2036:
        last_day = start + timedelta(days=6)
        heading = read_heading([f"{start:%Y-%m-%d} 至 {last_day:%Y-%m-%d}"])
        # A week of holidays has no issue: its days are of the next, and no file is made of it.
        first_printed, last_printed = calendar.rule.printed_span(start)
        days = range((last_printed - first_printed).days + 1)
        if any(calendar.is_working_day(first_printed + timedelta(days=day)) for day in days):
            week_ids.append(week_of_heading(heading, "", calendar).week_id)
        start += timedelta(days=7)
    assert len(set(week_ids)) == len(week_ids)


def test_the_last_week_of_the_calendar_may_end_after_it() -> None:
    calendar = ReportingCalendar(rule=WeekRule(first_day=1), years=range(2024, 2026))
    heading = read_heading(["2025年12月29日—2026年1月4日"])
    assert week_of_heading(heading, "", calendar).week_id == "2025-53"


def test_the_last_day_that_an_issue_prints_may_be_in_the_next_year() -> None:
    assert week_of_heading(read_heading(["数据截至2026年1月2日"]), "", CALENDAR).week_id == "2025-53"
    assert week_of_heading(read_heading(["数据截至2026年1月1日"]), "", CALENDAR).week_id == "2026-01"


@given(year=st.integers(2005, 2026), position=st.integers(0, 52))
def test_what_an_issue_prints_is_read_as_that_issue(year: int, position: int) -> None:
    weeks = CALENDAR.weeks(year)
    week = weeks[min(position, len(weeks) - 1)]
    heading = read_heading([f"周报（{week.period_start:%Y年%m月%d日}—{week.period_end:%Y年%m月%d日}）"])
    assert week_of_heading(heading, "", CALENDAR) == week


@pytest.mark.parametrize(
    "lines",
    [
        ["对比期：2023年第14期", "本期：2023年第15期"],
        ["上期：2023-04-08 至 2023-04-14    本期：2023-04-15 至 2023-04-21"],
        ["统计（环比2023年4月10日—4月14日）", "统计时间：2023年4月17日—4月21日"],
        ["同比：2022年4月18日—4月22日", "统计时间：2023年4月17日—4月21日"],
        ["与上年同期数（2022-04-18至2022-04-22）对比 2023年第15期"],
        ["2023年4月10日—4月14日数据另表", "本期：2023年4月17日—4月21日"],
        ["上周（4月10日—14日）", "统计时间：2023年4月17日—4月21日", "导出时间：2023-04-24"],
        ["上周（2023年4月17日—4月21日）办件情况", "导出时间：2023-04-24 09:00"],
        ["累计：2023年1月1日—4月21日", "2023年4月17日—4月21日"],
        ["同比分析表（2023年第15期）"],
    ],
)
def test_a_period_that_is_compared_with_does_not_name_the_week(lines: list[str]) -> None:
    assert week_of_heading(read_heading(lines), "", CALENDAR).week_id == "2023-15"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["2023年第14期", "2023年第15期"], "several_weeks"),
        (["2023年4月10日—4月14日", "2023年4月17日—4月21日"], "several_weeks"),
        (["上期：2023年第14期"], "week_unnamed"),
    ],
)
def test_titles_without_a_clear_week_are_asked_about(lines: list[str], code: str) -> None:
    with pytest.raises(PeriodError) as refusal:
        week_of_heading(read_heading(lines), "", CALENDAR)
    assert refusal.value.code == code


_COMPARED_WORDS = st.sampled_from(["对比期：", "上期：", "上一期（", "去年同期：", "同比 ", "环比：", "基期为"])
_OWN_WORDS = st.sampled_from(["本期：", "统计时间：", ""])


@given(
    compared=_COMPARED_WORDS, own=_OWN_WORDS, number=st.integers(1, 30), is_first=st.booleans(), is_span=st.booleans()
)
def test_the_own_week_is_read_beside_a_compared_one_in_any_order(
    compared: str, own: str, number: int, is_first: bool, is_span: bool
) -> None:
    weeks = CALENDAR.weeks(2023)
    before, week = weeks[number - 1], weeks[number]
    form = _span_words if is_span else _issue_words
    lines = [f"{compared}{form(before)}", f"{own}{form(week)}"]
    heading = read_heading(lines if is_first else lines[::-1])
    assert week_of_heading(heading, "", CALENDAR) == week


def _span_words(week: ReportWeek) -> str:
    return f"{week.period_start:%Y-%m-%d}至{week.period_end:%Y-%m-%d}"


def _issue_words(week: ReportWeek) -> str:
    return f"{week.year}年第{week.issue_no}期"
