"""Law 7: the same files give the same tables, to the byte of every value, in any order of delivery."""

from __future__ import annotations

import random
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.present.steward.layout import HEADER_ROW, NAMES
from pipeline.present.steward.workbook import write_review
from pipeline.quality.desk.gate import gate
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Steward
from tests.hall import FLOORS, WEEKS, Hall, digest_of_tables


def copy_of_inbox(hall: Hall, home: Path) -> Hall:
    other = Hall(home)
    shutil.copytree(hall.settings.inbox, other.settings.inbox)
    other.settings.secret_path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(hall.settings.secret_path, other.settings.secret_path)
    return other


def test_a_second_build_changes_nothing_and_does_nothing(built_hall: Hall) -> None:
    with built_hall.open() as con:
        before = digest_of_tables(con)
        report = built_hall.load(con)
        results = built_hall.build(con)
        assert digest_of_tables(con) == before
    assert report.of("loaded") == []
    written = [result.name for result in results if result.rows_written]
    assert written == []


def test_files_one_by_one_in_any_order_give_the_tables_of_one_batch(
    built_hall: Hall, sample_hall: Hall, tmp_path: Path
) -> None:
    other = copy_of_inbox(sample_hall, tmp_path / "home")
    files = sorted(other.settings.inbox.iterdir())
    waiting = tmp_path / "waiting"
    other.settings.inbox.rename(waiting)
    other.settings.inbox.mkdir()
    order = random.Random(20230421).sample([path.name for path in files], len(files))
    with other.open() as con:
        other.load(con)
        # Its code lists and settings are read once: what differs from file to file is the file.
        loader = make_loader(con, other.settings, other.calendar, other.contracts)
        for number, name in enumerate(order):
            (waiting / name).rename(other.settings.inbox / name)
            load_inbox(loader)
            if number % 20 == 7:
                other.build(con, WEEKS)
        other.build(con, WEEKS)
        one_by_one = digest_of_tables(con)
    with built_hall.open() as con:
        assert digest_of_tables(con) == one_by_one


# Most weeks come one by one, as usual, and some together, as after holidays.
RUNS = (*(WEEKS[number : number + 1] for number in range(7)), WEEKS[7:10], WEEKS[10:11], WEEKS[11:])


@pytest.mark.slow
def test_week_by_week_gives_the_tables_of_one_range(built_hall: Hall, sample_hall: Hall, tmp_path: Path) -> None:
    other = copy_of_inbox(sample_hall, tmp_path / "home")
    with other.open() as con:
        for weeks in RUNS:
            other.load(con, weeks)
            other.build(con, weeks)
        week_by_week = digest_of_tables(con)
    with built_hall.open() as con:
        assert digest_of_tables(con) == week_by_week


MONDAY = datetime(2023, 4, 24, 9)
DECIDED_WEEK = "2023-11"
WEEKS_TO_DECIDE = WEEKS[: WEEKS.index(DECIDED_WEEK) + 1]
ROSTER = (Steward(name="数据专员"), Steward(name="李四", may_accept_critical=True))
PERSISTENT = ("quality", "release")


def run_decided(hall: Hall, con: duckdb.DuckDBPyConnection) -> list[str]:
    """The whole week as a run does it, decisions included; returns the outcomes of the rows of workbooks."""
    hall.load(con)
    taken = hall.decide(con, MONDAY)
    hall.build(con, WEEKS_TO_DECIDE)
    hall.check(con, WEEKS_TO_DECIDE, now=MONDAY)
    if gate(con, WEEKS_TO_DECIDE, MONDAY.date()).is_open:
        freeze(con, hall.settings, WEEKS_TO_DECIDE)
        publish(con, hall.settings)
    return sorted(answer.outcome for one in taken for answer in one.answers if answer.outcome != "blank")


def decide(hall: Hall, con: duckdb.DuckDBPyConnection) -> None:
    """A workbook of one week with a correction, a waiver by two people and figures withheld, dropped into the inbox."""
    row_meant = "综窗办件周报_2023-11.xlsx!综窗周报!6"
    decisions = {
        "「合计」的受理/本周": {
            "处理意见": "接受并说明",
            "理由": "平台合计含补录",
            "截至日期": date(2023, 6, 30),
            "复核人": "李四",
        },
        "本期被撤销": {"处理意见": "待核实发布", "理由": "请说明撤销的原因"},
        "窗口没有数": {
            "处理意见": "更正",
            "理由": "录入有误",
            "更正行号": row_meant,
            "更正列": "咨询",
            "更正为": "7",
        },
    }
    book = openpyxl.load_workbook(write_review(con, hall.settings, DECIDED_WEEK))
    left = dict(decisions)
    for sheet in book.worksheets:
        for row in range(HEADER_ROW + 1, sheet.max_row + 1):
            said = "".join(str(sheet.cell(row, NAMES.index(name) + 1).value) for name in ("问题", "依据"))
            for mark in [mark for mark in left if mark in said]:
                for name, value in (left.pop(mark) | {"处理人": "数据专员"}).items():
                    sheet.cell(row, NAMES.index(name) + 1).value = value
    assert not left
    book.save(hall.settings.inbox / "处理单.xlsx")


@pytest.mark.slow
def test_a_week_run_twice_after_a_correction_a_waiver_and_figures_withheld_is_the_same_week(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    hall.settings = hall.settings.model_copy(update={"steward": ROSTER})
    hall.write_sample(scale=0.001, defects=["printed_total_wrong", "withdrawn_cases", "day_missing"])
    for path in hall.settings.inbox.iterdir():
        if path.stem.split("_")[-1] > DECIDED_WEEK:
            path.unlink()
    with hall.open() as con:
        assert run_decided(hall, con) == []
        assert [finding.check_name for finding in gate(con, WEEKS_TO_DECIDE, MONDAY.date()).blocking] == [
            "parts_equal_printed_total"
        ]
        decide(hall, con)
        assert run_decided(hall, con) == ["applied"] * 3
        statuses = con.execute("SELECT DISTINCT status FROM quality.finding ORDER BY ALL").fetchall()
        assert {status for (status,) in statuses} >= {"waived", "withheld"}
        assert con.execute("SELECT status FROM quality.correction").fetchall() == [("active",)]
        assert (DECIDED_WEEK, 1) in con.execute("SELECT week_id, revision FROM release.withheld").fetchall()
        before = digest_of_tables(con, (*FLOORS, *PERSISTENT))
        manifest = (hall.settings.published / "manifest.json").read_bytes()
        assert run_decided(hall, con) == []
        assert digest_of_tables(con, (*FLOORS, *PERSISTENT)) == before
        assert (hall.settings.published / "manifest.json").read_bytes() == manifest
