"""One week of a chosen size through a hall, alone in a process; what it costs is compared in `bench_scale`.

Run as `python week_of_size.py < task.json`; prints what each step took as JSON. Imports do not count.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from pipeline.contracts import Contract, load_contracts
from pipeline.contracts.model import FieldType
from pipeline.hall.files_in_force import FilesInForce
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.present.steward.workbook import write_review
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.run.runner import run_checks
from pipeline.reporting_calendar import ReportWeek, load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import build_model, load_models, open_warehouse
from pipeline.warehouse.reference import load_reference
from tests.bench.ways_of_loading import cpu_seconds, peak_mb

WEEK = "2023-15"
TITLE = "省本级办件明细（{year}年第{issue}期）,模拟数据\n统计时间：{start} 至 {end},导出时间：{exported}\n"


class Size(NamedTuple):
    """How many files, cases in each, known departments, and old names of departments in a week, each a finding.

    `parts` is 1 where the files are parts of one week, and 0 where each replaces the one before; with more than one of
    `weeks` each has a file of its own.
    """

    files: int
    cases: int
    departments: int
    old_names: int
    parts: int
    weeks: int


class LargeHall(Settings):
    """A hall whose lists of codes are in its home, for they have more departments than the shipped ones."""

    @property
    def reference(self) -> FilesInForce:
        return FilesInForce((self.home / "reference",), "*.csv")


def write_lists(settings: LargeHall, size: Size) -> None:
    lists = settings.reference.folder_of_program
    lists.mkdir(parents=True)
    for path in Settings().reference:
        shutil.copy(path, lists)
    departments = [[f"d{n}", f"模拟第{n}局", "组成部门", 1000 + n, "true"] for n in range(size.departments)]
    names = [[f"模拟第{n}局", f"d{n}", "2015-01-01", "", "现行名称"] for n in range(size.departments)]
    old_names = size.old_names * size.weeks
    names += [[f"旧第{n}局", "d0", "2015-01-01", "2020-12-31", "已撤销"] for n in range(old_names)]
    for name, rows in (("department.csv", departments), ("department_alias.csv", names)):
        with (lists / name).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def write_cases(path: Path, contract: Contract, size: Size, number: int, week: ReportWeek) -> None:
    """Cases that take turns among the departments; the first of them name departments as they were called before."""
    has_own_cases = size.parts or size.weeks > 1
    # Parts of one week, and weeks, have no case in common; else each file replaces the one before.
    first = number * size.cases if has_own_cases else 0
    first_name = number * size.old_names if size.weeks > 1 else 0
    old_name = f"'旧第' || (i - {first} + {first_name}) || '局'"
    department = f"'模拟第' || (i % {size.departments}) || '局'"
    known = {
        "case_no": "'510000-20230417-' || lpad(i::VARCHAR, 9, '0')",
        "item_code": "'5101' || (i % 1500)",
        "item_name": "'企业登记事项' || (i % 1500)",
        "power_type": "'行政许可'",
        "department": f"CASE WHEN i - {first} < {size.old_names} THEN {old_name} ELSE {department} END",
        "case_kind": "'即办件'",
        "channel": "'窗口'",
        "applicant_type": "'自然人'",
        "result": "'办结'",
        "change_mark": "'I'",
    }
    # A working day of the week, and the four days behind it.
    monday = week.coverage_start + timedelta(days=2)
    moment = f"strftime(TIMESTAMP '{monday} 09:00:00' + INTERVAL (i % 300000) SECOND, '%Y-%m-%d %H:%M:%S')"
    columns = []
    for field in contract.fields:
        value = moment if field.type is FieldType.DATETIME else known.get(field.name, "NULL")
        columns.append(f'{value} AS "{field.title}"')
    body = path.with_suffix(".body")
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT {', '.join(columns)} FROM range({first}, {first + size.cases}) r(i)) TO '{body}' (HEADER)"
        )
    exported = datetime.combine(week.coverage_end + timedelta(days=3), datetime.min.time()) + timedelta(seconds=number)
    title = TITLE.format(
        year=week.year, issue=week.issue_no, start=week.coverage_start, end=week.coverage_end, exported=exported
    )
    with path.open("wb") as whole, body.open("rb") as rows:
        whole.write(title.encode())
        shutil.copyfileobj(rows, whole, 1 << 20)
    body.unlink()
    # It has lain there: whether somebody still writes it needs no second look.
    os.utime(path, (0, 0))


def main() -> None:
    task = json.loads(sys.stdin.read())
    size = Size(**task["size"])
    settings = LargeHall(home=Path(task["home"]))
    settings.inbox.mkdir(parents=True)
    write_lists(settings, size)
    contracts, calendar = load_contracts(settings.contracts), load_calendar()
    last = calendar.week(WEEK)
    weeks = list(calendar.weeks(last.year)[: size.weeks]) if size.weeks > 1 else [last]
    for number in range(max(size.files, size.weeks)):
        week = weeks[number % len(weeks)]
        write_cases(settings.inbox / f"办件明细_{number:05d}.csv", contracts["case_detail"], size, number, week)
    week_ids = [week.week_id for week in weeks]
    graph, suites = load_models(settings.models), hall_suites(settings)
    costs: dict[str, float] = {}

    def note(step: str, began: float, cpu: float) -> None:
        costs[f"{step}_wall"] = time.perf_counter() - began
        costs[f"{step}_cpu"] = cpu_seconds() - cpu

    with open_warehouse(settings) as con:
        load_reference(con, settings, calendar)
        began, cpu = time.perf_counter(), cpu_seconds()
        report = load_inbox(make_loader(con, settings, calendar, contracts))
        note("load", began, cpu)
        assert {event.outcome for event in report.events} == {"loaded"}, report.events[:3]
        if task["is_whole"]:
            began, cpu = time.perf_counter(), cpu_seconds()
            for name in graph.models:
                build_model(con, graph, name, week_ids)
            note("models", began, cpu)
            began, cpu = time.perf_counter(), cpu_seconds()
            run_checks(con, settings, week_ids, suites)
            note("checks", began, cpu)
            began, cpu = time.perf_counter(), cpu_seconds()
            write_review(con, settings, week_ids[-1])
            note("review", began, cpu)
            costs["findings"] = con.execute("SELECT count(*) FROM quality.finding").fetchall()[0][0]
    costs["peak_mb"] = peak_mb()
    costs["home_mb"] = settings.warehouse_path.stat().st_size / (1 << 20)
    print(json.dumps(costs))


if __name__ == "__main__":
    main()
