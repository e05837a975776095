"""Persons in lines of text: numbers to call and names of who signed go, everything else stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.privacy.masking import (
    MASK,
    mask_field,
    mask_free_text,
    mask_landlines,
    mask_line,
    mask_name,
    mask_names,
    mask_number,
    mask_sheet_names,
    shown,
    signed_places,
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("填报人：王小明", f"填报人：{MASK}"),
        ("填报人: 王　明  审核：李大红", f"填报人: {MASK}  审核：{MASK}"),
        ("制表人 王小明", f"制表人 {MASK}"),
        ("联系人及电话：王小明 028-86601234", f"联系人及电话：{MASK} {MASK}"),
        ("姓名：王小明", f"姓名：{MASK}"),
        ("联系电话：86601234", f"联系电话：{MASK}"),
        ("电话 (028)86601234转8", f"电话 {MASK}转8"),
        ("分管领导：阿卜杜拉·买买提", f"分管领导：{MASK}"),
    ],
)
def test_a_line_is_shown_without_who_signed_it_and_where_to_call(text: str, masked: str) -> None:
    assert mask_line(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "填报单位：公安厅",
        "填报日期：2023-04-20",
        "统计时间：2023-04-15 至 2023-04-21 导出时间：2023-04-24 09:12:33",
        "省本级综窗办件周报（2023年第15期）",
        "注：以上不含审核中的办件",
        "办件编号 510000-20230417-0001",
        "填报人：［已脱敏］",
    ],
)
def test_a_line_without_persons_stays_as_it_is(text: str) -> None:
    assert mask_line(text) == text


@pytest.mark.parametrize(
    ("cells", "places"),
    [
        (["制表人", "王小明", None, "审核人：", "", "李 明"], {1, 5}),
        (["制表人", "审核人", "王小明"], {2}),
        (["负责人", "12", "王小明"], set()),
        (["审核", "行政许可"], set()),
        (["经办人员", None, "Wang Xiaoming"], {2}),
        ([None, "制表人"], set()),
    ],
)
def test_a_name_beside_what_announces_it_is_found(cells: list[str | None], places: set[int]) -> None:
    assert signed_places(cells) == places


def test_a_number_is_masked_only_where_it_is_a_persons() -> None:
    persons = (13900001111, 13900001111.0, 510101199001011234, 510101199001011000)
    others = (12, 12.5, -3, 0, 20230417, 510000202304170001, 1e300, float("inf"))
    assert [mask_number(one) for one in persons] == [MASK] * 4
    assert [mask_number(one) for one in others] == list(others)


@given(st.text(alphabet="填报审核人：: 王小明028-6601234电话，［］已脱敏", max_size=40))
def test_masking_what_is_masked_changes_nothing(text: str) -> None:
    once = mask_line(text)
    assert mask_line(once) == once
    assert shown(shown(text, 200), 200) == shown(text, 200)


def test_each_mask_takes_out_what_it_is_for() -> None:
    line = "填报人：王小明 13800001111 028-86601234"
    assert mask_free_text(line) == f"填报人：{MASK} {MASK} {MASK}"
    assert mask_free_text("填报人：王小明") == "填报人：王小明"
    assert mask_names(line) == f"填报人：{MASK} 13800001111 028-86601234"
    assert mask_landlines(line) == f"填报人：王小明 13800001111 {MASK}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("群众欧阳乙鸾（身份证510105198703030024）来电13950000003咨询", f"群众{MASK}（身份证{MASK}）来电{MASK}咨询"),
        ("王小明，电话：139 5000 0003", f"{MASK}，电话：{MASK}"),
        ("副厅长王小明到窗口调研", "副厅长王小明到窗口调研"),
        ("高新区电话 028-86601234", f"高新区电话 {MASK}"),
    ],
)
def test_a_name_goes_with_the_number_beside_it_and_an_officials_stays(text: str, masked: str) -> None:
    assert mask_free_text(text) == masked


def test_a_word_that_announces_a_name_masks_it_except_where_names_are_kept() -> None:
    assert mask_field("联系人：王小明；审核：通过") == f"联系人：{MASK}；审核：通过"
    assert mask_field("联系人：王小明", keeps_names=True) == "联系人：王小明"


def test_names_of_files_and_sheets_keep_their_days_and_stay_different() -> None:
    assert mask_name("窗口动态_王小明_13900001111_2023-01-09.xlsx") == f"窗口动态_{MASK}_{MASK}_2023-01-09.xlsx"
    assert mask_name("办件明细（2023年第15期）20230424.csv") == "办件明细（2023年第15期）20230424.csv"
    assert mask_sheet_names(["13900001111", "13900002222", "甲", "甲"]) == [MASK, f"{MASK} (2)", "甲", "甲"]


def test_a_cell_is_shown_short_and_with_its_control_characters() -> None:
    assert shown("a\tb") == "a␣b"
    assert shown("甲" * 61) == "甲" * 59 + "…"
    assert shown(None) is None


def test_of_a_very_long_cell_the_beginning_is_shown_and_no_half_of_a_number() -> None:
    assert shown("甲" * 5_000_000) == "甲" * 59 + "…"
    # A name takes in all up to the blank, so that what stands at the cut would be shown.
    number = "510102199001011238"
    for length in range(1_030, 1_062):
        beginning = "填报人：" + "王" * (length - 4) + " " + number
        told = shown(beginning + " 乙" * 100)
        assert told is not None
        assert "5101021990" not in told
