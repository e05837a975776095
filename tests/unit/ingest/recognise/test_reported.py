"""What an export reports: a week, or a month or quarter in the release after it; a weekly never takes a month."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain

import pytest

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.period import PeriodError, UnnamedWeekError, read_heading
from pipeline.ingest.recognise.reported import (
    Reported,
    doubt_of_days,
    doubt_of_number,
    named_week,
    refuse_days_of_no_week,
    reported_by,
    reported_until,
)
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek, WeekRule, load_calendar

CALENDAR = load_calendar()
RULES = {"saturday": WeekRule(), "monday": WeekRule(first_day=1), "friday": WeekRule(first_day=5)}


def contract(period: str = "week", kind: str = "weekly") -> Contract:
    return Contract.model_validate(
        {
            "name": "rating",
            "title": "好差评统计",
            "version": 1,
            "delivery": {"kind": kind, "period": period},
            "fields": [{"name": "department", "title": "部门"}],
        }
    )


def reported(*lines: str, name: str = "", period: str = "week", kind: str = "weekly") -> Reported:
    return reported_by(read_heading(lines), name, contract(period, kind), CALENDAR)


def new_file(
    *lines: str,
    name: str = "",
    kind: str = "weekly",
    calendar: ReportingCalendar = CALENDAR,
    is_asked: bool = True,
) -> ReportWeek:
    """The week of a file that comes for the first time."""
    heading = read_heading(lines)
    week = reported_by(heading, name, contract(kind=kind), calendar).week
    if is_asked:
        refuse_days_of_no_week(heading, name, contract(kind=kind), week, calendar)
    return week


def ids(found: Reported) -> tuple[str | None, str]:
    return found.period.period_id if found.period else None, found.week.week_id


@pytest.mark.parametrize(
    "line",
    [
        "2023年第5期（总第74期）",
        "好差评月报（2023年5月）",
        "2023年第6期 2023年5月",
        "统计时间：2023-05-01 至 2023-05-31",
        "统计时间：2023年1月1日—2023年5月31日",
        "截至2023年5月31日",
        "2023年5月 上期：2023年4月",
        "上期：2023年4月 本期：2023年5月",
        "2023年5月 同比2022年5月",
        "二〇二三年五月份",
    ],
)
def test_a_monthly_is_of_its_month_and_told_in_the_release_after_it(line: str) -> None:
    # Saturday 3 June is the first day of the issue that begins after May.
    assert ids(reported(line, period="month")) == ("2023-M05", "2023-22")
    assert CALENDAR.week("2023-22").coverage_start == date(2023, 6, 3)


@pytest.mark.parametrize(
    "line",
    ["2023年第2期", "2023年第二季度", "2023年4—6月", "统计时间：2023-04-01 至 2023-06-30", "季报（2023年二季度）"],
)
def test_a_quarterly_is_of_its_quarter(line: str) -> None:
    found = reported(line, period="quarter")
    assert ids(found) == ("2023-Q2", CALENDAR.week_of(date(2023, 7, 1)).week_id)


def test_a_monthly_of_december_is_told_in_the_first_release_of_the_next_year() -> None:
    assert ids(reported("2022年12月", period="month")) == ("2022-M12", "2023-01")


@pytest.mark.parametrize("name", ["好差评月报_2023-05.xlsx", "好差评 2023年5月.csv", "好差评_202305.csv"])
def test_a_month_may_stand_in_the_file_s_name_alone(name: str) -> None:
    assert ids(reported("好差评统计", name=name, period="month")) == ("2023-M05", "2023-22")


def test_a_monthly_that_names_no_month_or_several_or_a_thirteenth_is_asked_about() -> None:
    with pytest.raises(UnnamedWeekError, match="没有写明是哪个月"):
        reported("好差评统计", period="month")
    with pytest.raises(PeriodError, match="标题中写了2023年4月、2023年5月"):
        reported("2023年5月", "2023年4月", period="month")
    with pytest.raises(PeriodError, match="标题中写了2023年4月、2023年5月"):
        reported("2023年5月 统计时间：2023-04-01 至 2023-04-30", period="month")
    with pytest.raises(PeriodError, match="一年只有 12 期"):
        reported("2023年第15期", period="month")
    with pytest.raises(PeriodError, match="一年只有 4 期"):
        reported("2023年第5期", period="quarter")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("综窗办件月报（2023年第5期）",), "“月报”"),
        (("2023年第5期（总第74期）", "2023年5月"), "2023年5月"),
        (("综窗办件统计（2023年5月）",), "2023年5月"),
        (("2023年第二季度",), "2023年第2季度"),
        (("统计时间：2023-05-01 至 2023-05-31",), "2023年5月"),
        (("统计时间：2023-01-01 至 2023-01-31",), "2023年1月"),
        (("2023年第1期", "2023年1月"), "2023年1月"),
    ],
)
def test_a_title_that_speaks_of_a_month_is_never_taken_for_a_week(lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        reported(*lines, name="好差评_2023-05.xlsx")
    assert refused.value.code == "no_week_but_longer"
    assert f"标题说的是{said}，而“好差评统计”每周报送一份" in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "week_id"),
    [
        (("综窗办件周报（2023年第5期）",), "2023-05"),
        (("综窗办件周报（2023年4月）", "2023年第15期"), "2023-15"),
        (("2023年4月第3周（4月17日—4月21日）",), "2023-15"),
        (("2023年第15期", "2023年4月"), "2023-15"),
        (("注：2023年3月起增加一列", "2023年第15期"), "2023-15"),
        (("统计时间：2023-01-01 至 2023-03-31",), "2023-12"),
        (("月度考核用表", "统计时间：2023-04-15 至 2023-04-21"), "2023-15"),
    ],
)
def test_a_weekly_that_mentions_a_month_stays_one(lines: tuple[str, ...], week_id: str) -> None:
    assert ids(reported(*lines)) == (None, week_id)


@pytest.mark.parametrize(
    ("rule", "line", "days_of_week"),
    [
        ("monday", "统计时间：2023年4月10日—5月4日", "第 2023-17 期是 2023-05-01 至 2023-05-07"),
        ("monday", "2023年第17期 2023年4月10日—5月4日", "第 2023-17 期是 2023-05-01 至 2023-05-07"),
        ("saturday", "统计时间：2023年4月12日—4月18日", "第 2023-15 期是 2023-04-15 至 2023-04-21"),
        ("friday", "统计时间：2023年4月10日—4月16日", "第 2023-16 期是 2023-04-14 至 2023-04-20"),
        ("saturday", "统计时间：2023年1月1日—4月19日", "第 2023-15 期是 2023-04-15 至 2023-04-21"),
    ],
)
def test_days_that_are_not_those_of_an_issue_are_asked_about(rule: str, line: str, days_of_week: str) -> None:
    calendar = load_calendar(rule=RULES[rule])
    with pytest.raises(PeriodError, match=days_of_week) as refused:
        new_file(line, calendar=calendar)
    assert refused.value.code == "days_of_no_week"
    assert new_file(line, calendar=calendar, kind="snapshot") == new_file(line, calendar=calendar, is_asked=False)


def test_days_that_begin_before_the_issue_that_they_end_with_are_taken_with_a_question() -> None:
    calendar = load_calendar(rule=RULES["monday"])
    heading = read_heading(["统计时间：2023年4月10日—5月7日"])
    week = new_file("统计时间：2023年4月10日—5月7日", calendar=calendar)
    said = "标题写的是 2023-04-10 至 2023-05-07，第 2023-17 期是 2023-05-01 至 2023-05-07"
    assert doubt_of_days(heading, "", Reported(week), calendar).startswith(said)
    for line in ("统计时间：2023年5月1日—5月7日", "2023年1月1日—5月7日"):
        assert doubt_of_days(read_heading([line]), "", Reported(week), calendar) == ""


def test_days_in_a_file_s_name_are_those_of_an_issue_too() -> None:
    with pytest.raises(PeriodError, match="2023-04-12 至 2023-04-18"):
        new_file("好差评统计", name="好差评2023年4月12日—18日.xlsx")
    # The number is enough: digits beside it may be anything.
    assert new_file("好差评统计", name="好差评_2023-15_20230401-20230421.xlsx").week_id == "2023-15"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("saturday", "2023年4月17日—4月21日"),
        ("saturday", "2023年4月15日—4月21日"),
        ("saturday", "2023年4月18日—4月19日"),
        ("saturday", "2023年1月1日—4月21日"),
        ("monday", "2023年1月1日—4月23日"),
        ("monday", "2023年4月17日—4月23日"),
        ("friday", "2023年4月14日—4月20日"),
        ("saturday", "累计：2023年1月1日—4月21日"),
    ],
)
def test_days_of_one_issue_and_the_year_to_date_are_its_own(rule: str, line: str) -> None:
    calendar = load_calendar(rule=RULES[rule])
    week = new_file(line, calendar=calendar)
    assert week == calendar.week_of(date(2023, 4, 19))


def test_a_week_of_holidays_is_of_the_issue_that_covers_it() -> None:
    # 2023-38 covers the holidays of October as well: nobody works from 29 September to 6 October.
    week = CALENDAR.week_of(date(2023, 10, 7))
    assert new_file("统计时间：2023年9月30日—10月13日") == week
    assert new_file("统计时间：2023年10月7日—10月13日") == week


@pytest.mark.parametrize(
    ("period", "line", "said"),
    [
        ("month", "统计时间：2023年5月1日—5月7日", "标题写的是 2023-05-01 至 2023-05-07，而“好差评统计”按月报送"),
        ("month", "2023年5月 统计时间：2023年5月1日—5月7日", "2023年5月是 2023-05-01 至 2023-05-31"),
        ("month", "2023年4月21日—2023年5月20日", "2023年5月是 2023-05-01 至 2023-05-31"),
        ("quarter", "2023年5月", "标题写的是 2023-05-01 至 2023-05-31，而“好差评统计”按季度报送"),
        ("quarter", "2023年1—6月", "2023年第2季度是 2023-04-01 至 2023-06-30"),
        ("quarter", "统计时间：2023-01-01 至 2023-06-30", "2023年第2季度是 2023-04-01 至 2023-06-30"),
    ],
)
def test_days_that_are_no_whole_month_or_quarter_are_asked_about(period: str, line: str, said: str) -> None:
    with pytest.raises(PeriodError, match=said) as refused:
        reported(line, period=period)
    assert refused.value.code == "days_of_no_period"


@pytest.mark.parametrize(
    ("period", "line", "period_id"),
    [
        ("month", "统计时间：2023年5月4日—5月31日", "2023-M05"),
        ("month", "统计时间：2023年7月3日—7月31日", "2023-M07"),
        ("month", "2023年1—5月", "2023-M05"),
        ("quarter", "2023年4月—6月", "2023-Q2"),
        ("quarter", "2023年1—3月", "2023-Q1"),
        ("quarter", "2023年第2季度（2023年7月编印）", "2023-Q2"),
    ],
)
def test_the_working_days_of_a_month_and_the_months_of_a_quarter_are_its_own(
    period: str, line: str, period_id: str
) -> None:
    assert ids(reported(line, period=period))[0] == period_id


def test_a_file_s_name_may_say_which_week_of_the_month_it_is() -> None:
    assert ids(reported("大厅巡查（2023年4月）", name="巡查_2023-15.xlsx")) == (None, "2023-15")
    with pytest.raises(RefusedFileError, match="标题说的是2023年5月"):
        reported("大厅巡查（2023年5月）", name="巡查_2023-15.xlsx")


def test_the_snapshot_of_a_month_is_the_state_of_its_week() -> None:
    assert ids(reported("事项目录（2023年4月）", name="事项目录_2023-15.xlsx", kind="snapshot")) == (None, "2023-15")


def test_the_latest_day_of_the_rows_says_the_month() -> None:
    assert ids(reported_until(date(2023, 5, 17), contract("month"), CALENDAR)) == ("2023-M05", "2023-22")
    assert ids(reported_until(date(2023, 4, 20), contract(), CALENDAR)) == (None, "2023-15")


def test_titles_of_tables_name_the_release_of_their_month() -> None:
    assert named_week(read_heading(["2023年5月"]), contract("month"), CALENDAR) == "2023-22"
    assert named_week(read_heading(["好差评"]), contract("month"), CALENDAR) == ""
    with pytest.raises(RefusedFileError, match="1987"):
        named_week(read_heading(["1987年5月"]), contract("month"), ReportingCalendar(years=range(2015, 2028)))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_week_of_thirteen_years_is_read_from_the_days_that_it_prints(rule: WeekRule) -> None:
    calendar = load_calendar(rule=rule)
    weekly = contract()
    weeks = chain.from_iterable(calendar.weeks(year) for year in range(2023, 2036))
    for week in weeks:
        first, last = week.period_start, week.period_end
        earlier = f"上期：{first - timedelta(days=7):%Y年%m月%d日}—{last - timedelta(days=7):%Y年%m月%d日}"
        year_ago = f"同比{first - timedelta(days=364):%Y-%m-%d} 至 {last - timedelta(days=364):%Y-%m-%d}"
        own = f"{first:%Y年%m月%d日}—{last:%Y年%m月%d日}"
        number = f"{week.year}年第{week.issue_no}期"
        for lines in (
            [f"周报（{own}）"],
            [f"周报（{number}）", f"统计时间：{own}"],
            [f"周报（{number}） {earlier}"],
            [earlier, f"本期：{own}"],
            [f"{earlier} {year_ago} 本期：{own}"],
            [
                f"对比期：{own}".replace(
                    own, f"{first - timedelta(days=7):%Y-%m-%d} 至 {last - timedelta(days=7):%Y-%m-%d}"
                ),
                own,
            ],
        ):
            found = reported_by(read_heading(lines), "", weekly, calendar)
            assert found.week.week_id == week.week_id, lines


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_month_of_thirteen_years_has_the_first_release_that_begins_after_it(rule: WeekRule) -> None:
    calendar = load_calendar(rule=rule)
    monthly = contract("month")
    for year in range(2023, 2036):
        for month in range(1, 13):
            found = reported_by(read_heading([f"{year}年第{month}期（总第{month + 70}期）"]), "", monthly, calendar)
            assert found.period is not None
            assert found.period.period_id == f"{year}-M{month:02d}"
            begins = found.week.coverage_start
            assert found.period.last_day < begins
            before = calendar.week_of(begins - timedelta(days=1))
            assert before.coverage_start <= found.period.last_day


@pytest.mark.parametrize(
    ("line", "period", "is_doubted"),
    [
        ("2023年第5期（总第74期）", "week", True),
        ("2023年第5期（总第425期）", "week", False),
        ("2023年第5期", "week", False),
        ("2023年第5期（总第74期）", "month", False),
        ("统计时间：2023-01-28 至 2023-02-03 总第74期", "week", False),
    ],
    ids=["another number", "the calendar's", "none", "a monthly", "by its days"],
)
def test_a_number_in_total_that_is_not_the_calendars_is_told(line: str, period: str, is_doubted: bool) -> None:
    sentence = doubt_of_number(read_heading([line]), reported(line, period=period))
    assert ("总第 74 期不是报告周 2023-05 的总第 425 期" in sentence) == is_doubted
