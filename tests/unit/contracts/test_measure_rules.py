"""Measures that cannot be counted are refused with a sentence that says what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.contracts import ContractError, load_contracts
from pipeline.contracts.loader import read_contract

CONTRACT = """
name: rating_log
title: 好差评
version: 1
delivery: {kind: KIND}
primaryKey: [rating_no]
fields:
  - {name: rating_no, title: 编号}
  - {name: department, title: 部门, codes: department}
  - {name: sent_by, title: 转办部门, codes: department}
  - {name: person, title: 评价人, personal: hmac}
  - {name: remark, title: 意见, freeText: true}
  - {name: rated_on, title: 评价日期, type: date}
  - {name: is_valid, title: 有效, type: boolean}
  - {name: accepted, title: 受理, type: integer}
  - {name: accepted_ytd, title: 累计受理, type: integer, cumulative: {of: accepted}}
  - {name: online, title: 网上, type: integer}
  - {name: counter, title: 窗口, type: integer}
  - {name: minutes, title: 分钟, type: number}
  - {name: rate_pct, title: 率, type: number, rate: {of: online, per: accepted}}
checks:
  parts: [{whole: accepted, of: [online, counter]}]
measures:
  - {name: ratings, label: 评价数, unit: 件, count: rows, by: [department]}
"""


def sentences(folder: Path, measure: str, kind: str = "weekly") -> str:
    path = folder / "rating_log.yaml"
    path.write_text(f"{CONTRACT.replace('KIND', kind)}  - {{{measure}}}\n", "utf-8")
    try:
        read_contract(path)
    except ContractError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "measure",
    [
        "name: a, label: 甲, unit: 件, sum: accepted",
        "name: a, label: 甲, unit: 件, sum: [online, counter]",
        "name: a, label: 甲, unit: 件, latest: accepted_ytd",
        "name: a, label: 甲, unit: 人, distinct: person",
        "name: a, label: 甲, unit: 分钟, mean: {of: rate_pct, weight: accepted}",
        "name: a, label: 甲, unit: 件, count: rows, where: {is_valid: true, department: [甲局, 乙局]}, day: rated_on",
        "name: a, label: 甲, unit: 件, count: rows, basis: stock",
        "name: a, label: 甲, unit: 件, sum: minutes, decimals: 1",
        "name: a, label: 甲, unit: 件, count: rows, validFrom: 2024-01-01, note: 另计, was: [{sum: accepted}]",
    ],
)
def test_each_way_of_counting_can_be_written(tmp_path: Path, measure: str) -> None:
    assert sentences(tmp_path, measure) == ""


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        ("name: a, label: 甲, unit: 件", "没有说怎样计数"),
        ("name: a, label: 甲, unit: 件, count: rows, sum: accepted", "只能有一种计数方法"),
        ("name: a, label: 甲, unit: 件, sum: acepted", "没有字段 acepted；是不是 accepted？"),
        ("name: a, label: 甲, unit: '%', sum: rate_pct", "是比率、占比或平均，加起来没有意义"),
        ("name: a, label: 甲, unit: 件, sum: accepted_ytd", "是累计数，各期相加会重复；请写本期的 accepted"),
        ("name: a, label: 甲, unit: 件, sum: [accepted, online]", "加起来不是一个数"),
        ("name: a, label: 甲, unit: 件, sum: minutes", "请写 decimals"),
        ("name: a, label: 甲, unit: 件, sum: department", "不是数"),
        ("name: a, label: 甲, unit: 件, distinct: remark", "个人信息或自由文本"),
        ("name: a, label: 甲, unit: 件, count: rows, by: [person]", "个人信息或自由文本"),
        ("name: a, label: 甲, unit: 件, count: rows, by: [accepted]", "应为 string"),
        ("name: a, label: 甲, unit: 件, count: rows, by: [department, sent_by]", "都是部门，只能按其中一个分"),
        ("name: a, label: 甲, unit: 件, count: rows, day: accepted", "应为 date 或 datetime"),
        ("name: a, label: 甲, unit: 件, count: rows, where: {is_valid: 是}", "是 boolean 类型"),
        ("name: a, label: 甲, unit: 件, count: rows, where: {minutes: 1}", "不能用来挑行"),
        ("name: a, label: 甲, unit: '%', rate: {of: rating, per: ratings}", "没有指标 rating；是不是 ratings？"),
        ("name: a, label: 甲, unit: '%', rate: {of: a, per: ratings}", "本身是比率或平均"),
        ("name: a, label: 甲, unit: '%', rate: {of: ratings, per: ratings}, day: rated_on", "rate 自己不写"),
        ("name: a, label: 甲, unit: 件, latest: accepted, basis: flow", "不用写 basis"),
        ("name: ratings, label: 甲, unit: 件, count: rows", "代号 ratings 写了 2 次"),
        ("name: a, label: 甲, unit: 件, count: rows, was: [{sum: accepted}]", "口径变更要写 note"),
        (
            "name: a, label: 甲, unit: 件, count: rows, note: 变, validFrom: 2024-01-01, "
            "was: [{sum: accepted, validFrom: 2024-01-01}]",
            "是同一天",
        ),
        (
            "name: a, label: 甲, unit: 件, count: rows, note: 变, validFrom: 2024-01-01, was: [{mean: {of: minutes}}]",
            "不是一种数",
        ),
    ],
)
def test_what_makes_no_figure_is_refused_with_what_to_write(tmp_path: Path, measure: str, says: str) -> None:
    assert says in sentences(tmp_path, measure)


@pytest.mark.parametrize(
    ("kind", "says"), [("snapshot", "各期相加会重复"), ("restating", "要用 day 写明"), ("weekly", "")]
)
def test_rows_of_other_weeks_are_never_counted_twice(tmp_path: Path, kind: str, says: str) -> None:
    assert says in sentences(tmp_path, "name: a, label: 甲, unit: 件, count: rows", kind)


def test_two_measures_of_a_hall_do_not_share_a_code_or_a_label(tmp_path: Path) -> None:
    for name, label in (("one", "评价数"), ("two", "评价数")):
        text = CONTRACT.replace("KIND", "weekly").replace("rating_log", name).replace("评价数", label)
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    with pytest.raises(ContractError, match=r"代号 ratings 在 one、two 里都有.*\n.*都叫“评价数”"):
        load_contracts(tmp_path)
