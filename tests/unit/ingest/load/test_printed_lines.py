"""The lines of an export as they are printed: rows and totals alike, each number with its text and its step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.ingest.load.ledger import prepare
from pipeline.ingest.load.printed_lines import (
    has_check_words,
    label_fields,
    make_line_views,
    shown_fields,
    source_of_view,
    view_of,
)

FIELDS: list[dict[str, Any]] = [
    {"name": "unit", "title": "单位"},
    {"name": "caller", "title": "来电人", "personal": "hmac"},
    {"name": "remark", "title": "备注", "free_text": True},
    {"name": "cases", "title": "办件", "type": "integer", "unit": "件"},
    {"name": "walked_in", "title": "窗口", "type": "integer", "unit": "件", "blank": "zero"},
    {"name": "rate", "title": "率", "type": "number", "unit": "%", "rate": {"of": "walked_in", "per": "cases"}},
]


def contract(**changes: Any) -> Contract:
    plain: dict[str, Any] = {
        "name": "demo", "title": "示例", "version": 1, "delivery": {"kind": "weekly"}, "primary_key": ["unit"],
        "fields": FIELDS,
    }  # fmt: skip
    return Contract.model_validate(plain | changes)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        prepare(made, [contract()])
        make_line_views(made, [contract()])
        made.execute(
            "INSERT INTO ledger.delivery (delivery_id, source, file_name, week_id, status) VALUES "
            "('d1', 'demo', '示例.xlsx', '2023-15', 'current'), ('d0', 'demo', '旧.xlsx', '2023-15', 'refused')"
        )
        made.execute(
            "INSERT INTO raw.demo (delivery_id, sheet, row_no, unit, cases, walked_in, rate, as_written) VALUES "
            "('d1', '表', 5, '甲', 31000, NULL, 85.25, MAP {'cases': '3.1万', 'rate': '85.25%'}), "
            "('d1', '表', 6, '乙', 4879, 7, 90, MAP {'cases': '4,879件', 'rate': '90.00%'}), "
            "('d1', '表', 9, '丙', 12, 3, 0.5, NULL), ('d0', '表', 5, '甲', 1, 1, 1, NULL)"
        )
        made.execute(
            "INSERT INTO ledger.control_total (delivery_id, sheet, row_no, label, covers, column_name, printed_value, "
            "row_label, printed_text, printed_step) VALUES "
            "('d1', '表', 7, '小计', 'group', 'cases', 35900, '全区 小 计', '3.59万', 100), "
            "('d1', '表', 7, '小计', 'group', 'rate', 95.7, '全区 小 计', '95.70%', 0.01)"
        )
        yield made


def lines(con: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    return con.execute(f"SELECT {columns} FROM {view_of('demo')} ORDER BY row_no").fetchall()


def test_a_line_is_a_row_or_a_total_of_a_delivery_that_counts(con: duckdb.DuckDBPyConnection) -> None:
    assert lines(con, "row_no, covers, line_label, group_no") == [
        (5, "row", "甲", 0),
        (6, "row", "乙", 0),
        (7, "group", "全区 小 计", 0),
        (9, "row", "丙", 1),
    ]


def test_each_number_has_the_text_and_the_step_that_are_printed(con: duckdb.DuckDBPyConnection) -> None:
    assert lines(con, "cases__text, cases__step, rate__text, rate__step") == [
        ("3.1万", Decimal(1000), "85.25%", Decimal("0.01")),
        ("4,879件", Decimal(1), "90.00%", Decimal("0.01")),
        ("3.59万", Decimal(100), "95.70%", Decimal("0.01")),
        ("12 件", Decimal(1), "0.5%", Decimal("0.1")),
    ]


def test_a_number_under_a_header_in_ten_thousands_is_read_with_them(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE raw.demo SET cases = 35000, as_written = MAP {'cases': '3.5'} WHERE row_no = 9")
    assert lines(con, "cases__text, cases__step")[-1] == ("3.5万 件", Decimal(1000))


def test_a_blank_is_zero_only_where_the_contract_says_so(con: duckdb.DuckDBPyConnection) -> None:
    assert lines(con, "walked_in") == [(0,), (7,), (None,), (3,)]


def test_persons_and_prose_are_in_no_line(con: duckdb.DuckDBPyConnection) -> None:
    columns = {row[0] for row in con.execute(f"DESCRIBE {view_of('demo')}").fetchall()}
    assert not columns & {"caller", "remark"}


def test_of_prose_only_what_a_word_reads_is_there_and_it_names_no_row() -> None:
    read = contract(primary_key=[], checks={"flow": [{"in": "cases", "out": "walked_in", "note": "remark"}]})
    assert [field.name for field in shown_fields(read)] == ["unit", "remark", "cases", "walked_in", "rate"]
    assert [field.name for field in label_fields(read)] == ["unit"]


def test_a_contract_without_words_has_no_lines() -> None:
    plain = contract(fields=FIELDS[:1])
    assert not has_check_words(plain)
    assert has_check_words(contract())
    with duckdb.connect() as con:
        prepare(con, [plain])
        make_line_views(con, [plain])
        views = con.execute("SELECT view_name FROM duckdb_views() WHERE view_name LIKE '%_line'").fetchall()
    assert views == []


def test_the_name_of_a_view_leads_back_to_its_source() -> None:
    assert source_of_view("ledger.demo_line") == "demo"
    assert source_of_view("ledger.delivery") is None


def test_counts_alone_have_lines_unless_a_minimum_says_how_small_they_may_be() -> None:
    count = {"name": "cases", "title": "办件", "type": "integer"}
    assert has_check_words(contract(primary_key=[], fields=[count]))
    assert not has_check_words(contract(primary_key=[], fields=[{**count, "constraints": {"minimum": 0}}]))
