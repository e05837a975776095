"""Files whose cells say nothing, yes or no in the words of a database or a form are loaded as what they say."""

from __future__ import annotations

from itertools import cycle

import pytest

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.inbox.deliveries import case, case_file, put, rows

NULLS = ("NULL", r"\N", "(null)", "None", "nan", "NaT", "0000-00-00 00:00:00", "暂无", "——")


def test_a_database_export_with_words_for_nothing_loses_no_row(loader: Loader) -> None:
    lines = [
        case(f"A{number}").replace(",,,,I,", f",{null},{null},{null},I,")
        for number, null in zip(range(60), cycle(NULLS), strict=False)
    ]
    put(loader, "cases.csv", case_file(*lines))
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded", event.message
    assert rows(loader, "SELECT count(*), count(completed_at), count(result) FROM raw.case_detail") == [(60, 0, 0)]
    assert rows(loader, "SELECT * FROM quarantine.cell") == []


@pytest.mark.parametrize(
    ("word", "is_adopted"), [("√", True), ("采用", True), ("TRUE", True), ("Y", True), ("×", False), ("", None)]
)
def test_an_activity_that_is_ticked_is_adopted(loader: Loader, word: str, is_adopted: bool | None) -> None:
    put(loader, "窗口动态.csv", activities(word))
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded", event.message
    assert rows(loader, "SELECT is_adopted FROM raw.activity_log") == [(is_adopted,)]


def test_an_activity_with_another_word_is_asked_about(loader: Loader) -> None:
    put(loader, "窗口动态.csv", activities("待定"))
    load_inbox(loader)
    assert rows(loader, "SELECT column_name, reason, value FROM quarantine.cell") == [
        ("is_adopted", "not_yes_or_no", "待定")
    ]


def activities(word: str) -> str:
    lines = [
        "窗口动态（2023年第15期）,模拟数据",
        "统计时间：2023-04-15 至 2023-04-21,导出时间：2023-04-24 09:12:33",
        "序号,日期,类别,报送单位,内容,是否采用",
        f"1,2023-04-17,推进情况,公安厅,开展延时服务,{word}",
    ]
    return "\r\n".join(lines) + "\r\n"
