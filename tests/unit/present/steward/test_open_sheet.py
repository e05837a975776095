"""What is open in other weeks stands in every workbook, with the place where it is settled."""

from __future__ import annotations

import duckdb
import openpyxl
import pytest

from pipeline.present.steward.open_sheet import HEADER, SHEET, add_open_elsewhere
from pipeline.quality.schema import create_tables


@pytest.fixture
def desk(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    create_tables(con)
    return con


def lines(con: duckdb.DuckDBPyConnection, week_id: str) -> list[tuple[object, ...]]:
    book = openpyxl.Workbook()
    add_open_elsewhere(book, con, week_id)
    return list(book[SHEET].iter_rows(values_only=True)) if SHEET in book.sheetnames else []


def test_a_finding_that_waits_in_another_week_is_shown_with_its_workbook(desk: duckdb.DuckDBPyConnection) -> None:
    desk.execute("UPDATE quality.finding SET status = 'postponed', severity = 'critical' WHERE finding_id = 'f2'")
    desk.execute("DELETE FROM quality.finding_week WHERE finding_id = 'f2' AND week_id = '2023-03'")
    ((last_seen, evidence, owner),) = desk.execute(
        "SELECT last_seen, evidence, owner FROM quality.finding WHERE finding_id = 'f2'"
    ).fetchall()
    header, line = lines(desk, "2023-03")
    assert header == HEADER
    assert line[0].endswith(last_seen)
    assert line[1:] == ("严重", "已暂缓", evidence, owner, f"review/{last_seen}/findings.xlsx")


@pytest.mark.parametrize("status", ["explained", "waived", "corrected", "fixed_at_source", "noted", "withheld"])
def test_what_is_settled_or_stands_in_this_workbook_is_not_shown_again(
    desk: duckdb.DuckDBPyConnection, status: str
) -> None:
    assert lines(desk, "2023-03") == []
    desk.execute("DELETE FROM quality.finding_week WHERE week_id = '2023-03'")
    desk.execute("UPDATE quality.finding SET status = ?", [status])
    assert lines(desk, "2023-03") == []
