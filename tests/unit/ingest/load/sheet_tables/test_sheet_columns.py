"""A large sheet in columns: its rows, its problems, its account and the sums of what was loaded."""

from __future__ import annotations

import datetime
from decimal import Decimal

import duckdb
import pytest

from pipeline.contracts import Contract, FieldType
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.sheet_tables.sheet_columns import load_in_columns
from pipeline.ingest.load.sheet_tables.sheet_plan import make_plan
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Days, no_days
from pipeline.ingest.tables.control_totals import Segment
from pipeline.ingest.tables.headers.header import find_header
from tests.unit.ingest.demo_form import CODES, DEMO, HEADER, TITLES, Cell, case, contract


def load(
    con: duckdb.DuckDBPyConnection,
    account: Account,
    *below: list[Cell],
    one: Contract = DEMO,
    scales: dict[str, str] | None = None,
    days: Days = no_days,
) -> Segment:
    rows = in_columns([*TITLES, HEADER, *below])
    header = find_header(rows, one)
    assert header is not None
    plan = make_plan(rows, header, one, days)
    assert plan is not None
    open_incoming(con, one)
    reader = RowReader(one, CODES, Context(2023), b"key")
    return load_in_columns(con, "表", rows, plan, reader, account, scales or {})


def test_data_rows_are_typed_totals_are_compared_and_the_rest_is_in_the_account() -> None:
    account = Account()
    with duckdb.connect() as con:
        total = load(
            con,
            account,
            ["公安厅", "企业设立", "2023-04-17 00:00:00", "3", "98.5", None],
            [None, "'0101", None, "无业务", None, None],
            [None] * 6,
            case("合计", "4"),
        )
        rows = con.execute("SELECT * EXCLUDE person FROM incoming ORDER BY row_no").fetchall()
    assert rows == [
        ("表", 4, "公安厅", "企业设立", datetime.date(2023, 4, 17), 3, Decimal("98.5"), None),
        ("表", 5, "公安厅", "0101", None, 0, None, {"item": "'0101", "accepted": "无业务"}),
    ]
    assert (total.rows, total.sums) == (2, {"accepted": Decimal(3), "rate": Decimal("98.5")})
    assert [(one.row_no, one.column_name, one.printed, one.computed) for one in account.totals] == [
        (7, "accepted", Decimal(4), Decimal(3))
    ]
    assert {reason: count for (_, _, reason), count in account.rows.items()} == {
        "title": 2, "header": 1, "blank": 1, "total": 1,
    }  # fmt: skip


def test_a_quarantined_row_takes_all_its_problems_along_and_is_not_summed() -> None:
    account = Account()
    with duckdb.connect() as con:
        total = load(con, account, ["火星厅", "电话13900001111", None, "3", None, None], case("司法厅", "1"))
        problems = con.execute(
            "SELECT row_no, column_name, reason, value, row_disposition FROM cell_problem ORDER BY column_name"
        ).fetchall()
        excluded = con.execute("SELECT row_no, disposition, reason FROM excluded").fetchall()
    assert problems == [
        (4, "department", "unknown_code", "火星厅", "quarantined"),
        (4, "item", "personal_data_masked", None, "quarantined"),
    ]
    assert excluded == [(4, "quarantined", "unknown_code")]
    assert (total.rows, total.sums) == (1, {"accepted": Decimal(1)})


def test_numbers_count_by_the_scale_of_their_column() -> None:
    with duckdb.connect() as con:
        total = load(con, Account(), case("公安厅", "3.5"), case("司法厅", "2千"), scales={"accepted": "万"})
    assert total.sums == {"accepted": Decimal(37_000)}


def test_a_number_is_rounded_to_the_decimals_that_the_contract_keeps() -> None:
    fields = [
        field.model_copy(update={"type": FieldType.NUMBER, "decimals": 2}) if field.name == "accepted" else field
        for field in DEMO.fields
    ]
    with duckdb.connect() as con:
        rounded = DEMO.model_copy(update={"fields": tuple(fields)})
        load(con, Account(), case("公安厅", "0.985"), case("司法厅", "0.98"), case("公安厅", "12"), one=rounded)
        found = con.execute("SELECT accepted, as_written FROM incoming ORDER BY row_no").fetchall()
    assert found == [(Decimal("0.99"), {"accepted": "0.985"}), (Decimal("0.98"), None), (Decimal(12), None)]


def test_a_name_that_the_sheet_shows_as_a_day_is_lost_and_the_same_text_typed_by_hand_is_not() -> None:
    plain = [field.model_copy(update={"free_text": False, "codes": None}) for field in DEMO.fields]
    one = DEMO.model_copy(update={"fields": tuple(plain)})
    below = [["2023-03-01", None, None, "1", None, None], ["2023-03-01", None, None, "2", None, None]]
    with duckdb.connect() as con:
        load(con, Account(), *below, one=one, days=lambda: {0: frozenset({3})})
        assert con.execute("SELECT row_no, reason FROM cell_problem").fetchall() == [(4, "identifier_as_day")]
        assert con.execute("SELECT row_no, department FROM incoming").fetchall() == [(5, "2023-03-01")]


def test_the_first_value_that_the_contract_does_not_forgive_refuses_the_file_with_its_row() -> None:
    strict = contract(on_error="refuse_file")
    with duckdb.connect() as con, pytest.raises(RefusedFileError) as caught:
        load(con, Account(), case("公安厅", "1"), case("公安厅", "12.7"), case("火星厅", "12.8"), one=strict)
    assert caught.value.place == RefusalPlace(sheet="表", row=5, column="受理")
