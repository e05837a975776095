"""A sheet of 200,000 rows through the whole load, against its floor (fastexcel as strings) and pandas with openpyxl.

`make bench` prints the ratios of medians of one run; seconds on another machine say nothing here.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl

from pipeline.contracts.model import Contract
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

ROWS = int(os.environ.get("BENCH_SHEET_ROWS", "200000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONTRACT = Contract.model_validate(
    {
        "name": "wide_sheet", "title": "办件台账", "version": 1, "delivery": {"kind": "weekly"},
        "primary_key": ["case_no"], "layout": {"totals": [{"label": "合计", "covers": "table"}]},
        "fields": [
            {"name": "case_no", "title": "办件编号", "constraints": {"required": True}},
            {"name": "item_code", "title": "实施编码"},
            {"name": "item_name", "title": "事项名称", "free_text": True},
            {"name": "power_type", "title": "事项类型", "codes": "power_type"},
            {"name": "department", "title": "受理部门", "codes": "department"},
            {"name": "case_kind", "title": "办件类型", "codes": "case_kind"},
            {"name": "applicant", "title": "申请人姓名", "personal": "drop"},
            {"name": "applied_at", "title": "申请时间", "type": "datetime"},
            {"name": "accepted_at", "title": "受理时间", "type": "datetime"},
            {"name": "completed_at", "title": "办结时间", "type": "datetime"},
            {"name": "due_on", "title": "承诺办结日期", "type": "date"},
            {"name": "copies", "title": "件数", "type": "integer", "constraints": {"minimum": 0}},
        ],
    }
)  # fmt: skip


def write_sheet(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("办件")
    sheet.append(["办件台账（2023年第15期）", None, "模拟数据（非真实数据）"])
    sheet.append(["统计时间：2023-04-15 至 2023-04-21 导出时间：2023-04-24 09:12:33"])
    sheet.append([one.title for one in CONTRACT.fields])
    start = datetime(2023, 4, 15)
    for row in range(ROWS):
        moments = [start + timedelta(seconds=(row * step) % 500_000) for step in (7, 11, 13)]
        sheet.append(
            [f"510000-20230417-{row:06d}", f"5101{row % 1500}", f"企业登记{row % 1500}", "行政许可", "公安厅", "即办件",
             "王小明", moments[0], f"{moments[1]:%Y-%m-%d %H:%M:%S}", moments[2], moments[2].date(), row % 97]
        )  # fmt: skip
    sheet.append(["合计", *[None] * 10, sum(row % 97 for row in range(ROWS))])
    book.save(path)


def seconds(work: Callable[[Path], None], folder: Path, rounds: int = ROUNDS) -> float:
    walls = []
    for number in range(rounds):
        target = folder / f"{work.__name__}-{number}"
        target.mkdir()
        began = time.perf_counter()
        work(target)
        walls.append(time.perf_counter() - began)
    return statistics.median(walls)


def test_a_large_sheet_against_its_floor_and_against_pandas(tmp_path: Path) -> None:
    path = tmp_path / "办件台账.xlsx"
    write_sheet(path)
    calendar = load_calendar()

    def floor(folder: Path) -> None:
        import fastexcel

        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=2, dtypes="string")
        with duckdb.connect(str(folder / "w.duckdb"), config={"threads": 2, "memory_limit": "900MB"}) as con:
            con.register("sheet", sheet)
            con.execute("CREATE TABLE t AS SELECT * FROM sheet")

    def loaded(folder: Path) -> None:
        home = Settings(home=folder)
        home.inbox.mkdir()
        os.link(path, home.inbox / "办件台账.xlsx")
        os.utime(path, (0, 0))  # it has been lying there: whether somebody still writes it needs no second look
        with duckdb.connect(str(folder / "w.duckdb"), config={"threads": 2, "memory_limit": "900MB"}) as con:
            con.execute(f"SET temp_directory = '{folder}/tmp'")
            report = load_inbox(make_loader(con, home, calendar, {"wide_sheet": CONTRACT}))
            assert report.rows_loaded == ROWS, report.events
            assert con.execute("SELECT sum(difference) FROM ledger.control_total").fetchone() == (0,)

    def with_pandas(folder: Path) -> None:
        import pandas as pd

        frame = pd.read_excel(path, engine="openpyxl", dtype=str, header=2)
        with duckdb.connect(str(folder / "w.duckdb")) as con:
            con.register("frame", frame)
            con.execute("CREATE TABLE t AS SELECT * FROM frame")

    (tmp_path / "warm").mkdir()
    for work in (floor, loaded):
        seconds(work, tmp_path / "warm", 1)
    base, ours = seconds(floor, tmp_path), seconds(loaded, tmp_path)
    pandas = seconds(with_pandas, tmp_path, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nsheet of {ROWS:,} × 12: {ours / base:.2f} × the floor, {pandas / ours:.1f} × as fast as pandas+openpyxl")
    print(f"  floor {base:.2f} s, ours {ours:.2f} s, pandas {pandas:.1f} s; peak memory {peak:.0f} MB")
