"""Loading week 16 after one year of history and after ten: as the ratio of medians in one run, which should be 1."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import duckdb

from pipeline.contracts import load_contracts
from pipeline.contracts.model import Contract, FieldType
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

ROWS = int(os.environ.get("BENCH_WEEK_ROWS", "45000"))
# More than elsewhere: DuckDB writes a checkpoint with about every third of these loads, which then takes twice as long.
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
WEEKS_A_YEAR = 50
YEARS = (1, 10)
MOST = 1.2


def write_week(path: Path, contract: Contract, number: int) -> None:
    """One week's cases as an export; every row differs from those of other weeks."""
    known = {"case_no": f"'510000-{number:08d}-' || lpad(i::VARCHAR, 8, '0')", "item_code": "'5101' || (i % 1500)",
             "item_name": "'企业登记事项' || (i % 1500)", "power_type": "'行政许可'", "department": "'公安厅'",
             "case_kind": "'即办件'", "channel": "'窗口'", "result": "'办结'", "change_mark": "'I'"}  # fmt: skip
    moment = "strftime(TIMESTAMP '2023-04-15' + INTERVAL (i) SECOND, '%Y-%m-%d %H:%M:%S')"
    columns = ", ".join(
        f'{moment if one.type is FieldType.DATETIME else known.get(one.name, "NULL")} AS "{one.title}"'
        for one in contract.fields
    )
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {columns} FROM range({ROWS}) r(i)) TO '{path}' (HEADER)")
    exported = f"2023-04-24 09:{number // 60:02d}:{number % 60:02d}"
    title = f"省本级办件明细（2023年第16期）,模拟数据\n统计时间：2023-04-22 至 2023-04-27,导出时间：{exported}\n"
    path.write_text(title + path.read_text("utf-8"), "utf-8")


def add_history(con: duckdb.DuckDBPyConnection, years: int) -> None:
    """Copies of the one delivery that is loaded, each with an identity and a period of its own, as loads leave them."""
    con.execute("CREATE TEMP TABLE one AS SELECT * FROM raw.case_detail")
    con.execute("CREATE TEMP TABLE known AS SELECT * FROM ledger.delivery")
    for number in range(years * WEEKS_A_YEAR):
        if number % WEEKS_A_YEAR == 0:
            con.execute("BEGIN")
        name = f"substr(md5('{number}'), 1, 16)"
        start = f"DATE '2022-01-01' - INTERVAL ({7 * number}) DAY"
        con.execute(f"INSERT INTO raw.case_detail SELECT * REPLACE ({name} AS delivery_id) FROM one")
        con.execute(
            f"INSERT INTO ledger.delivery SELECT * REPLACE ({name} AS delivery_id, md5('{number}') AS sha256, "
            f"'{2021 - number // 50}-{number % 50 + 1:02d}' AS week_id, {start} AS period_start, "
            f"{start} + INTERVAL 6 DAY AS period_end) FROM known"
        )
        con.execute(
            f"INSERT INTO ledger.row_account SELECT {name}, sheet, disposition, reason, row_count "
            "FROM ledger.row_account WHERE delivery_id = (SELECT delivery_id FROM known)"
        )
        if (number + 1) % WEEKS_A_YEAR == 0:
            con.execute("COMMIT")
    con.execute("DROP TABLE one; DROP TABLE known; CHECKPOINT")


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def load_one(loader: Loader, contract: Contract, number: int) -> tuple[float, float]:
    """Wall and CPU seconds of the whole look into an inbox with one week's export."""
    write_week(loader.settings.inbox / "办件明细.csv", contract, number)
    before = time.time() - timedelta(minutes=1).total_seconds()
    os.utime(loader.settings.inbox / "办件明细.csv", (before, before))
    cpu, began = cpu_seconds(), time.perf_counter()
    report = load_inbox(loader)
    assert Counter(event.outcome for event in report.events) == {"loaded": 1}, report.events
    return time.perf_counter() - began, cpu_seconds() - cpu


def test_a_week_costs_the_same_after_ten_years_as_after_one(tmp_path: Path) -> None:
    contracts, calendar = load_contracts(Settings().contracts), load_calendar()
    medians = {}
    for years in YEARS:
        home = Settings(home=tmp_path / str(years))
        home.home.mkdir()
        with duckdb.connect(str(home.home / "w.duckdb"), config={"threads": 2, "memory_limit": "900MB"}) as con:
            loader = make_loader(con, home, calendar, contracts)
            load_one(loader, contracts["case_detail"], 0)
            add_history(con, years)
            found = [load_one(loader, contracts["case_detail"], number + 1) for number in range(ROUNDS)]
            medians[years] = [statistics.median(one) for one in zip(*found, strict=True)]
            rows = con.execute("SELECT count(*) FROM raw.case_detail").fetchall()[0][0]
        print(f"\n{years} years, {rows:,} rows: wall {medians[years][0]:.2f} s, CPU {medians[years][1]:.2f} s")
    wall, cpu = (after / before for before, after in zip(medians[YEARS[0]], medians[YEARS[1]], strict=True))
    print(f"week 16 after {YEARS[1]} years against {YEARS[0]}: wall {wall:.2f} x, CPU {cpu:.2f} x (goal 1 x)")
    assert cpu < MOST
