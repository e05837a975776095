"""Loading case_detail against DuckDB's plain typed read_csv of the same rows, as ratios of medians in one run."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.contracts.model import FieldType
from pipeline.ingest.inbox import load_inbox, make_loader
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
TITLE = "省本级办件明细（2023年第15期）,模拟数据\n统计时间：2023-04-15 至 2023-04-21,导出时间：2023-04-24 09:12:33\n"


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float

    def __truediv__(self, other: Cost) -> str:
        return f"wall {self.wall / other.wall:.2f} x, CPU {self.cpu / other.cpu:.2f} x"


def write_rows(path: Path) -> None:
    contract = load_contracts(Settings().contracts_dir)["case_detail"]
    moment = "strftime(TIMESTAMP '2023-01-01' + INTERVAL (i) SECOND, '%Y-%m-%d %H:%M:%S')"
    special = {
        "case_no": "'510000-20230417-' || lpad(i::VARCHAR, 8, '0')", "item_code": "'5101' || (i % 1500)",
        "item_name": "'企业登记事项' || (i % 1500)", "power_type": "'行政许可'", "department": "'公安厅'",
        "case_kind": "'即办件'", "channel": "'窗口'", "applicant_type": "'自然人'", "applicant_name": "'王小明'",
        "applicant_id_no": "'510101199001011234'", "applicant_phone": "'13900001111'",
        "applicant_address": "'成都市人民南路' || (i % 900) || '号'", "result": "'办结'", "change_mark": "'I'",
    }  # fmt: skip
    columns = ", ".join(
        f'{moment if one.type is FieldType.DATETIME else special.get(one.name, "NULL")} AS "{one.title}"'
        for one in contract.fields
    )
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {columns} FROM range({ROWS}) r(i)) TO '{path}.body' (HEADER)")
    body = Path(f"{path}.body")
    path.write_bytes(TITLE.encode() + body.read_bytes())
    body.unlink()


def costs(work: Callable[[Path], None], folder: Path) -> Cost:
    walls, cpus = [], []
    for number in range(ROUNDS + 1):
        target = folder / f"{work.__name__}-{number}"
        target.mkdir()
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        work(target)
        after = resource.getrusage(resource.RUSAGE_SELF)
        walls.append(time.perf_counter() - began)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Cost(statistics.median(walls[1:]), statistics.median(cpus[1:]))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_case_detail_against_the_floor(encoding: str, tmp_path: Path) -> None:
    plain, delivered = tmp_path / "plain.csv", tmp_path / "delivered.csv"
    write_rows(plain)
    delivered.write_bytes(plain.read_bytes() if encoding == "utf-8" else plain.read_text("utf-8").encode(encoding))
    contracts = load_contracts(Settings().contracts_dir)
    calendar = load_calendar()
    fields = contracts["case_detail"].fields
    types = {one.title: "TIMESTAMP" if one.type is FieldType.DATETIME else "VARCHAR" for one in fields}
    kept = ", ".join(f'"{one.title}"' for one in contracts["case_detail"].stored_fields)

    def floor(folder: Path) -> None:
        with duckdb.connect(str(folder / "w.duckdb"), config={"threads": 2, "memory_limit": "900MB"}) as con:
            con.execute(
                f"CREATE TABLE t AS SELECT {kept} FROM read_csv('{plain}', skip = 3, header = false, "
                f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {types}, "
                "timestampformat = '%Y-%m-%d %H:%M:%S')"
            )

    def loaded(folder: Path) -> None:
        home = Settings(home=folder)
        home.inbox.mkdir()
        os.link(delivered, home.inbox / "办件明细.csv")
        with duckdb.connect(str(folder / "w.duckdb"), config={"threads": 2, "memory_limit": "900MB"}) as con:
            con.execute(f"SET temp_directory = '{folder}/tmp'")
            report = load_inbox(make_loader(con, home, calendar, contracts))
            assert report.rows_loaded == ROWS, report.events

    base = costs(floor, tmp_path)
    ours = costs(loaded, tmp_path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = delivered.stat().st_size / 1e6
    print(f"\ncase_detail {encoding}, {ROWS:,} rows, {size:.0f} MB: {ours / base} the floor; ")
    print(f"  {ROWS / ours.wall:,.0f} rows/s; peak memory of the process {peak:.0f} MB")
