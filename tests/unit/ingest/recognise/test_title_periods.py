"""Months and quarters in title lines, in all the ways in which people write them, and no days taken for them."""

from __future__ import annotations

import pytest

from pipeline.ingest.cells.day_notations import plain
from pipeline.ingest.recognise.title_periods import (
    coded_month_in,
    is_weekly,
    months_in,
    quarters_in,
    words_of_months,
)


@pytest.mark.parametrize(
    "line",
    [
        "好差评月报（2023年5月）",
        "2023年5月份综窗办件统计",
        "二〇二三年五月",
        "２０２３年　５月",
        "2023年1—5月累计",
        "2023年1月至5月",
        "2023年第5期（总第74期） 2023年5月",
        "2023年5月 导出时间：2023-06-02 09:00",
    ],
)
def test_a_month_is_read_however_it_is_written(line: str) -> None:
    assert [month.period_id for month in months_in(plain(line))] == ["2023-M05"]


@pytest.mark.parametrize(
    "line",
    [
        "2023年5月17日—21日",
        "2023年5月17-21日",
        "导出时间：2023年6月1日 9时",
        "2022年12月31日—1月6日",
        "注：2023年5月起增加一列",
        "2023年5月以来",
        "2023年13月",
        "2023年第5期",
        "512000-202305-003381",
    ],
)
def test_days_and_beginnings_are_no_months(line: str) -> None:
    assert months_in(plain(line)) == frozenset()


@pytest.mark.parametrize(
    "line", ["2023年第二季度", "2023年二季度", "2023年第2季度", "2023年1—2季度", "2023Q2", "2023年度第二季度季报"]
)
def test_a_quarter_is_read_however_it_is_written(line: str) -> None:
    assert [quarter.period_id for quarter in quarters_in(plain(line))] == ["2023-Q2"]


@pytest.mark.parametrize(
    ("name", "period_id"),
    [
        ("综窗月报 2023-05.xlsx", "2023-M05"),
        ("202305.csv", "2023-M05"),
        ("综窗 2023-05-08.csv", None),
        ("综窗 20230508.csv", None),
        ("综窗 2023-15.csv", None),
    ],
)
def test_digits_of_a_file_s_name_are_a_month_where_they_are_no_day(name: str, period_id: str | None) -> None:
    month = coded_month_in(name)
    assert (month and month.period_id) == period_id


def test_a_title_says_by_a_word_that_it_is_no_weekly_or_one() -> None:
    assert [words_of_months(text) for text in ("综窗月报", "季度通报", "综窗周报", "本月情况")] == [
        "月报",
        "季度",
        "",
        "",
    ]
    assert [is_weekly(text) for text in ("综窗周报", "2023年4月第3周", "综窗月报", "一周岁")] == [
        True,
        True,
        False,
        False,
    ]
