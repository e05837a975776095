"""Names of columns come from the terms of the field, or from English labels."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from pipeline.ingest.authoring.drafting import column_names
from pipeline.ingest.authoring.drafting.column_names import ascii_name, contract_name, usable
from pipeline.ingest.authoring.drafting.columns import guess_columns

# What halls, hotlines and bureaus of statistics print above their columns; a paragraph is a table.
_TYPICAL = """
序号 办件编号 实施编码 事项名称 事项类型 受理部门 申请时间 受理时间 承诺办结时间 办结时间 办结结果 办件类型
办理形式 申请人类型 满意度 申请人姓名 证件号码 联系电话 联系地址 联系人

窗口名称 咨询(人次) 受理(件) 颁发(件) 流转(件) 累计咨询 累计受理 累计颁发 累计流转 窗口号 取号时间 叫号时间
等候时长(分钟) 业务类型 评价等级 评价时间 评价渠道 评价内容

工单编号 来电时间 来电号码 诉求类型 诉求内容 承办单位 办理时限 办结时间 回访结果 是否超期 是否满意 所属区县
所属街道 工单来源 工单状态 紧急程度

单位名称 行政许可/产生数量 行政许可/公示数量 行政许可/报送数量 行政处罚/产生数量 报送方式 年份 月份 地区 指标
数值 单位 同比（%） 环比（%） 占比 增速 排名 合计

行政相对人名称 许可决定文书号 许可机关 许可内容 许可类别 有效期自 有效期至 统一社会信用代码 法定代表人
许可证书名称 许可编号 数据来源单位 当前状态 处罚事由 处罚依据 处罚类别 处罚结果 罚款金额（万元）

部门 进驻事项数 即办件数 承诺件数 法定时限 承诺时限 提速率 网上办理率 一次办事项数 全程网办事项数 按时办结率
群众满意率 窗口人员数 工作日

证照名称 证照编号 颁发机关 颁发日期 送达方式 送达日期 签收人 有效期限 备注 材料名称 材料类型 份数 是否必须
情形说明

培训主题 培训时间 培训地点 授课人 参训人数 学时 考核合格率 巡查日期 巡查项目 巡查结论 发现问题数 整改情况
整改时限

办件总量 今年以来受理 今年以来办结 去年同期 同比增减 接件数 退件数 补正件数 不予受理数 超时办结数 红黄牌数
"""


@pytest.mark.parametrize(
    ("label", "name"),
    [("投诉编号", "complaint_no"), ("受理/本周", "accepted_week"), ("SRNumber", "srnumber"), ("奇异栏目", None)],
)
def test_names_come_from_the_terms_of_the_field(label: str, name: str | None) -> None:
    assert ascii_name(label)[0] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("Order No.", "order_no"), ("2nd", "c_2nd"), ("order", "order_value"), ("yes", "yes_value"), ("——", None)],
)
def test_a_usable_name_is_no_word_of_sql_or_yaml(text: str, name: str | None) -> None:
    assert usable(text) == name


def test_a_label_of_which_a_part_is_unknown_is_said_to_be_named_in_part() -> None:
    assert ascii_name("奇投诉编号") == ("complaint_no", False)
    assert ascii_name("CreatedDate(UTC)") == ("created_date", True)


@pytest.mark.parametrize(
    ("title", "name"), [("requests", "requests"), ("2023-15", None), ("2023年第15期", None), ("投诉2023", "complaint")]
)
def test_a_contract_is_not_named_after_digits(title: str, name: str | None) -> None:
    assert contract_name(title) == name


def test_at_most_one_in_ten_typical_headers_is_left_with_a_number_for_a_name() -> None:
    names: list[str] = []
    for table in _TYPICAL.split("\n\n"):
        columns = guess_columns(table.split(), [["1"] * 40], {}, is_text_file=True)
        own_names = [column.name for column in columns]
        assert len(set(own_names)) == len(own_names)
        names += own_names
    numbered = [name for name in names if name.startswith("field_")]
    assert len(names) > 100
    assert len(numbered) * 10 <= len(names)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("受理（累计）", "accepted_ytd"),
        ("受理（件）", "accepted"),
        ("2023", "year_2023"),
        ("2023年1月", "year_2023_month_1"),
        ("第15周", "week_15"),
        ("咨询、投诉", "consulted_complaint"),
        ("是否", "flag"),
        ("时间", "occurred_at"),
        ("left", "left_value"),
    ],
)
def test_periods_brackets_and_words_of_joins_make_names_that_queries_take(label: str, name: str) -> None:
    assert ascii_name(label) == (name, True)


def test_every_term_stands_once_and_its_name_is_one_of_columns() -> None:
    with (Path(column_names.__file__).parent / "terms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["term"] for row in rows}) == len(rows)
    assert [row for row in rows if not re.fullmatch("[a-z0-9_]*", row["name"])] == []
