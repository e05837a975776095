"""A CSV of a form with numbers, totals and merged cells says what the same form says as a workbook."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest.load.csv_rows import csv_file
from tests.many_examples import examples
from tests.unit.ingest.forms import CONTRACTS, LABELS, TITLE, as_csv, as_workbook, outcome

counts = st.sampled_from(["0", "12", "1,234", "-", "无业务", "3.5万", "12.5", "１２"])
data_row = st.tuples(st.sampled_from(["2023-04-17", "2023/4/18", ""]), st.sampled_from("甲乙丙丁"), *[counts] * 4)
other_row = st.sampled_from(
    [
        ("", "", "", "", "", ""),
        ("2023-04-17", "小计", "12", "12", "12", "12"),
        ("合 计", "", "24", "24", "24", "24"),
        ("其中：网上", "", "1", "1", "1", "1"),
        ("注：由各窗口报送。", "", "", "", "", ""),
        ("制表人：某某", "", "", "", "", ""),
        tuple(LABELS),
        ("1", "2", "3", "4", "5", "6"),
    ]
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.one_of(data_row, data_row, other_row), max_size=12),
    unit=st.sampled_from(["咨询", "咨询（人次）", "咨询（万人次）"]),
)
def test_a_form_means_the_same_as_text_and_as_workbook(rows: list[tuple[str, ...]], unit: str) -> None:
    labels = ["日期", "窗口名称", unit, *LABELS[3:]]
    first = ["2023-04-17", "综窗", "1", "1", "1", "1"]
    table = [TITLE, ["单位：件、人次"], labels, first, *(list(row) for row in rows), ["2023-04-21", *first[1:]]]
    assert outcome("a.csv", as_csv(table)) == outcome("a.xlsx", as_workbook(table))


FORM = [
    TITLE,
    ["日期", "窗口名称", "咨询（万人次）", *LABELS[3:]],
    ["2023-04-17", "甲", "1.5", "1", "1", "1"],
    ["", "乙", "2", "2", "2", "2"],
    ["小计", "", "3.5", "3", "3", "3"],
    ["注：由各窗口报送。"],
]


@pytest.mark.parametrize("at_once", [1_000, 3])
def test_totals_merged_cells_scales_and_notes_of_a_csv(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_RECORDS_AT_ONCE", at_once)
    found = outcome("a.csv", as_csv(FORM))
    assert [row[2:4] for row in found["rows"]] == [("甲", 15_000), ("乙", 20_000)]
    assert len({row[1] for row in found["rows"]}) == 1
    assert found["account"] == [
        ("loaded", "loaded", 2), ("set_aside", "header", 1), ("set_aside", "note", 1), ("set_aside", "title", 1),
        ("set_aside", "total", 1),
    ]  # fmt: skip
    assert all(row[3] == row[4] for row in found["totals"])


def test_a_delimiter_too_many_is_a_problem_only_where_something_follows_it() -> None:
    table = [TITLE, LABELS, ["2023-04-17", "甲", "1", "1", "1", "1", ""], ["2023-04-17", "乙", "1", "1", "1", "1", "x"]]
    found = outcome("a.csv", as_csv(table))
    assert [row[2] for row in found["rows"]] == ["甲"]
    assert [row[:3] for row in found["bad"]] == [(4, "", "wrong_column_count")]


def test_a_row_is_told_by_the_line_on_which_it_begins() -> None:
    text = f'{TITLE[0]}\n{",".join(LABELS)}\n2023-04-17,"甲\n窗",1,1,1,1\n2023-04-17,乙,1,1,1,1\n'
    assert [row[0] for row in outcome("a.csv", text.encode())["rows"]] == [3, 5]


def test_drift_in_a_later_table_of_a_text_is_told_with_its_file_and_line() -> None:
    second = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转", "渠道"]
    table = [TITLE, LABELS, ["2023-04-17", "甲\n窗", "1", "1", "1", "1"], ["部门窗口"], second]
    ((_, message),) = outcome("a.csv", as_csv(table))["event"]
    assert str(message).startswith("“FILE”第 6 行的表头：有合同中没有的列“渠道”")


def test_notes_and_signatures_below_case_records_are_set_aside() -> None:
    labels = [field.title for field in CONTRACTS["case_detail"].fields]
    table = [
        ["办件明细（2023年第15期）"],
        labels,
        ["A1", *[""] * (len(labels) - 1)],
        ["说明：以平台为准"],
        ["制表人：某某"],
    ]
    account = {row[1]: row[2] for row in outcome("a.csv", as_csv(table))["account"]}
    assert account["note"] == 2
