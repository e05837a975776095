"""By which words a row is known to sum up others or to compare them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.tables.aggregate_words import aggregate_of, aggregate_pattern, is_scope, stem

SPANS = st.sampled_from(["", "本日", "当日", "本周", "各窗口", "全部", "大厅", "4月17日", "2个窗口"])
SUMS = st.sampled_from(["合计", "小计", "总计", "共计", "汇总", "总数", "总和", "累计", "过次页", "合計"])
PATTERN = re.compile(aggregate_pattern(" "))
TAILS = st.sampled_from(["", "数", "（件）", "：", "：2个窗口", "（2个窗口）", " ", "。"])


@pytest.mark.parametrize(
    ("label", "aggregate"),
    [
        ("共计", "table"), ("汇总", "table"), ("总数", "table"), ("Total", "table"), ("Grand Total", "table"),
        ("合计数", "table"), ("合计（件）", "table"), ("合计：", "table"), ("合 计", "table"), ("各窗口合计", "table"),
        ("公安厅共计", "table"), ("共5个窗口", "table"), ("Σ", "table"), ("本周累计", "table"), ("sum", "table"),
        ("本日总数", "group"), ("当日合计", "group"), ("全天", "group"), ("过次页", "group"), ("承前页", "group"),
        ("小计（2个窗口）", "group"), ("小计：2个窗口", "group"), ("Sub-total", "group"), ("日计", "group"),
        ("累计", "year"), ("今年累计", "year"),
        ("上周", "comparison"), ("上期", "comparison"), ("去年同期", "comparison"), ("环比增减", "comparison"),
        ("较上周增减", "comparison"), ("平均", "comparison"), ("平均值", "comparison"), ("窗口数", "comparison"),
        ("部门个数", "comparison"), ("average", "comparison"), ("上周合计", "comparison"),
    ],
)  # fmt: skip
def test_a_label_says_what_its_row_adds_up_or_compares(label: str, aggregate: str) -> None:
    assert aggregate_of(label) == aggregate


@pytest.mark.parametrize(
    "label",
    ["", "综合窗口1", "部门窗口", "公安厅", "省统计局", "汇总岗", "会计窗口", "总服务台", "大厅", "全省通办",
     "比亚迪专窗", "省本级", "期刊", "17", "行政许可", "以上各部门窗口本期受理办结数据均已核对无误并且全部共计"],
)  # fmt: skip
def test_names_of_windows_departments_and_items_say_nothing(label: str) -> None:
    assert aggregate_of(label) is None


@given(span=SPANS, word=SUMS, tail=TAILS, gap=st.sampled_from(["", " ", "\u3000", "\u200b"]))
def test_whatever_people_add_to_the_word_for_a_total_it_stays_one(span: str, word: str, tail: str, gap: str) -> None:
    label = span + gap.join(word) + tail
    assert aggregate_of(label) is not None, label


@given(label=st.one_of(st.text(max_size=8), st.builds("".join, st.lists(st.one_of(SPANS, SUMS), max_size=3))))
def test_the_pattern_of_the_large_sheets_misses_none(label: str) -> None:
    if aggregate_of(label) is None or label != stem(label):
        return
    assert PATTERN.search(label.lower())


def test_words_that_say_all_name_nothing() -> None:
    assert [is_scope(label) for label in ("", "全部窗口", "各部门", "全省", "部门窗口", "大厅", "公安厅")] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip
