"""Law 3: opening + accepted = closed + closing, per department and type, counted anew from the files themselves."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime

from tests.hall import Hall

END = datetime(2023, 4, 22)
YEAR = datetime(2023, 1, 1)


def test_the_balance_holds_for_every_department_type_and_week(built_hall: Hall) -> None:
    with built_hall.open() as con:
        rows = con.execute(
            "SELECT count(*), count(*) FILTER (opening + accepted_ytd <> closed_ytd + closing), "
            "count(*) FILTER (opening_week + accepted <> closed + closing), min(closing) FROM marts.case_balance"
        ).fetchone()
    assert rows is not None
    assert rows[0] > 500
    assert rows[1:3] == (0, 0)
    assert rows[3] >= 0


def test_the_balance_equals_what_python_counts_in_the_archived_files(built_hall: Hall) -> None:
    latest: dict[str, dict[str, str]] = {}
    for path in sorted(built_hall.settings.archive.glob("case_detail/*/*.csv")):
        with path.open(encoding="gb18030", newline="") as file:
            lines = file.read().splitlines()[2:]
        for row in csv.DictReader(lines):
            known = latest.get(row["办件编号"])
            if _moment(row["受理时间"]) and (known is None or row["更新时间"] >= known["更新时间"]):
                latest[row["办件编号"]] = row
    counted: Counter[str] = Counter()
    for row in (row for row in latest.values() if row["数据状态"] != "D"):
        accepted, closed = _moment(row["受理时间"]), _moment(row["办结时间"])
        assert accepted
        counted["opening" if accepted < YEAR else "accepted"] += 1
        is_closed = closed is not None and closed < END
        counted["closed" if is_closed else "closing"] += 1
        counted["completed"] += is_closed and row["办结结果"] not in ("作废", "删除")
    with built_hall.open() as con:
        row = con.execute(
            "SELECT opening, accepted_ytd, closed_ytd, closing, completed_ytd FROM marts.case_balance "
            "WHERE week_id = '2023-15' AND department_id = 'ALL' AND power_type = 'ALL'"
        ).fetchone()
    assert row == tuple(counted[name] for name in ("opening", "accepted", "closed", "closing", "completed"))


def _moment(text: str) -> datetime | None:
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M"):
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None
