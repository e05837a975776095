"""The rows of the workbook: each finding in words, with what can be proposed for it."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from pipeline.present.steward.desk_rows import DeskRow, desk_rows
from pipeline.quality.findings.places import Place
from pipeline.quality.schema import create_tables

ROW = Place("周报.xlsx", "明细", 7, 7, "d3")
KEY = b"key of the hall"


@pytest.fixture
def rows(con: duckdb.DuckDBPyConnection) -> list[DeskRow]:
    create_tables(con)
    return desk_rows(con, "2023-03", KEY)


def test_a_row_says_severity_status_and_owner_in_words(rows: list[DeskRow]):
    row = next(row for row in rows if row.finding_id == "f1")
    assert (row.severity_label, row.status_label, row.owner) == ("提醒", "已解释", "水利厅")
    assert (row.is_critical, row.is_open, row.can_withdraw) == (False, False, False)
    assert row.weeks == "2023-01 至 2023-03（3 期）"


@pytest.mark.parametrize(
    ("places", "is_of_totals", "proposed"),
    [([ROW], False, "7"), ([ROW], True, ""), ([ROW, ROW], False, ""), ([replace(ROW, last_row_no=9)], False, "")],
)
def test_a_row_to_correct_is_proposed_where_there_is_exactly_one(
    rows: list[DeskRow], places: list[Place], is_of_totals: bool, proposed: str
):
    assert replace(rows[0], places=places, is_of_totals=is_of_totals).only_row == proposed


def test_the_seal_of_a_row_needs_the_halls_key(con: duckdb.DuckDBPyConnection, rows: list[DeskRow]):
    others = desk_rows(con, "2023-03", b"another hall")
    assert [row.seal for row in others] != [row.seal for row in rows]
    assert [replace(row, seal="") for row in others] == [replace(row, seal="") for row in rows]


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("incomplete", "未登记，请补正：没有写理由（2023-04-24 12:00）"), ("applied", ""), ("blank", "")],
)
def test_what_was_not_recorded_is_told_beside_its_row(con: duckdb.DuckDBPyConnection, outcome: str, shown: str):
    create_tables(con)
    con.execute(
        "INSERT INTO ledger.delivery (delivery_id, source, week_id, file_name) "
        "VALUES ('w1', 'review_decisions', '2023-03', '处理单.xlsx')"
    )
    con.execute(
        "INSERT INTO quality.review_answer (delivery_id, sheet, row_no, finding_id, outcome, message, answered_at) "
        "VALUES ('w1', '办件', 4, 'f1', ?, '没有写理由', '2023-04-24 12:00:00')",
        [outcome],
    )
    row = next(row for row in desk_rows(con, "2023-03", KEY) if row.finding_id == "f1")
    assert row.last_answer == shown
