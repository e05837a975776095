"""The temporary tables of one delivery: what is put into them, and that nothing of them stays."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.load.incoming import add_problems, add_rows, close_incoming, open_incoming
from tests.unit.ingest.demo_form import DEMO


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        open_incoming(connection, DEMO)
        yield connection


def test_canonical_texts_are_added_in_the_types_of_their_fields(con: duckdb.DuckDBPyConnection) -> None:
    values = {"department": "公安厅", "item": "0101", "day": "2023-04-17", "accepted": "1234", "rate": "98.5"}
    add_rows(
        con, DEMO, [TypedRow("表", 3, values, {"accepted": '1,234"件'}), TypedRow("表", 4, {"department": "省厅"})]
    )
    assert con.execute("SELECT * EXCLUDE person FROM incoming ORDER BY row_no").fetchall() == [
        ("表", 3, "公安厅", "0101", datetime.date(2023, 4, 17), 1234, Decimal("98.5"), {"accepted": '1,234"件'}),
        ("表", 4, "省厅", None, None, None, None, None),
    ]


def test_a_bad_value_is_kept_masked_and_a_problem_that_loads_its_row_excludes_none(
    con: duckdb.DuckDBPyConnection,
) -> None:
    add_problems(con, [CellProblem("表", 3, "item", "text_lost", "电话13900001111", "loaded")])
    assert con.execute("SELECT row_no, value, row_disposition FROM cell_problem").fetchall() == [
        (3, "电话［已脱敏］", "loaded")
    ]
    assert con.execute("FROM excluded").fetchall() == []


def test_a_row_with_several_problems_is_excluded_once_under_the_first(con: duckdb.DuckDBPyConnection) -> None:
    add_problems(
        con,
        [
            CellProblem("表", 3, "accepted", "not_an_integer", "x", "quarantined"),
            CellProblem("表", 3, "rate", "not_a_number", None, "quarantined"),
            CellProblem("别表", 3, "rate", "error_cell", "#REF!", "quarantined"),
        ],
    )
    assert con.execute("SELECT count(*) FROM cell_problem").fetchall() == [(3,)]
    assert con.execute("SELECT sheet, row_no, disposition, reason FROM excluded ORDER BY sheet").fetchall() == [
        ("别表", 3, "quarantined", "error_cell"),
        ("表", 3, "quarantined", "not_an_integer"),
    ]


def test_nothing_is_left_of_a_delivery_once_its_tables_are_closed(con: duckdb.DuckDBPyConnection) -> None:
    close_incoming(con)
    close_incoming(con)
    assert con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []
