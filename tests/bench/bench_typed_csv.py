"""Loading a CSV with two whole numbers, an amount, a rate and a day, against DuckDB's plain typed read_csv.

Such a text is read in one pass: what is plain goes straight into its table, notes, totals, marks of nothing and numbers
in other notations are told apart and read by themselves, which the floor does not do.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ROOT = Path(__file__).parents[2]
MOST = 2.5
CONTRACT = """
name: city_case
title: 市级办件
version: 1
delivery: {kind: weekly}
titleWords: [市级办件]
primaryKey: [case_no]
fields:
- {name: case_no, title: 办件编号, constraints: {required: true}}
- {name: department, title: 部门}
- {name: accepted_on, title: 受理日期, type: date}
- {name: materials, title: 材料数, type: integer}
- {name: steps, title: 环节数, type: integer}
- {name: amount, title: 金额, type: number, unit: 元}
- {name: rate, title: 好评率, type: number, additive: false}
"""
HEADER = (
    "市级办件（2023年第15期）\n统计时间：2023-04-15 至 2023-04-21\n办件编号,部门,受理日期,材料数,环节数,金额,好评率\n"
)
FLOOR = """
import duckdb, json, sys, time
types = {"a": "VARCHAR", "b": "VARCHAR", "c": "DATE", "d": "BIGINT", "e": "BIGINT", "f": "DECIMAL(38,6)",
         "g": "DECIMAL(38,6)"}
began = time.process_time()
with duckdb.connect(sys.argv[2] + "/floor.duckdb", config={"threads": 2, "memory_limit": "900MB"}) as con:
    con.execute(f"CREATE TABLE t AS SELECT * FROM read_csv($path, header = false, skip = 3, auto_detect = false, "
                f"delim = ',', quote = '\\"', escape = '\\"', columns = {types}, dateformat = '%Y-%m-%d')",
                {"path": sys.argv[1]})
print(json.dumps(time.process_time() - began))
"""
OURS = """
import json, os, shutil, sys, time
from pathlib import Path
import duckdb, numpy, pandas, yaml
from pipeline.contracts.model import Contract
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
home = Settings(home=Path(sys.argv[2]) / "home")
home.inbox.mkdir(parents=True)
delivered = shutil.copy(sys.argv[1], home.inbox / "市级办件_2023-15.csv")
os.utime(delivered, (1, 1))
contract = Contract.model_validate(yaml.safe_load(sys.argv[3]))
with duckdb.connect(str(home.home / "w.duckdb"), config={"threads": 2, "memory_limit": "900MB"}) as con:
    loader = make_loader(con, home, load_calendar(), {"city_case": contract})
    began = time.process_time()
    report = load_inbox(loader)
    used = time.process_time() - began
    assert [event.outcome for event in report.events] == ["loaded"], report.events
    assert con.execute("SELECT count(*) FROM raw.city_case").fetchone() == (int(sys.argv[4]),)
print(json.dumps(used))
"""


def write_rows(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(ROWS):
            amount, rate = number % 100_000 / 100, number % 9973 / 10_000
            file.write(
                f"510000-{number:08d},公安厅{number % 40},2023-04-{15 + number % 5:02d},{number % 9},{number % 5},"
                f"{amount:.2f},{rate:.4f}\n"
            )


def cpu_of(program: str, path: Path, folder: Path) -> float:
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), str(folder), CONTRACT, str(ROWS)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout.splitlines()[-1]))


def test_numbers_and_days_of_a_csv_against_the_floor(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    write_rows(path)
    floor = statistics.median(cpu_of(FLOOR, path, tmp_path / f"floor-{at}") for at in range(ROUNDS))
    ours = statistics.median(cpu_of(OURS, path, tmp_path / f"ours-{at}") for at in range(ROUNDS))
    print(f"\n{ROWS:,} rows: floor {floor:.2f}, ours {ours:.2f} CPU s, {ours / floor:.2f} x (goal 1.6 x)")
    assert ours / floor < MOST
