"""Takes out of a title the periods that a table is only compared with: 上期：2023年第14期, （同比2022年4月18日—22日）.

In: a text that `plain` of `day_notations` has prepared. Out: the same without these periods, for `title_days` to read.
"""

from __future__ import annotations

import re

# 对比期, 比较期, 基期, 上期, 去年同期, 上年, 同比, 环比: never what a file reports. 上一期 is 上1期 in plain.
_NEVER_OWN = "对比(?=期|时间|日期|[:(])|比较期|基期|参照期|上[一1]?期|前[一1]?期|上年|去年|往年|同期|同比|环比"
# 上周（4月17日—21日）情况 may be the week that is reported; beside another period it is not.
_MAYBE_OWN = "上[一1]?周|前[一1]?周|上个?月"
# What may stand between such a word and the period: 对比期：, 上年同期数（, 同比时间为
_BETWEEN = r"(?:期|数据?|时间|日期|区间|年|同期|情况|[为是:(\[【]|[^\S\n])*"
# A period: it begins with a digit or 第 and goes on as days, spans and issues do.
_DASHES = r"\-‐‑‒–—―─━~∼〜"
_PERIOD = (
    rf"(?:第\s*)?\d(?:[\d年月日号第期度至到/.{_DASHES}]|\(?(?:星期|周)[一二三四五六日]\)?"
    rf"|[^\S\n](?=[\d至到第年月日号{_DASHES}]))*"
)
_COMPARED = re.compile(rf"(?:{_NEVER_OWN}){_BETWEEN}{_PERIOD}")
_MAYBE_COMPARED = re.compile(rf"(?:{_MAYBE_OWN}){_BETWEEN}{_PERIOD}")
_ANY_PERIOD = re.compile(r"\d\s*[日号期]|\d[-/.]\d{1,2}[-/.]\d|\d{8}")

_EXPORTED = re.compile(r"(?:导出|打印|生成|下载|制表)(?:时间|日期)\s*:?\s*\S+")  # no period of what is counted


def without_compared(text: str) -> str:
    """A title without the periods that it only compares with.

    上期：2023-04-08 至 2023-04-14    本期：2023-04-15 至 2023-04-21 → 本期：2023-04-15 至 2023-04-21. Words alone stay:
    同比分析表（2023年第15期）.
    """
    own = _COMPARED.sub("", text)
    rest = _MAYBE_COMPARED.sub("", own)
    return rest if _ANY_PERIOD.search(_EXPORTED.sub("", rest)) else own
