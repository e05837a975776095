"""Code lists as rows, and power types in the groups of a hall."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.hall.code_list import CodeList, code_lists, read_code_list, regrouped
from pipeline.hall.errors import HallError
from pipeline.hall.facts import PowerGroup

TYPES = CodeList(
    "power_type",
    ("code", "label", "power_group", "power_group_label", "sort_order"),
    (("01", "行政许可", "licensing", "行政许可", "1"), ("20", "公共服务", "public", "公共服务", "2")),
)
ALL = PowerGroup(code="all", label="全部", types=("公共服务", "行政许可"))


def test_values_are_texts_without_blanks_and_nothing_is_none(tmp_path: Path) -> None:
    path = tmp_path / "channel.csv"
    path.write_text("code,label\n01, 窗口\n\n9,\n", "utf-8-sig")
    read = read_code_list(path)
    assert (read.name, read.columns, read.rows) == ("channel", ("code", "label"), (("01", "窗口"), ("9", None)))
    assert read.records == [{"code": "01", "label": "窗口"}, {"code": "9", "label": ""}]


@pytest.mark.parametrize(("text", "says"), [("code,label\n1\n", "第 2 行有 1 列"), ("", "是空的")])
def test_an_uneven_row_and_an_empty_file_are_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "channel.csv").write_text(text, "utf-8")
    with pytest.raises(HallError, match=says):
        code_lists(tmp_path)


def test_the_hall_s_groups_take_the_place_of_the_list_s_in_their_order() -> None:
    assert regrouped(TYPES, [ALL]).rows == (
        ("20", "公共服务", "all", "全部", "1"),
        ("01", "行政许可", "all", "全部", "2"),
    )


def test_a_power_type_that_is_unknown_or_in_no_group_is_named() -> None:
    with pytest.raises(HallError, match="没有这种事项类型：行政许诺；应是 行政许可、公共服务 之一"):
        regrouped(TYPES, [PowerGroup(code="all", label="全部", types=("行政许诺",))])
    with pytest.raises(HallError, match="漏了事项类型 公共服务"):
        regrouped(TYPES, [PowerGroup(code="all", label="全部", types=("行政许可",))])
