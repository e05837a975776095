"""Ways to bring one CSV of cases into DuckDB, each run alone in a process; what they cost is compared elsewhere.

Run as `python ways_of_loading.py WAY < task.json`; prints seconds, CPU seconds and the peak of memory as JSON. Imports
do not count. Only `ours` knows this project: `dlt` runs in an environment of its own, which does not have it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Task = dict[str, Any]
Way = Callable[[], int]
CONFIG = {"threads": 2, "memory_limit": "900MB"}
MOMENT = "%Y-%m-%d %H:%M:%S"


def floor(task: Task) -> Way:
    """DuckDB's read_csv with known types and the stored columns, of the rows in UTF-8; nothing is checked."""
    import duckdb

    types = {one: "TIMESTAMP" if one in task["moments"] else "VARCHAR" for one in task["titles"]}
    kept = ", ".join(f'"{one}"' for one in task["kept"])

    def run() -> int:
        with duckdb.connect(str(Path(task["folder"]) / "w.duckdb"), config=CONFIG) as con:
            found = con.execute(
                f"CREATE TABLE t AS SELECT {kept} FROM read_csv($path, skip = {task['lines_above']}, header = false, "
                f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {types}, "
                f"timestampformat = '{MOMENT}')",
                {"path": task["plain"]},
            ).fetchall()
        return int(found[0][0])

    return run


def ours(task: Task) -> Way:
    """The whole load of this project: from the inbox to the ledger and the archive."""
    import duckdb
    import numpy  # noqa: F401  otherwise imported by the first load of a process, which takes 0.1 s

    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.loader import make_loader
    from pipeline.ingest.inbox.run import load_inbox
    from pipeline.reporting_calendar import load_calendar
    from pipeline.settings import Settings

    folder = Path(task["folder"])
    home = Settings(home=folder)
    contracts, calendar = load_contracts(home.contracts), load_calendar()
    home.inbox.mkdir()
    # A file of its own, as a hall gets it: one with a second name would be copied. It is on the disk when the clock
    # starts, and has been lying there: whether somebody still writes it needs no second look.
    delivered = home.inbox / "办件明细.csv"
    shutil.copyfile(task["delivered"], delivered)
    os.utime(delivered, (0, 0))
    os.sync()

    def run() -> int:
        with duckdb.connect(str(folder / "w.duckdb"), config=CONFIG) as con:
            con.execute(f"SET temp_directory = '{folder}/tmp'")
            return load_inbox(make_loader(con, home, calendar, contracts)).rows_loaded

    return run


def dlt(task: Task) -> Way:
    """Arrow batches of typed columns through a dlt pipeline, which is the fastest that its documentation offers."""
    os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR", NORMALIZE__WORKERS="1")
    os.environ["SCHEMA__NAMING"] = "direct"  # its usual one makes every Chinese name the same "x"
    import dlt as library
    import duckdb
    from pyarrow import csv, string, timestamp

    folder = task["folder"]
    types = {one: timestamp("us") if one in task["moments"] else string() for one in task["kept"]}

    def batches() -> Iterator[Any]:
        reader = csv.open_csv(
            task["delivered"],
            csv.ReadOptions(encoding=task["encoding"], skip_rows=task["lines_above"] - 1, block_size=8 << 20),
            csv.ParseOptions(newlines_in_values=False),
            csv.ConvertOptions(
                column_types=types, include_columns=task["kept"], timestamp_parsers=[MOMENT], strings_can_be_null=True
            ),
        )
        yield from reader

    def run() -> int:
        target = library.destinations.duckdb(f"{folder}/w.duckdb")
        pipeline = library.pipeline("cases", destination=target, dataset_name="raw", pipelines_dir=f"{folder}/dlt")
        pipeline.run(library.resource(batches, name="case_detail"), write_disposition="append")
        with duckdb.connect(f"{folder}/w.duckdb") as con:
            found = con.execute("SELECT count(*) FROM raw.case_detail").fetchall()
        return int(found[0][0])

    return run


def peak_mb() -> float:
    """The most memory this process ever had; ru_maxrss would count its parent's too, where /proc can tell."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_seconds() -> float:
    """CPU of this process and of the children it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Prepare one way, then run it between two looks at the clocks."""
    run = {"floor": floor, "ours": ours, "dlt": dlt}[sys.argv[1]](json.load(sys.stdin))
    cpu, began = cpu_seconds(), time.perf_counter()
    rows = run()
    wall = time.perf_counter() - began
    print(json.dumps({"rows": rows, "wall": wall, "cpu": cpu_seconds() - cpu, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
