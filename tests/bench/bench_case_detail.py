"""Loading case_detail against DuckDB's plain typed read_csv and against dlt, as ratios of medians in one run."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.contracts.model import FieldType
from pipeline.settings import Settings

ROWS = int(os.environ.get("BENCH_ROWS", "5000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ROOT = Path(__file__).parents[2]
TITLE = "省本级办件明细（2023年第15期）,模拟数据\n统计时间：2023-04-15 至 2023-04-21,导出时间：2023-04-24 09:12:33\n"
WAYS = Path(__file__).with_name("ways_of_loading.py")
# Python and its packages for each way: dlt has requirements of its own, see requirements.in beside this file.
PYTHONS = {"floor": sys.executable, "ours": sys.executable, "dlt": str(ROOT / ".venv-bench" / "bin" / "python")}
GOALS = {"utf-8": 1.3, "gb18030": 2.2}
MEMORY_MB = 1000


@dataclass(frozen=True)
class Cost:
    """Medians over the rounds, and the most memory of any."""

    wall: float
    cpu: float
    peak_mb: float

    def __truediv__(self, other: Cost) -> str:
        return f"wall {self.wall / other.wall:.2f} x, CPU {self.cpu / other.cpu:.2f} x"


def write_rows(path: Path) -> None:
    contract = load_contracts(Settings().contracts)["case_detail"]
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
    body = Path(f"{path}.body")
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {columns} FROM range({ROWS}) r(i)) TO '{body}' (HEADER)")
    with path.open("wb") as whole, body.open("rb") as rows:
        whole.write(TITLE.encode())
        shutil.copyfileobj(rows, whole, 1 << 20)
    body.unlink()


def written_again(plain: Path, path: Path, encoding: str) -> Path:
    """The same text in another encoding."""
    with plain.open(encoding="utf-8", newline="") as source, path.open("w", encoding=encoding, newline="") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return path


def task_of(plain: Path, delivered: Path, encoding: str) -> dict[str, object]:
    contract = load_contracts(Settings().contracts)["case_detail"]
    return {
        "plain": str(plain),
        "delivered": str(delivered),
        "encoding": encoding,
        "lines_above": 3,
        "titles": [one.title for one in contract.fields],
        "moments": [one.title for one in contract.fields if one.type is FieldType.DATETIME],
        "kept": [one.title for one in contract.stored_fields],
    }


def run_alone(way: str, task: dict[str, object], folder: Path) -> Cost:
    folder.mkdir()
    done = subprocess.run(
        [PYTHONS[way], str(WAYS), way],
        input=json.dumps({**task, "folder": str(folder)}),
        env={**os.environ, "PYTHONPATH": str(ROOT) if way == "ours" else ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    shutil.rmtree(folder)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] == ROWS, (way, found)
    return Cost(found["wall"], found["cpu"], found["peak_mb"])


def medians(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(one.wall for one in costs),
        statistics.median(one.cpu for one in costs),
        max(one.peak_mb for one in costs),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_case_detail_against_the_floor_and_dlt(encoding: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain.csv"
    write_rows(plain)
    delivered = plain if encoding == "utf-8" else written_again(plain, tmp_path / "delivered.csv", encoding)
    task = task_of(plain, delivered, encoding)
    number = count()
    run_alone("floor", task, tmp_path / "warm")
    rounds = [{way: run_alone(way, task, tmp_path / f"{way}-{next(number)}") for way in PYTHONS} for _ in range(ROUNDS)]
    cost = {way: medians([one[way] for one in rounds]) for way in PYTHONS}
    ours = cost["ours"]
    print(
        f"\ncase_detail {encoding}, {ROWS:,} rows, {delivered.stat().st_size / 1e6:.0f} MB: "
        f"{ours / cost['floor']} the floor (goal {GOALS[encoding]} x); {ours / cost['dlt']} dlt (goal below 1 x)\n"
        f"  peak memory: ours {ours.peak_mb:.0f} MB, floor {cost['floor'].peak_mb:.0f} MB, "
        f"dlt {cost['dlt'].peak_mb:.0f} MB; {ROWS / ours.wall:,.0f} rows/s"
    )
    assert ours.peak_mb < MEMORY_MB
