"""How lines begin that are notes and no data; which row is one, tables.rows says."""

from __future__ import annotations

import re

# 备注：…, 注1、…, 填表说明：…, 数据来源：…, 制表人：王小明, 审核（签字）：, 单位（盖章）：
NOTE_PATTERN = (
    r"{s}*(?:(?:备{s}*)?注{s}*{d}{0,2}{s}*[:：、.．]|(?:填表|填报|编制|统计)?说{s}*明{s}*[:：]|"
    r"(?:数据来源|统计口径|指标解释){s}*[:：]|(?:单位|部门)?(?:制表|审核|填表|填报|复核|经办|负责|分管领导|打印|导出|联系|报送)"
    r"(?:人{s}|(?:人|单位|部门|时间|日期|电话|方式)?(?:[(（][^()（）]{1,8}[)）])?{s}*[:：])|"
    r"(?:制表|审核|填表|填报|复核|编制)人$|单位{s}*(?:[(（][^()（）]{1,8}[)）]){s}*[:：])"
)
"""How a note or a line of signatures begins; {s} is a blank and {d} a digit, which no two engines write alike."""
NOTE_LINE = re.compile(NOTE_PATTERN.replace("{s}", r"\s").replace("{d}", r"\d"))
