"""A row of a wide table gives a record for each labelled column that holds something, with its row and its column."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.ingest.cells.dates import Context
from tests.unit.ingest.load.sheet_tables.wide_tables import Cells, LoadedWide, wide_contract

CONTEXT = Context(2023, period=(date(2023, 4, 15), date(2023, 4, 21)))


def test_each_year_of_a_row_is_a_record() -> None:
    found = LoadedWide([["地区", "2021年", "2022年"], ["甲", "12", "13"], ["乙", "7", None]], wide_contract())
    assert found.records == [
        (2, "2021年", "甲", "2021", 12),
        (2, "2022年", "甲", "2022", 13),
        (3, "2021年", "乙", "2021", 7),
    ]


@pytest.mark.parametrize(
    ("labels", "header", "values"),
    [
        ("year", ["2021", "2022年度", "二〇二三年"], ["2021", "2022", "2023"]),
        ("month", ["1月", "2023年2月", "三月"], ["2023-01", "2023-02", "2023-03"]),
        ("month", ["202212", "2023-01", "2023.2"], ["2022-12", "2023-01", "2023-02"]),
        ("month", ["Jan", "February", "Mar 2022"], ["2023-01", "2023-02", "2022-03"]),
        ("week", ["第13周", "14", "W15"], ["2023-13", "2023-14", "2023-15"]),
        ("week", ["2022年第52周", "2023-W01", "第二周"], ["2022-52", "2023-01", "2023-02"]),
        ("date", ["4月17日", "2023-04-18", "4/19"], ["2023-04-17", "2023-04-18", "2023-04-19"]),
    ],
)
def test_labels_are_values_of_their_kind(labels: str, header: list[str], values: list[str]) -> None:
    found = LoadedWide([["地区", *header], ["甲", "1", "2", "3"]], wide_contract(labels), CONTEXT)
    assert sorted(record[3] for record in found.records) == sorted(values)
    assert found.problems == []


def test_names_of_a_code_list_are_values_and_an_unknown_one_is_asked_about() -> None:
    rows: list[Cells] = [["地区", "公安厅", "水利厅", "合计"], ["甲", "1", "2", "3"]]
    one = wide_contract("department", ignored_labels=["合计"])
    found = LoadedWide(rows, one, codes={"department": frozenset({"公安厅"})})
    assert found.records == [(2, "公安厅", "甲", "公安厅", 1)]
    assert found.problems == [(2, "period", "unknown_code", "水利厅")]


def test_a_measure_below_a_label_is_the_field_that_it_names() -> None:
    rows: list[Cells] = [
        ["地区", "2021年", None, "2022年", None], [None, "受理", "件数", "受理", "件数"], ["甲", "5", "2", "9", "4"],
    ]  # fmt: skip
    found = LoadedWide(rows, wide_contract())
    assert found.records == [(3, "2021年", "甲", "2021", 2), (3, "2022年", "甲", "2022", 4)]
    assert found.accepted == [("甲", "2021", 5), ("甲", "2022", 9)]


def test_months_below_a_year_are_months_of_that_year() -> None:
    rows: list[Cells] = [["地区", "2021年", None, "2022年"], [None, "11月", "12月", "1月"], ["甲", "1", "2", "3"]]
    assert [record[3] for record in LoadedWide(rows, wide_contract("month")).records] == [
        "2021-11", "2021-12", "2022-01",
    ]  # fmt: skip


def test_columns_to_come_are_no_records_and_a_value_there_is_asked_about() -> None:
    rows: list[Cells] = [
        ["地区", "4月", "5月", "6月"], ["甲", "1", None, "0"], ["乙", "2", "3", None], ["丙", None, "0", "—"],
    ]  # fmt: skip
    found = LoadedWide(rows, wide_contract("month"), CONTEXT)
    assert [record[2:] for record in found.records] == [("甲", "2023-04", 1), ("乙", "2023-04", 2)]
    assert found.problems == [(3, "5月", "label_after_period", "3")]
    assert found.set_aside == {"header": 1, "no_values": 1}


def test_a_cell_that_does_not_fit_is_told_by_row_and_column_and_takes_no_other_along() -> None:
    found = LoadedWide([["地区", "2021年", "2022年"], ["甲", "十二", "13"]], wide_contract())
    assert found.records == [(2, "2022年", "甲", "2022", 13)]
    assert found.problems == [(2, "2021年", "not_an_integer", "十二")]


def test_what_all_records_of_a_row_lack_is_told_once() -> None:
    found = LoadedWide([["地区", "2021年", "2022年"], [None, "12", "13"], ["乙", "1", "2"]], wide_contract())
    assert found.problems == [(2, "region", "missing_required", None)]
    assert [record[2] for record in found.records] == ["乙", "乙"]


def test_a_printed_total_is_compared_with_all_records() -> None:
    rows: list[Cells] = [["地区", "2021年", "2022年"], ["甲", "12", "13"], ["乙", "7", "9"], ["合计", "19", "22"]]
    (total,) = LoadedWide(rows, wide_contract()).account.totals
    assert (total.row_no, total.column_name, total.printed, total.computed) == (4, "cases", 41, 41)


def test_a_value_that_stands_in_two_columns_refuses_the_table() -> None:
    found = LoadedWide([["地区", "2021年", "2021"], ["甲", "12", "13"]], wide_contract())
    assert "“件数”有 2 列（第 2 列“2021年”、第 3 列“2021”），无法判断以哪一列为准" in found.refusal


def test_columns_of_one_field_that_count_in_different_units_refuse_the_table() -> None:
    found = LoadedWide([["地区", "2021年（万件）", "2022年"], ["甲", "1.2", "13"]], wide_contract())
    assert "2022年" in found.refusal
    assert "单位不同" in found.refusal


def test_a_second_wide_table_below_is_read_under_its_own_header() -> None:
    rows: list[Cells] = [
        ["地区", "2021年", "2022年"], ["甲", "1", "2"], [None, None, None], ["续表", None, None],
        ["地区", "2022年", "2023年"], ["乙", "3", "4"],
    ]  # fmt: skip
    assert [record[2:] for record in LoadedWide(rows, wide_contract()).records] == [
        ("甲", "2021", 1), ("甲", "2022", 2), ("乙", "2022", 3), ("乙", "2023", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"unpivot": {"labels": "year", "into": "period", "value": "other"}}, "两个不同的入库字段"),
        ({"unpivot": {"labels": "year", "into": "cases", "value": "cases"}}, "两个不同的入库字段"),
        ({"unpivot": {"labels": "date", "into": "period", "value": "cases"}}, "类型应为 date 或 datetime"),
        ({"primary_key": ["region"]}, "primaryKey 要含 period"),
    ],
)
def test_a_contract_that_could_not_work_is_refused_at_once(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        wide_contract("year", **changes)


COUNTS = st.one_of(st.none(), st.integers(0, 10**6))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(COUNTS, min_size=4, max_size=4), min_size=1, max_size=8))
def test_every_filled_cell_is_one_record_and_every_row_is_accounted_for(table: list[list[int | None]]) -> None:
    rows: list[Cells] = [["地区", *(f"{year}年" for year in range(2019, 2023))]]
    for number, counts in enumerate(table):
        rows.append([f"地区{number}甲", *(None if count is None else str(count) for count in counts)])
    found = LoadedWide(rows, wide_contract("year", layout={"data_labels": [f"地区{n}甲" for n in range(8)]}))
    assert found.problems == []
    cells = {
        (at, f"{2019 + place}年", count)
        for at, counts in enumerate(table, start=2)
        for place, count in enumerate(counts)
        if count is not None
    }
    assert {(row_no, label, cases) for row_no, label, _, _, cases in found.records} == cells
    rows_with_records = len({row_no for row_no, *_ in found.records})
    assert rows_with_records + found.account.count("set_aside") == len(rows)
