"""The example hall 示例市: ratings, hotline and queues of contracts alone, from its sample to the printed weekly.

What its figures have to be is worked out by hand from `halls/shilishi/sample`, which is small enough for that.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import openpyxl
import pytest

from pipeline.sample import copy_own_exports
from pipeline.settings import PROJECT_ROOT
from tests.command_line import run_command
from tests.hall import Hall
from tests.ready_homes import SHILISHI, ReadyHomes

pytestmark = pytest.mark.slow
WEEKS = ("2024-01", "2024-02", "2024-03", "2024-04")
OTHER_HALL = ("四川", "成都", "省本级", "省级", "川")
# Sections of the weekly of exports that this hall does not have.
ABSENT = ("综窗改革", "事项受理办理", "大厅巡查", "窗口工作动态", "待填写", "未报送")
# Metric → value of 2024-04 and of the year to date.
FIGURES = {
    # 16+4+8+5+7+6+12+3+9+8+8+4; 75+83+79+90
    "rating_cases": ("90.00", "327.00"),
    "rated_cases": ("23.00", "84.00"),
    # 23 of 90; 84 of 327
    "rated_rate": ("25.56", "25.69"),
    # The ratings without those by default, of which there are 2+3+4+5.
    "active_ratings": ("23.00", "84.00"),
    "default_ratings": ("5.00", "14.00"),
    # 22 of 23; 78 of 84
    "satisfied_rate": ("95.65", "92.86"),
    "bad_ratings": ("1.00", "6.00"),
    "rectified_ratings": ("0.00", "5.00"),
    "rectified_rate": ("0.00", "83.33"),
    # Every fifth rating is by the person of the one before it.
    "raters": ("19.00", None),
    "hotline_received": ("120.00", "430.00"),
    "hotline_handled": ("118.00", "420.00"),
    # 21 carried into the year, 430 received and 420 handled since
    "hotline_open": ("31.00", None),
    # 116 of 118; 410 of 420
    "hotline_on_time_rate": ("98.31", "97.62"),
    # 72 of 76; 248 of 262
    "hotline_satisfied_rate": ("94.74", "94.66"),
    "tickets": ("375.00", "1429.00"),
    "served": ("360.00", "1372.00"),
    "abandoned": ("15.00", "57.00"),
    "abandoned_rate": ("4.00", "3.99"),
    # 4402.5 minutes of 360; 16888 of 1372
    "mean_wait": ("12.20", "12.30"),
    "still_waiting": ("2.00", None),
}


def command_line(home: Path, *words: str) -> CompletedProcess[str]:
    settings = {"ZHOUBAO_HALL": str(SHILISHI), "ZHOUBAO_HOME": str(home), "ZHOUBAO_THREADS": "1"}
    return run_command(PROJECT_ROOT, settings, *words)


@pytest.fixture(scope="module")
def home(ready_homes: ReadyHomes) -> Path:
    """A home after what `make run HALL=halls/shilishi` does."""
    return ready_homes.example_hall()


def published(home: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "published" / "metrics.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_its_folder_has_no_code(tmp_path: Path) -> None:
    assert [path for path in SHILISHI.rglob("*") if path.suffix in {".sql", ".py"}] == []
    checked = command_line(tmp_path, "contract", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_four_weeks_are_released_without_a_finding(home: Path) -> None:
    state = json.loads(command_line(home, "status", "--json").stdout)
    assert [one["week_id"] for one in state["released"]] == list(WEEKS)
    assert (state["waiting"], state["refused"], state["blocking"]) == ([], [], [])
    assert published(home, "SELECT check_name, severity FROM quality.finding") == []


def test_the_figures_are_those_worked_out_by_hand(home: Path) -> None:
    rows = published(
        home,
        "SELECT metric, CAST(value AS VARCHAR), CAST(value_ytd AS VARCHAR) FROM charts.measure_weekly"
        " WHERE week_id = '2024-04' AND split = 'ALL'",
    )
    figures = {metric: (value, ytd) for metric, value, ytd in rows}
    assert {metric: figures[metric] for metric in FIGURES} == FIGURES


def of_split(home: Path, metric: str, split: str) -> dict[object, object]:
    rows = published(
        home,
        "SELECT member_label, CAST(value AS VARCHAR) FROM charts.measure_weekly"
        f" WHERE week_id = '2024-04' AND metric = '{metric}' AND split = '{split}'",
    )
    return dict(rows)


def test_they_are_split_by_the_labels_of_the_code_lists(home: Path) -> None:
    assert of_split(home, "active_ratings", "satisfaction") == {
        "非常满意": "14.00", "满意": "7.00", "基本满意": "1.00", "不满意": "1.00", "非常不满意": "0.00"
    }  # fmt: skip
    assert of_split(home, "hotline_received", "district") == {"东区": "72.00", "西区": "48.00"}
    assert of_split(home, "hotline_on_time_rate", "request_type") == {
        "咨询": "98.72", "求助": "96.77", "投诉": "100.00"
    }  # fmt: skip
    # Short names of departments are those of the list.
    assert "市人力资源社会保障局" in of_split(home, "rating_cases", "department_id")


def test_a_second_run_finds_nothing_to_do(home: Path) -> None:
    run = command_line(home, "run", "--sample-if-empty")
    assert run.returncode == 0
    assert "没有新的内容" in run.stdout
    assert list((home / "inbox").glob("*.csv")) == []


def test_site_and_weekly_are_of_this_hall_and_of_its_exports_alone(home: Path) -> None:
    weekly = (home / "published" / "weekly" / "2024-04" / "r1" / "weekly.html").read_text("utf-8")
    assert "受理群众诉求120件（上期110件），办结118件" in weekly
    assert "弃号率4.00%" in weekly
    assert [word for word in ABSENT if word in weekly] == []
    pages = [*(home / "published" / "site").rglob("*.html"), *(home / "published" / "weekly").rglob("*.html")]
    assert len(pages) > 5
    text = "\n".join(path.read_text("utf-8") for path in pages)
    assert [word for word in OTHER_HALL if word in text] == []
    assert "政务服务周报" in text


@dataclass(frozen=True)
class Found:
    """A finding of a week: its check, where it stands, how bad it is, and its sentence."""

    source: str
    check: str
    week_id: str
    severity: str
    evidence: str


@pytest.fixture
def delivered(tmp_path: Path) -> Hall:
    """A home with the sample in its inbox, of a copy of the hall's folder that a test may change."""
    folder = tmp_path / "hall"
    shutil.copytree(SHILISHI, folder)
    hall = Hall(tmp_path / "home", folder)
    hall.settings.inbox.mkdir(parents=True)
    copy_own_exports(SHILISHI / "sample", hall.settings.inbox)
    return hall


def findings_of(hall: Hall) -> list[Found]:
    with hall.open() as con:
        hall.load(con)
        hall.build(con, WEEKS)
        hall.check(con, WEEKS)
        rows = con.execute(
            "SELECT f.table_name, f.check_name, w.week_id, f.severity, w.evidence FROM quality.finding AS f"
            " JOIN quality.finding_week AS w ON w.finding_id = f.finding_id ORDER BY ALL"
        ).fetchall()
    return [Found(*row) for row in rows]


def edit_text(path: Path, change: Callable[[str], str], encoding: str) -> None:
    text = path.read_bytes().decode(encoding)
    changed = change(text)
    assert changed != text
    path.write_bytes(changed.encode(encoding))


def test_a_wrong_rate_share_and_total_are_each_found_once(delivered: Hall) -> None:
    inbox = delivered.settings.inbox
    edit_text(
        inbox / "12345热线办理周报_2024-02.csv",
        # 16 of 17 are 94.12%
        lambda text: text.replace("16,94.12%", "16,49.12%", 1),
        "gb18030",
    )
    edit_text(
        inbox / "12345热线办理周报_2024-03.csv",
        # 50 of 110 are 45.45%
        lambda text: text.replace("45.45%", "54.45%", 1),
        "gb18030",
    )
    book = openpyxl.load_workbook(inbox / "取号叫号周报_2024-04.xlsx")
    sheet = book.active
    assert sheet is not None
    assert (sheet.cell(24, 1).value, sheet.cell(24, 8).value) == ("合计", 20)
    sheet.cell(24, 8).value = 30
    book.save(inbox / "取号叫号周报_2024-04.xlsx")
    found = findings_of(delivered)
    assert [(one.week_id, one.source, one.check, one.severity) for one in found] == [
        ("2024-04", "ledger.control_total", "parts_equal_printed_total", "critical"),
        ("2024-02", "ledger.hotline_weekly_line", "rate_on_time_pct", "warning"),
        ("2024-03", "ledger.hotline_weekly_line", "share_share_pct", "warning"),
    ]
    total, rate, share = (one.evidence for one in found)
    assert "「合计」的等候超30分钟印为 30，比各行之和 20 多 10" in total
    assert "求助 东区的按时办结率印为 49.12%，按时办结数 16 件除以本周办结 17 件为 94.12%" in rate
    assert "咨询 东区的占比印为 54.45%，本周受理 50 件占全表各行之和 110 的 45.45%" in share


def test_more_ratings_than_cases_are_a_warning_alone(delivered: Hall) -> None:
    # Two more ratings of the 3 cases of 市医保局 on the web, and the totals that they make.
    lines = {
        18: [3, 5, "166.67%", 5, 0, "100.00%"],
        19: [14, 8, "57.14%", 8, 0, "100.00%"],
        23: [79, 24, "30.38%", 22, 2, "91.67%"],
    }
    path = delivered.settings.inbox / "好差评汇总周报_2024-03.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    for row_no, cells in lines.items():
        for column, cell in enumerate(cells, start=3):
            sheet.cell(row_no, column).value = cell
    book.save(path)
    found = findings_of(delivered)
    assert [(one.week_id, one.check, one.severity) for one in found] == [("2024-03", "within_rated", "warning")]
    assert "市医保局" in found[0].evidence


def test_which_end_of_the_marks_is_good_says_the_list_that_the_contract_names(delivered: Hall) -> None:
    hall = delivered.settings.hall
    assert hall is not None
    contract = hall / "contracts" / "rating_log.yaml"
    text = contract.read_text("utf-8")
    line = "title: 满意度, codes: satisfaction_interface"
    assert line in text
    contract.write_text(text.replace(line, "title: 满意度, codes: satisfaction_gbt39046"), "utf-8")
    of_standard = Hall(delivered.settings.home, hall)
    with of_standard.open() as con:
        of_standard.load(con)
        of_standard.build(con, WEEKS)
        rows = con.execute(
            "SELECT CAST(value AS VARCHAR) FROM charts.measure_weekly"
            " WHERE week_id = '2024-04' AND metric = 'satisfied_rate' AND split = 'ALL'"
        ).fetchall()
    # The 14 marks of 5 and the 7 of 4 are bad ones now: 2 of 23 are satisfied.
    assert rows == [("8.70",)]
