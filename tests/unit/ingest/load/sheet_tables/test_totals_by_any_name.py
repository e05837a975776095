"""A total is set aside or asked about, however it is called: it never counts once more."""

from __future__ import annotations

import pytest

from pipeline.contracts import load_contracts
from pipeline.contracts.model import Contract
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.settings import Settings
from tests.unit.ingest.demo_form import Cell, Loaded, contract

HEADER: list[Cell] = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]


@pytest.fixture(scope="module")
def windows() -> Contract:
    return load_contracts(Settings().contracts)["window_weekly"]


def week(label: Cell) -> list[list[Cell]]:
    """Five days of two windows, each closed by its sum under a label."""
    rows: list[list[Cell]] = [["综窗办件周报（2023年第15期）"], HEADER]
    for day in range(5):
        first = [10 + 2 * day + at for at in range(4)]
        second = [11 + 2 * day + at for at in range(4)]
        both = [a + b for a, b in zip(first, second, strict=True)]
        rows.append([f"2023-04-{17 + day}", "综合窗口1", *map(str, first)])
        rows.append([None, "综合窗口2", *map(str, second)])
        rows.append([None, label, *map(str, both)])
    return rows


@pytest.mark.parametrize(
    "label",
    ["共计", "汇总", "总数", "Total", "本日总数", "平均", "过次页", "全天", "上周", "环比增减", "窗口数", "累计",
     "当日合计", "小计（2个窗口）", "小计：2个窗口", "合起来", "全部窗口", "W", None],
)  # fmt: skip
def test_five_days_of_two_windows_are_ten_rows(windows: Contract, label: Cell) -> None:
    rows = week(label)
    by_row, in_bulk = Loaded([Sheet("表", rows)], windows), Loaded([Sheet("表", in_columns(rows))], windows)
    assert len(by_row.rows) == 10
    assert by_row.physical == len(rows)
    assert not [total for total in by_row.account.totals if total.computed not in (None, total.printed)]
    assert in_bulk.outcome == by_row.outcome


def test_a_total_that_no_word_tells_is_said_with_its_evidence(windows: Contract) -> None:
    rows = week("合起来")
    assert Loaded([Sheet("表", rows)], windows).account.remarks[0] == (
        "工作表“表”第 5 行“合起来”当作合计，没有装载（依据：等于第 3 至 4 行之和；把握大）"
    )
    assert Loaded([Sheet("表", week("合计"))], windows).account.remarks == []


def test_a_sum_under_the_name_of_one_day_only_is_asked_about(windows: Contract) -> None:
    big = [["日期", "窗口名称", "咨询", "受理", "颁发", "流转"], ["2023-04-17", "综合窗口1", "101", "37", "52", "48"],
           [None, "综合窗口2", "203", "61", "40", "33"], [None, "都算上", "304", "98", "92", "81"]]  # fmt: skip
    asked = Loaded([Sheet("表", big)], windows)
    assert len(asked.rows) == 2
    assert [(problem[2], problem[4], problem[5]) for problem in asked.problems] == [
        (4, "equals_sum", "等于第 2 至 3 行之和")
    ]


def test_a_total_that_is_added_up_wrongly_shows_its_difference(windows: Contract) -> None:
    rows = week("共计")
    rows[4][2] = "99"
    loaded = Loaded([Sheet("表", rows)], windows)
    assert len(loaded.rows) == 10
    wrong = [(total.row_no, total.printed, total.computed) for total in loaded.account.totals
             if total.computed != total.printed]  # fmt: skip
    assert wrong == [(5, 99, 21)]


def test_a_column_of_periods_is_no_column_of_totals() -> None:
    form = contract(
        fields=[
            {"name": "department", "title": "部门", "fill_down": True},
            {"name": "span", "title": "时段"},
            {"name": "other", "title": "期别"},
            {"name": "accepted", "title": "受理", "type": "integer"},
        ],
    )
    rows: list[list[Cell]] = [["部门", "时段", "期别", "受理"], ["公安厅", "本周", "本周", "5"]]
    rows += [[None, "本周", "上周", "4"], ["司法厅", "本周", "本周", "9"], [None, "本周", "上周", "7"]]
    assert len(Loaded([Sheet("表", rows)], form).rows) == 4


def test_a_name_that_reads_like_a_total_is_data_where_the_contract_lists_it(windows: Contract) -> None:
    listed = windows.model_copy(update={"layout": windows.layout.model_copy(update={"data_labels": ("汇总窗口",)})})
    rows: list[list[Cell]] = [HEADER, ["2023-04-17", "汇总窗口", "1", "2", "3", "4"]]
    assert not Loaded([Sheet("表", rows)], windows).rows
    assert len(Loaded([Sheet("表", rows)], listed).rows) == 1
