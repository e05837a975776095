"""The largest table of a file, its title, its totals."""

from __future__ import annotations

import pytest

from pipeline.ingest.authoring.drafting.table_guess import TableGuess, table_of, title_of
from pipeline.ingest.sheets.sheet import Sheet

COUNTS = Sheet(
    "综窗",
    [
        ["大厅投诉登记表（2023年第15期）", None, None],
        ["窗口", None, "件数"],
        ["综窗1", "甲", "3"],
        ["综窗2", "乙", "4"],
        ["合 计：", None, "7"],
    ],
)


def guessed(sheet: Sheet) -> TableGuess:
    table = table_of(sheet)
    assert table is not None
    return table


def test_a_table_is_told_with_its_title_its_rows_and_its_totals() -> None:
    table = guessed(COUNTS)
    assert table.sheet is COUNTS
    assert table.titles == ("窗口", "第 2 列", "件数")
    assert table.rows == (["综窗1", "甲", "3"], ["综窗2", "乙", "4"])
    assert table.row_nos == (3, 4)
    assert (table.totals, table.summed) == (("合计",), frozenset({2}))
    assert (table.title, table.heading.issue) == ("大厅投诉登记表", (2023, 15))


def test_a_sheet_without_any_header_has_no_table() -> None:
    assert table_of(Sheet("a", [["1", "2"]])) is None


WINDOWS: list[list[str | None]] = [["名称", "受理", "办结"], ["甲窗口", "10", "9"], ["乙窗口", "20", "18"]]
BLANK: list[str | None] = [None, None, None]


@pytest.mark.parametrize(
    "below",
    [
        [BLANK, ["名称", "咨询", "投诉"], ["一楼大厅", "300", "4"], ["二楼大厅", "500", "6"]],
        [["名称", "咨询", "投诉"], ["一楼大厅", "300", "4"]],
        [["二、诉求", None, None], ["大厅", "咨询", "投诉"], ["一楼大厅", "3", "4"]],
        [
            BLANK,
            ["名称", "负责人", "电话"],
            ["甲窗口", "王某", "四楼"],
            ["乙窗口", "李某", "五楼"],
            ["丙窗口", "赵某", "六楼"],
        ],
    ],
    ids=["below a blank row", "right below", "below a title", "of texts only, and longer"],
)
def test_the_table_ends_where_another_header_begins(below: list[list[str | None]]) -> None:
    table = guessed(Sheet("统计", [*WINDOWS, *below]))
    assert list(table.rows) == WINDOWS[1:]


@pytest.mark.parametrize(
    "below",
    [
        [BLANK, ["丙窗口", "5", "4"]],
        [["丙窗口", "停电", "停电"], ["丁窗口", "7", "6"]],
        [["名称", "受理", "办结"], ["丙窗口", "5", "4"]],
    ],
    ids=["a blank row between", "words in place of numbers", "the same header again"],
)
def test_the_table_goes_on_where_no_other_header_stands(below: list[list[str | None]]) -> None:
    table = guessed(Sheet("统计", [*WINDOWS, *below]))
    assert table.rows[-1] == below[-1]
    assert len(table.rows) == len([row for row in [*WINDOWS[1:], *below] if any(row) and row != WINDOWS[0]])


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["表名：投诉登记表"], "投诉登记表"),
        (["投诉登记表（第15期）"], "投诉登记表"),
        (["2023-04-17", "办件明细 2023-04"], "办件明细"),
        (["办件明细 2023/4/17"], "办件明细"),
        (["办件明细 2023.4.17-4.21"], "办件明细"),
        (["办件明细 20230417"], "办件明细"),
        (["大厅（一楼）办件明细（二〇二三年四月）"], "大厅(一楼)办件明细"),
        (["大厅（一楼）办件明细"], "大厅（一楼）办件明细"),
        (["填报单位："], ""),
        ([], ""),
    ],
)
def test_a_title_carries_neither_issue_nor_period(lines: list[str], title: str) -> None:
    assert title_of(lines) == title


def test_rows_that_a_form_numbered_beforehand_and_nobody_filled_are_not_looked_at() -> None:
    numbered = [[str(number), None, None] for number in range(3, 101)]
    sheet = Sheet("a", [["序号", "种类", "数额"], ["1", "合同", "10"], ["2", "其他", "20"], *numbered])
    table = guessed(sheet)
    assert table.rows == (["1", "合同", "10"], ["2", "其他", "20"])
    assert (table.row_nos, table.prenumbered) == ((2, 3), 98)


def test_where_rows_hold_nothing_but_their_number_all_are_looked_at() -> None:
    sheet = Sheet("a", [["序号", "种类"], ["1", None], ["2", None]])
    assert (len(guessed(sheet).rows), guessed(sheet).prenumbered) == (2, 0)


@pytest.mark.parametrize("label", ["受理小计", "共计", "全天"])
def test_totals_of_any_name_are_no_rows_of_data(label: str) -> None:
    rows: list[list[str | None]] = [
        ["项目", "受理", "办结"],
        ["网上", "1037", "918"],
        ["窗口", "2215", "2043"],
        [label, "3252", "2961"],
    ]
    assert guessed(Sheet("a", rows)).row_nos == (2, 3)


def test_a_column_that_numbers_the_rows_or_the_cases_hides_no_total() -> None:
    rows: list[list[str | None]] = [
        ["序号", "项目", "受理"],
        ["1", "网上", "10"],
        ["2", "窗口", "8"],
        [None, "受理小计", "18"],
    ]
    assert guessed(Sheet("a", rows)).totals == ("小计",)
