"""A header is found without any contract."""

from __future__ import annotations

from pipeline.ingest.authoring.drafting.header_guess import column_titles, locate_header, provisional_contract
from tests.unit.ingest.authoring.unknown_exports import ROWS


def test_the_header_is_found_below_titles_and_through_its_levels() -> None:
    texts = [[None if cell is None else str(cell) for cell in row] for row in ROWS]
    assert locate_header(texts) == (2, 2)
    assert locate_header([["只有一个标题"], []]) is None


def test_a_title_is_the_shortest_ending_that_no_other_column_shares() -> None:
    levels = [["窗口", "受理", None, "办结", None], [None, "本周", "累计", "本周", "累计"]]
    assert column_titles(levels) == ("窗口", "受理/本周", "受理/累计", "办结/本周", "办结/累计")


def test_the_provisional_contract_has_a_text_for_each_named_column() -> None:
    contract = provisional_contract([["窗口", None, "件数"], ["综窗1", "x", "3"]])
    assert contract is not None
    assert [(field.name, field.title) for field in contract.fields] == [("column_1", "窗口"), ("column_3", "件数")]
    assert provisional_contract([["只有一个标题"]]) is None


def test_numbers_days_and_sentences_are_no_header() -> None:
    assert locate_header([["2023-04-17", "3"], ["填报单位：大厅", "共 3 件。"]]) is None


def test_years_that_name_columns_are_part_of_a_header_and_years_among_data_are_not() -> None:
    assert locate_header([["单位", "2021", "2022"], ["甲局", "达标", "未达标"]]) == (0, 1)
    assert locate_header([["项目", "2023-9", "2023-10"], ["甲", "1", "2"]]) == (0, 1)
    assert locate_header([["甲", "2019", "2021"], ["乙", "2018", "2020"]]) is None
    assert locate_header([["项目", "开始年", "结束年"], ["甲", "2019", "2021"]]) == (0, 1)


def test_merged_cells_that_an_exporter_wrote_out_are_one_title_and_one_level() -> None:
    title = ["双公示月报"] * 4
    note = ["*备注：以平台统计为准。"] * 4
    groups = ["单位名称", "行政许可", "行政许可", "报送方式"]
    names = ["单位名称", "产生数量", "公示数量", "报送方式"]
    rows = [title, [], note, groups, names, ["甲局", "12", "11", "接口"]]
    assert locate_header(rows) == (3, 2)
    assert column_titles(rows[3:5]) == ("单位名称", "产生数量", "公示数量", "报送方式")


def test_words_of_totals_are_levels_of_a_header_and_each_column_keeps_its_own_letters() -> None:
    rows = [
        ["办件统计表"],
        ["窗口部门", "收件(A)", None, "办结(B)"],
        [None, "小计(A)", "即办件(A1)", "小计(B)", "承诺件(B2)"],
        [None, None, None, None, "合计(B3)", "提前(B31)"],
        ["甲局", "30", "20", "27", "5", "3"],
    ]
    assert locate_header(rows) == (1, 3)
    assert column_titles(rows[1:4]) == (
        "窗口部门", "收件(A)/小计(A)", "即办件(A1)", "办结(B)/小计(B)", "承诺件(B2)/合计(B3)", "提前(B31)",
    )  # fmt: skip


def test_a_group_that_names_a_period_stays_in_the_title() -> None:
    levels = [["窗口", "本年累计", None, "本月办结", None], [None, "受理", "转办", "即办件", "承诺件"]]
    assert column_titles(levels) == ("窗口", "本年累计/受理", "本年累计/转办", "本月办结/即办件", "本月办结/承诺件")


def test_groups_above_groups_belong_to_the_header_where_they_name_a_column() -> None:
    rows = [
        ["窗口办件"],
        ["窗口", "本年累计", None, None, None],
        [None, "受理", None, "办结", None],
        [None, "网上", "窗口", "网上", "窗口"],
        ["综窗1", "10", "8", "3", "2"],
    ]
    assert locate_header(rows) == (1, 3)


def test_a_line_above_a_header_that_names_no_column_of_its_own_is_none_of_it() -> None:
    header = ["窗口", "受理", "办结", "咨询", "颁发"]
    assert locate_header([["填报单位", "大厅"], header, ["综窗1", "3", "4", "5", "6"]]) == (1, 1)


def test_a_part_that_only_says_when_or_how_keeps_its_group() -> None:
    levels = [["类型", "受理量", None, "来件", None, "占比(%)"], [None, "本周", "本年累计", "网上", "即办件", None]]
    assert column_titles(levels) == ("类型", "受理量/本周", "受理量/本年累计", "来件/网上", "即办件", "占比(%)")
