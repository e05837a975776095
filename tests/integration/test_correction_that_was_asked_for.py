"""A file is sent back in the workbook, and its correction comes without a time of export: the week is released."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.hall.skeleton import write_skeleton
from tests.hall import copied
from tests.integration.test_hall_folder import (
    ALIASES,
    CASES,
    DEPARTMENTS,
    HALL,
    WEEK,
    WINDOWS,
    command_line,
    published,
)
from tests.integration.test_stewards_walk import fill_in

pytestmark = pytest.mark.slow
# No day of the week is missing.
OTHER_DAYS = "2023-01-05,综合窗口1,0,0,0,0\n2023-01-06,综合窗口1,0,0,0,0\n合计"
RIGHT = WINDOWS.replace("合计", OTHER_DAYS)
DATED = RIGHT.replace("2023-01-08,,,,,\n", "2023-01-08,,导出时间：2023-01-09 09:00:00,,,\n")
# The total says 18, the rows 81 and 10.
WRONG = DATED.replace("2023-01-04,综合窗口1,8,", "2023-01-04,综合窗口1,81,")
CONSULTED = "SELECT value FROM charts.window_weekly WHERE measure = 'consulted'"


def deliver(folder: Path, name: str, text: str) -> None:
    (folder / "home" / "inbox" / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hall and its home, after a run that a wrong total has blocked."""
    folder = tmp_path_factory.mktemp("first_run")
    write_skeleton(folder / "hall")
    (folder / "zhoubao.toml").write_text('hall = "hall"\nhome = "home"\nthreads = 1\n', "utf-8")
    (folder / "hall" / "hall.toml").write_text(HALL, "utf-8")
    (folder / "hall" / "reference" / "department.csv").write_text(DEPARTMENTS, "utf-8")
    (folder / "hall" / "reference" / "department_alias.csv").write_text(ALIASES, "utf-8")
    (folder / "home" / "inbox").mkdir(parents=True)
    deliver(folder, "办件明细_2023-01.csv", CASES)
    deliver(folder, "综窗办件周报_2023-01.csv", WRONG)
    run = command_line(folder, "run", "--week", WEEK)
    assert run.returncode == 1
    assert "比各行之和91少73" in "".join(run.stdout.split())
    return folder


@pytest.fixture
def blocked(first_run: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return copied(first_run, tmp_path / "blocked")


def send_back(folder: Path) -> None:
    workbook = folder / "home" / "review" / WEEK / "findings.xlsx"
    terms = {"处理意见": "退回", "理由": "合计不符，请更正", "处理人": "张三"}
    assert fill_in(workbook, folder / "home" / "inbox" / "填好.xlsx", **terms) > 0


def test_the_decision_and_the_correction_may_come_in_one_run(blocked: Path) -> None:
    send_back(blocked)
    deliver(blocked, "综窗办件周报（更正）.csv", RIGHT)
    run = command_line(blocked, "run", "--week", WEEK)
    words = "".join(run.stdout.split())
    assert run.returncode == 0, run.stdout + run.stderr
    assert "按退回后的更正采用" in words
    assert "取代了“综窗办件周报_2023-01.csv”" in words
    assert "咨询由91改为18" in words
    assert published(blocked, CONSULTED) == [(18,)]


def test_the_correction_may_come_in_a_later_run(blocked: Path) -> None:
    send_back(blocked)
    assert command_line(blocked, "run", "--week", WEEK).returncode == 1
    deliver(blocked, "综窗办件周报（更正）.csv", RIGHT)
    run = command_line(blocked, "run", "--week", WEEK)
    assert run.returncode == 0, run.stdout + run.stderr
    assert published(blocked, CONSULTED) == [(18,)]
    with duckdb.connect(str(blocked / "home" / "warehouse.duckdb"), read_only=True) as con:
        taken = "SELECT kind FROM ledger.delivery JOIN quality.decision ON decision_id = answers"
        assert con.execute(taken).fetchall() == [("send_back",)]


def test_without_the_decision_the_file_is_asked_about(blocked: Path) -> None:
    deliver(blocked, "综窗办件周报（更正）.csv", RIGHT)
    run = command_line(blocked, "run", "--week", WEEK)
    assert run.returncode == 1
    assert "无法判断哪份较新" in "".join(run.stdout.split())
