"""A hall that begins in the middle of a year: released from its first issue on, and earlier weeks as history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.hall.skeleton import write_skeleton
from tests.integration.test_hall_folder import ALIASES, CASES, DEPARTMENTS, HALL, command_line, published

pytestmark = pytest.mark.slow
FIRST = "2023-20"
SECOND = "2023-21"
BEGINS_IN_MAY = HALL.replace("anchor_total = 1\n", f'anchor_total = -18\nfirst_issue = "{FIRST}"\n')
# One case of the week, and one that was accepted in January and changed since.
CASES_OF_FIRST = (
    CASES.split("A-1,")[0]
    .replace("2023年第1期", "2023年第20期")
    .replace("统计时间：2023-01-01 至 2023-01-08", "统计时间：2023-05-22 至 2023-05-28")
    .replace("导出时间：2023-01-09", "导出时间：2023-05-29")
)
CASE = """{no},11510001,施工许可,行政许可,市住建局,承诺件,窗口,企业法人,,,,,\
{day} 09:00:00,{day} 09:10:00,,,,,I,{day} 09:10:00
"""
WINDOWS = """示例市综窗办件周报（2023年第{issue}期）,,,,,
统计时间：{first} 至 {last},,,,,
日期,窗口名称,咨询,受理,颁发,流转
{first},综合窗口1,10,2,3,4
合计,,10,2,3,4
今年累计,,{ytd},402,403,404
"""
COMPLAINTS = """
name: complaint_log
title: 投诉登记
version: 1
delivery: {kind: weekly, required: stops}
titleWords: [投诉登记]
primaryKey: [department]
fields:
  - {name: department, title: 涉及部门, codes: department, constraints: {required: true}}
  - {name: handled, title: 本周处理, type: integer, unit: 件}
  - {name: handled_ytd, title: 累计处理, type: integer, unit: 件, cumulative: {of: handled}}
"""
# What asks for files of weeks, or goes on from the week before.
ASKED = ("no_week_missing", "hall_records_delivered", "week_is_ytd_growth", "cumulative_handled_ytd", "ytd_never_falls")


def windows(issue: str, first: str, last: str, ytd: int) -> str:
    return WINDOWS.format(issue=issue, first=first, last=last, ytd=ytd)


def complaints(issue: str, week: int, ytd: int) -> str:
    return f"投诉登记（2023年第{issue}期）,,\n涉及部门,本周处理,累计处理\n市住建局,{week},{ytd}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the hall's own, its zhoubao.toml and a home, after a run of its first two weeks."""
    folder = tmp_path_factory.mktemp("halls")
    write_skeleton(folder / "hall")
    (folder / "zhoubao.toml").write_text('hall = "hall"\nhome = "home"\nthreads = 1\n', "utf-8")
    (folder / "hall" / "hall.toml").write_text(BEGINS_IN_MAY, "utf-8")
    (folder / "hall" / "reference" / "department.csv").write_text(DEPARTMENTS, "utf-8")
    (folder / "hall" / "reference" / "department_alias.csv").write_text(ALIASES, "utf-8")
    (folder / "hall" / "contracts" / "complaint_log.yaml").write_text(COMPLAINTS, "utf-8")
    cases = CASE.format(no="A-1", day="2023-05-23") + CASE.format(no="A-0", day="2023-01-10")
    deliver(folder, "办件明细_2023-20.csv", CASES_OF_FIRST + cases)
    deliver(folder, "综窗办件周报_2023-20.csv", windows("20", "2023-05-22", "2023-05-28", 400))
    deliver(folder, "投诉登记_2023-20.csv", complaints("20", 3, 120))
    next_cases = CASES_OF_FIRST.replace("第20期", "第21期").replace("2023-05-29", "2023-06-05")
    next_cases = next_cases.replace("2023-05-22 至 2023-05-28", "2023-05-29 至 2023-06-04")
    deliver(folder, "办件明细_2023-21.csv", next_cases + CASE.format(no="A-2", day="2023-05-30"))
    deliver(folder, "综窗办件周报_2023-21.csv", windows("21", "2023-05-29", "2023-06-04", 410))
    deliver(folder, "投诉登记_2023-21.csv", complaints("21", 4, 124))
    run(folder, SECOND)
    return folder


def deliver(folder: Path, name: str, text: str) -> None:
    inbox = folder / "home" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / name).write_text(text, "utf-8")


def run(folder: Path, week: str) -> None:
    run = command_line(folder, "run", "--week", week)
    assert run.returncode == 0, run.stdout + run.stderr


def findings(folder: Path) -> list[tuple[object, ...]]:
    return published(folder, f"SELECT check_name, evidence FROM quality.finding WHERE check_name IN {ASKED}")


def released(folder: Path) -> list[str]:
    state = json.loads(command_line(folder, "status", "--json").stdout)
    return [issue["week_id"] for issue in state["released"]]


def test_the_first_issue_is_released_and_nothing_before_it_is_asked_for(folder: Path) -> None:
    assert released(folder) == [FIRST, SECOND]
    assert findings(folder) == []
    assert published(folder, "SELECT check_name FROM quality.finding WHERE severity = 'critical'") == []
    assert published(folder, "SELECT week_id, total_issue_no FROM charts.report_week ORDER BY 1") == [
        (FIRST, 1),
        (SECOND, 2),
    ]


def test_the_year_to_date_counts_from_it_and_what_its_exports_bring_of_earlier_days(folder: Path) -> None:
    consulted = "SELECT week_id, value, value_ytd FROM charts.window_weekly WHERE measure = 'consulted' ORDER BY 1"
    assert published(folder, consulted) == [(FIRST, 10, 10), (SECOND, 10, 20)]
    accepted = "SELECT value, value_ytd FROM marts.weekly_metric WHERE metric = 'case_accepted'"
    whole = " AND department_id = 'ALL' AND power_type = 'ALL' AND channel = 'ALL' ORDER BY week_id"
    assert published(folder, accepted + whole) == [(1, 2), (1, 3)]


def test_files_of_earlier_weeks_are_history_that_is_loaded_and_never_asked_for(folder: Path) -> None:
    deliver(folder, "综窗办件周报_2023-18.csv", windows("18", "2023-05-08", "2023-05-14", 380))
    run(folder, SECOND)
    assert findings(folder) == []
    consulted = "SELECT week_id, value, value_ytd FROM charts.window_weekly WHERE measure = 'consulted' ORDER BY 1"
    assert published(folder, consulted) == [
        ("2023-18", 10, 10),
        ("2023-19", None, 10),
        (FIRST, 10, 20),
        (SECOND, 10, 30),
    ]


def test_another_week_rule_on_the_same_home_stops_the_run_before_anything_is_written(folder: Path) -> None:
    toml = folder / "hall" / "hall.toml"
    before = toml.read_text("utf-8")
    warehouse = (folder / "home" / "warehouse.duckdb").read_bytes()
    toml.write_text(before.replace("first_day = 1", "first_day = 6"), "utf-8")
    try:
        stopped = command_line(folder, "run", "--week", SECOND)
        told = command_line(folder, "doctor")
    finally:
        toml.write_text(before, "utf-8")
    assert stopped.returncode == 1
    words = "".join((stopped.stdout + stopped.stderr).split())
    assert "的报告周是：自星期一起" in words
    assert "现在的设置是：自星期六起" in words
    assert (folder / "home" / "warehouse.duckdb").read_bytes() == warehouse
    assert "照新的设置，已装载的各期会变成别的日子" in "".join(told.stdout.split())


def test_another_name_of_the_hall_is_told_once(folder: Path) -> None:
    toml = folder / "hall" / "hall.toml"
    toml.write_text(toml.read_text("utf-8").replace("示例市政务服务中心", "示例市政务服务局"), "utf-8")
    words = "为“示例市政务服务中心”建的，现在的设置是“示例市政务服务局”"
    runs = [command_line(folder, "run", "--week", SECOND, "--again") for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0]
    assert [words in "".join(run.stdout.split()) for run in runs] == [True, False]


def test_an_accepted_week_rule_reads_every_delivery_again(folder: Path) -> None:
    toml = folder / "hall" / "hall.toml"
    toml.write_text(toml.read_text("utf-8").replace("anchor_total = -18", "anchor_total = 82"), "utf-8")
    accepted = command_line(folder, "hall", "--accept")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "7份报送在下一次运行时按新的报告周重读" in "".join(accepted.stdout.split())
    run(folder, SECOND)
    assert published(folder, f"SELECT total_issue_no FROM charts.report_week WHERE week_id = '{FIRST}'") == [(101,)]
