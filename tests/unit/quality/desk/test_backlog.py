"""What is open, by owner and age in issues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipeline.quality.desk.backlog import DeskState, OwnerLoad, Pile, backlog, desk_state, state_counts
from pipeline.quality.schema import create_tables

WEEK = "2023-15"


@pytest.fixture
def hall() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        create_tables(con)
        yield con


def result(
    con: duckdb.DuckDBPyConnection, check: str, status: str = "failed", severity: str = "critical", week: str = WEEK
) -> None:
    con.execute(
        "INSERT INTO quality.check_result VALUES (?, 'charts.t', ?, ?, ?, 1, 9, '', '12 与 11 不等', '[]', now())",
        [week, check, severity, status],
    )


def finding(
    con: duckdb.DuckDBPyConnection,
    check: str,
    status: str,
    *,
    severity: str = "critical",
    week: str = WEEK,
    owner: str = "报送部门",
    until: str | None = None,
) -> str:
    identity = f"{check}-{status}-{owner}-{week}"
    con.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, "
        "last_seen, weeks, unexpected_count, keys, evidence, action, until) "
        "VALUES (?, 'charts.t', ?, '合计', ?, ?, ?, ?, ?, 1, 1, '[]', '12 与 11 不等', '核对', ?)",
        [identity, check, severity, status, owner, week, week, until],
    )
    con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, "
        "evidence, explanation) VALUES (?, ?, 'charts.t', ?, 1, '[]', '12 与 11 不等', '上年结转可以解释')",
        [identity, week, check],
    )
    return identity


def test_the_backlog_counts_open_findings_by_owner_and_age_in_issues(hall: duckdb.DuckDBPyConnection) -> None:
    for number in range(1, 16):
        result(hall, "a", week=f"2023-{number:02d}")
    finding(hall, "a", "open", week="2023-15")
    finding(hall, "b", "open", week="2023-13")
    finding(hall, "c", "expired", week="2023-13", severity="warning")
    finding(hall, "d", "open", week="2023-01", owner="综合窗口")
    finding(hall, "e", "waived", week="2023-01")
    assert backlog(hall) == [
        Pile("报送部门", "本期新增", 1, 0),
        Pile("报送部门", "2–3 期", 1, 1),
        Pile("综合窗口", "9 期以上", 1, 0),
    ]
    assert state_counts(hall) == {"expired": 1, "open": 3, "waived": 1}


def test_a_department_that_is_known_owns_its_pile(hall: duckdb.DuckDBPyConnection) -> None:
    result(hall, "a")
    finding(hall, "a", "open")
    hall.execute("UPDATE quality.finding SET owner_department = '公安厅'")
    assert backlog(hall) == [Pile("公安厅", "本期新增", 1, 0)]


def test_the_desk_in_short_has_owners_what_runs_out_and_corrections(hall: duckdb.DuckDBPyConnection) -> None:
    assert desk_state(hall, date(2023, 6, 25)) == DeskState((), 0, 0, 0)
    finding(hall, "a", "open", week="2023-14", severity="warning")
    finding(hall, "b", "expired", owner="综合窗口")
    finding(hall, "c", "waived", until="2023-06-30")
    finding(hall, "d", "waived", until="2023-07-30")
    hall.execute("""
        INSERT INTO quality.correction (correction_id, source, keys, column_name, decided_at, week_id, status,
            finding_id) VALUES ('k1', 's', '{}', 'n', '2023-04-24', '2023-15', 'active', 'f1'),
            ('k2', 's', '{}', 'n', '2023-04-24', '2023-15', 'failed', 'f2')""")
    owners = (OwnerLoad("报送部门", 0, 1, "2023-14"), OwnerLoad("综合窗口", 1, 0, "2023-15"))
    assert desk_state(hall, date(2023, 6, 25)) == DeskState(owners, 1, 1, 1)
