"""Forms as people really fill them in: which table a row belongs to, what its labels mean, what is no data."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline.contracts.labels import label_key
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.rows import RowKind, classify
from tests.unit.ingest.forms import CONTRACTS, LABELS, TITLE, sheet_outcome

DAY = "2023-04-17"
WINDOWS = CONTRACTS["window_weekly"]


def names(found: dict[str, list[tuple[object, ...]]]) -> list[object]:
    return [row[2] for row in found["rows"]]


def row(name: str, count: object = 1, day: object = DAY) -> list[object]:
    return [day, name, count, count, count, count]


def test_a_first_table_with_fewer_columns_is_not_taken_for_titles_of_the_second() -> None:
    found = sheet_outcome(
        [TITLE, LABELS[:5], row("甲")[:5], ["合计", "", 1, 1, 1], [], ["部门窗口"], LABELS, row("乙")]
    )
    assert names(found) == ["甲", "乙"]


def test_a_first_table_that_lacks_a_column_refuses_the_file_though_the_second_is_whole() -> None:
    found = sheet_outcome([TITLE, ["日期", *LABELS[2:]], [DAY, 1, 1, 1, 1], [], ["部门窗口"], LABELS, row("乙")])
    ((outcome, message),) = found["event"]
    assert (outcome, "第 2 行的表头：缺少必需的列“窗口名称”" in message) == ("refused", True)


def test_words_above_the_table_that_happen_to_be_labels_are_titles() -> None:
    found = sheet_outcome([TITLE, ["窗口", "综窗", "日期", "2023-04-21"], LABELS, row("甲")])
    assert names(found) == ["甲"]


def test_the_unit_above_the_first_table_counts_for_the_next_one_too() -> None:
    found = sheet_outcome(
        [
            TITLE,
            ["单位：万件、万人次"],
            LABELS,
            row("甲"),
            [],
            ["部门窗口"],
            LABELS,
            row("乙"),
            [],
            ["单位：件、人次"],
            LABELS,
            row("丙"),
        ]
    )
    assert [one[3] for one in found["rows"]] == [10_000, 10_000, 1]


def test_a_day_that_stands_alone_heads_the_rows_below_it_and_is_no_note() -> None:
    found = sheet_outcome([TITLE, LABELS, row("甲"), [datetime(2023, 4, 18)], row("乙", day=None)])
    assert [str(one[1]) for one in found["rows"]] == [DAY, "2023-04-18"]


def test_a_merged_of_which_covers_all_its_rows() -> None:
    found = sheet_outcome(
        [TITLE, LABELS, row("甲", 10), ["其中", "网上", 6, 6, 6, 6], [None, "现场", 4, 4, 4, 4], row("乙", 2)]
    )
    assert names(found) == ["甲", "乙"]
    assert ("set_aside", "of_which", 2) in found["account"]


def test_an_of_which_of_one_row_leaves_the_next_row_of_a_merged_day() -> None:
    found = sheet_outcome([TITLE, LABELS, row("甲", 10), [None, "其中：网上", 6, 6, 6, 6], row("乙", day=None)])
    assert names(found) == ["甲", "乙"]


def test_a_sheet_named_summary_that_is_the_only_one_with_rows_is_loaded() -> None:
    assert names(sheet_outcome(汇总表=[TITLE, LABELS, row("甲")], 模板=[TITLE, LABELS])) == ["甲"]


def test_a_sheet_named_summary_with_something_else_in_it_is_asked_about() -> None:
    found = sheet_outcome(综窗汇总=[TITLE, LABELS, row("甲", 20)], 补报=[TITLE, LABELS, row("乙")])
    ((outcome, message),) = found["event"]
    assert outcome == "refused"
    assert "工作表“综窗汇总”名为汇总，与其他工作表之和却相差很远（咨询 20，其他工作表合计 1）" in message


def test_a_summary_sheet_of_another_shape_is_set_aside() -> None:
    summary = [["区域", *LABELS[2:]], ["大厅", 1, 1, 1, 1]]
    found = sheet_outcome(汇总=summary, 明细=[TITLE, LABELS, row("甲")])
    assert names(found) == ["甲"]
    assert ("set_aside", "summary_sheet", 2) in found["account"]


@pytest.mark.parametrize("label", ["受理（累计）", "受理（上周）", "受理（其中网上）", "受理（同比%）", "受理（网上）"])
def test_a_bracket_that_names_another_measure_is_part_of_the_label(label: str) -> None:
    labels = [*LABELS[:3], label, *LABELS[4:]]
    ((outcome, message),) = sheet_outcome([TITLE, labels, row("甲")])["event"]
    assert outcome == "refused"
    assert f"有合同中没有的列“{label}”" in message


@pytest.mark.parametrize("label", ["受理（件）", "受理(A)", "受理（必填）", "受 理", "受理[1]"])
def test_a_bracket_with_a_unit_or_a_letter_is_none(label: str) -> None:
    assert label_key(label) == "受理"


@pytest.mark.parametrize(("group", "outcome"), [("今年累计", "refused"), ("上周", "refused"), ("本周", "loaded")])
def test_a_group_of_columns_is_this_weeks_unless_it_says_otherwise(group: str, outcome: str) -> None:
    found = sheet_outcome([TITLE, [*LABELS[:2], group], ["", "", *LABELS[2:]], row("甲")])
    assert found["event"][0][0] == outcome


def test_a_column_of_data_without_a_label_refuses_the_file() -> None:
    labels = [*LABELS[:4], "", "流转"]
    ((outcome, message),) = sheet_outcome([TITLE, labels, row("甲"), row("乙")])["event"]
    assert outcome == "refused"
    assert "工作表“csv”第 5 列有数据却没有表头（缺少的列：颁发）" in message


def test_a_contract_may_name_a_column_without_a_label_by_its_place() -> None:
    named = WINDOWS.model_copy(
        update={
            "fields": tuple(
                one.model_copy(update={"labels": ("第 5 列",)}) if one.name == "issued" else one
                for one in WINDOWS.fields
            ),
            "ignored_labels": ("第 3 列",),
        }
    )
    header = find_header([["日期", "窗口名称", "", "受理", "", "流转"]], named)
    assert header is not None
    assert [column.field and column.field.name for column in header.columns] == [
        "report_date", "window_name", None, "accepted", "issued", "transferred",
    ]  # fmt: skip
    assert header.unknown == ()


def test_a_column_that_only_numbers_the_rows_needs_no_label_and_no_contract() -> None:
    unlabelled = sheet_outcome([TITLE, ["", *LABELS], [1, *row("甲")], [2, *row("乙")]])
    labelled = sheet_outcome([TITLE, ["序号", *LABELS], [1, *row("甲")], [2, *row("乙")]])
    assert names(unlabelled) == names(labelled) == ["甲", "乙"]


def test_remarks_beside_the_table_are_left_alone() -> None:
    assert names(sheet_outcome([TITLE, LABELS, [*row("甲"), "", "已核对"], [*row("乙"), "", "已核对"]])) == ["甲", "乙"]


@pytest.mark.parametrize("label", ["小计", "合 计", "总计", "合计（件）", "合计：", "合计数", "累计", "今年累计"])
def test_every_usual_name_of_a_total_is_known(label: str) -> None:
    header = find_header([TITLE, LABELS], WINDOWS)
    assert header is not None
    kinds = classify(
        [TITLE, LABELS, ["2023-04-17", "甲", "1", "1", "1", "1"], [label, "", "1", "1", "1", "1"]], header, WINDOWS
    )
    assert kinds[-2:] == [RowKind.DATA, RowKind.TOTAL]


def test_a_contract_without_numbers_knows_totals_by_their_whole_name_only() -> None:
    contract = CONTRACTS["training_log"]
    labels = [field.title for field in contract.fields]
    header = find_header([labels], contract)
    assert header is not None
    prose = [DAY, "1", "公安厅", "统计合计", "某某", "0001", "综窗"]
    rows = [labels, prose, ["", "", "", "小计", "1人", "", ""]]
    assert classify(rows, header, contract) == [RowKind.HEADER, RowKind.DATA, RowKind.TOTAL]


@pytest.mark.parametrize(
    "numbering", ["(1) (2) (3) (4) (5) (6)=(3)+(4)", "甲 乙 A B C D", "一 二 三 四 五 六", "A B C D E F=C+D"]
)
def test_rows_that_number_the_columns_in_letters_and_formulas(numbering: str) -> None:
    header = find_header([LABELS], WINDOWS)
    assert header is not None
    assert classify([LABELS, numbering.split()], header, WINDOWS)[-1] is RowKind.NUMBERING


@pytest.mark.parametrize(
    "note", ["审核人（签字）：", "制表人", "填表单位（盖章）：某局", "单位（公章）：", "单位(盖章)："]
)
def test_signatures_with_a_seal_are_notes(note: str) -> None:
    header = find_header([LABELS], WINDOWS)
    assert header is not None
    assert (
        classify([LABELS, ["2023-04-17", "甲", "1", "1", "1", "1"], [note, "", "某某"]], header, WINDOWS)[-1]
        is RowKind.NOTE
    )


def test_a_row_of_units_may_say_that_it_is_one() -> None:
    found = sheet_outcome([TITLE, LABELS, ["", "单位", "（万人次）", "（件）", "（件）", "（件）"], row("甲")])
    assert [one[3:5] for one in found["rows"]] == [(10_000, 1)]


def test_tables_of_two_weeks_on_one_sheet_are_loaded_for_each_week() -> None:
    found = sheet_outcome(
        [["综窗办件周报（2023年第14期）"], LABELS, row("甲", day="2023-04-10"), [], TITLE, LABELS, row("甲")]
    )
    assert [one[0] for one in found["event"]] == ["loaded", "loaded"]
    assert [one[0] for one in found["rows"]] == [3, 7]


def test_a_week_that_titles_name_in_two_ways_is_one_and_keeps_the_unit_above() -> None:
    titles = [*TITLE, "单位：万件、万人次"]
    found = sheet_outcome([titles, LABELS, row("甲"), [], ["2023年4月17日—4月21日"], LABELS, row("乙")])
    assert [one[3] for one in found["rows"]] == [10_000, 10_000]


def test_a_file_without_a_row_says_so() -> None:
    assert sheet_outcome([TITLE, LABELS])["event"] == [("loaded", "没有装载任何一行：表头下没有数据，或都已隔离")]
