"""Distinct texts of a column that do not stand for themselves, and the SQL that puts what they mean in their place."""

from __future__ import annotations

import datetime

import duckdb
import pytest

from pipeline.contracts import Contract, Field
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.load.fixes import Fix, as_written_sql, fix_joins, read_fixes, write_fixes
from tests.unit.ingest.demo_form import CODES, contract


def reader(**changes: object) -> RowReader:
    return RowReader(contract(**changes), CODES, Context(2023), b"key")


def fixes_of(name: str, *texts: str | None, scale: str = "", **changes: object) -> list[Fix]:
    one = reader(**changes)
    return read_fixes(one, field_of(one.contract, name), texts, scale)


def field_of(one: Contract, name: str) -> Field:
    return next(field for field in one.fields if field.name == name)


def test_a_text_that_stands_for_itself_needs_no_fix() -> None:
    assert fixes_of("item", "企业设立", None) == []
    assert fixes_of("accepted", "12") == []


def test_a_text_that_is_written_differently_is_kept_with_its_value() -> None:
    assert fixes_of("item", "'0101", "—") == [
        Fix("'0101", "0101", None, "'0101", keep=True, disposition="loaded", written="'0101"),
        Fix("—", None, None, "—", keep=True, disposition="loaded", written="—"),
    ]
    assert fixes_of("accepted", "3.5", scale="万") == [
        Fix("3.5", "35000", None, "3.5", keep=True, disposition="loaded", written="3.5")
    ]


def test_midnight_behind_a_day_and_a_persons_text_are_not_kept() -> None:
    (day,) = fixes_of("day", "2023-04-17 00:00:00")
    assert (day.value, day.keep) == ("2023-04-17", False)
    (person,) = fixes_of("person", "王小明")
    assert person.value not in (None, "王小明")
    assert (person.shown, person.keep) == (None, False)


@pytest.mark.parametrize(
    ("on_error", "disposition"),
    [("quarantine_row", "quarantined"), ("null_and_flag", "loaded"), ("refuse_file", "refused")],
)
def test_a_text_that_cannot_be_read_does_to_its_rows_what_the_contract_says(on_error: str, disposition: str) -> None:
    (fix,) = fixes_of("accepted", "12.7", on_error=on_error)
    assert (fix.reason, fix.shown, fix.disposition) == ("not_an_integer", "12.7", disposition)


def test_masked_prose_is_loaded_with_a_remark() -> None:
    (fix,) = fixes_of("item", "电话13900001111")
    assert fix == Fix(
        "电话13900001111", "电话［已脱敏］", "personal_data_masked", None, keep=False, disposition="loaded"
    )


def test_fixes_are_joined_by_text_and_an_absent_text_has_one_too() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT * FROM (VALUES (1, '４月17日'), (2, NULL), (3, '2023-04-18')) v(n, day)")
        write_fixes(
            con,
            "day",
            "DATE",
            [
                Fix("４月17日", "2023-04-17", None, "４月17日", keep=True, disposition="loaded"),
                Fix(None, None, "missing_required", None, keep=False, disposition="quarantined"),
            ],
        )
        found = con.execute(
            f"SELECT n, f_day.value, f_day.reason, f_day.disposition FROM t {fix_joins('t', ['day'])} ORDER BY n"
        ).fetchall()
    assert found == [
        (1, datetime.date(2023, 4, 17), None, "loaded"),
        (2, None, "missing_required", "quarantined"),
        (3, None, None, None),
    ]


def test_only_what_was_written_differently_is_kept_by_column_without_the_mark_of_a_reader() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT * FROM (VALUES (1, '\ufdd245', '甲'), (2, 'x', '乙')) v(n, a, b)")
        write_fixes(
            con, "a", "VARCHAR", [Fix("\ufdd245", "4.5E1", None, "45", keep=True, disposition="loaded", written="45")]
        )
        write_fixes(con, "b", "VARCHAR", [Fix("乙", "丙", "text_lost", None, keep=False, disposition="loaded")])
        query = f"SELECT {as_written_sql(['a', 'b'])} FROM t {fix_joins('t', ['a', 'b'])} ORDER BY n"
        assert con.execute(query).fetchall() == [({"a": "45"},), (None,)]
        assert con.execute(f"SELECT {as_written_sql([])} FROM t").fetchall() == [(None,), (None,)]
