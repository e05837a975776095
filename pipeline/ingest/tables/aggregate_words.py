"""Knows the words by which people call a row that sums up others or compares them, though no contract names it.

In: the text of a label cell. Out: whether it is a total, and of what, or a comparison. Elsewhere: which cells are
labels in `total_rows`, what the numbers of a row say in `sum_rows`.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from pipeline.common.characters import visible
from pipeline.contracts.labels import BRACKETS


class Aggregate(StrEnum):
    """What a label says of its row: it adds up rows of a group, of the table or of the year, or it compares."""

    GROUP = "group"
    TABLE = "table"
    YEAR = "year"
    COMPARISON = "comparison"


LONGEST = 24
"""Most characters of a label that names a total; anything longer is prose."""

# A label is read as a chain of words, all of which are known: 本|日|总数, 各|窗口|合计, 小计|2|个|窗口.
_OF_GROUP = "小计|小計|过次页|承前页|转下页|转次页|接上页|接前页|承上页"
_OF_TABLE = "合计|总计|共计|总数|总和|总量|总额|总共|之和|求和|汇总|合計|總計|共計|總數|總和|加总|合共|统共"
_SUMS = f"{_OF_GROUP}|{_OF_TABLE}|累计|累计数|累積|累积"
_COMPARES = (
    "上周|上期|上月|上年|上季度|上季|前周|前期|去年|往年|同期|对比|环比|同比|增减|增长|增幅|升降|差额|差值|占比|比重|"
    "平均|均值|日均|周均|月均|人均|户均|中位数|最大值|最小值|最高|最低|排名|目标值"
)
_COUNTED = "窗口|部门|单位|事项|人员|工作日|天|行|户|记录|企业|网点"
_SCOPES = (
    "本|当|全|整|各|每|该|上述|以上|所有|全部|全体|今年|年初|至今|截至|天|日|周|星期|月|季度|季|年|期|页|栏|窗口|综窗|"
    r"部门|单位|大厅|中心|科室|处室|事项|全省|省|市|县|区|的|之|个|数|量|值|额|件|人次|人|户|与|和|及|较|比|相比|率|幅度|"
    r"百分比|变化|情况|计|总|共|\d+"
)
_CHAIN = re.compile(f"(?:{_SUMS}|{_COMPARES}|{_SCOPES})+")
_ANY_SUM = re.compile(_SUMS)
_ANY_COMPARISON = re.compile(_COMPARES)
_ONLY_SCOPES = re.compile(f"(?:{_SCOPES})+")
_QUANTIFIER = re.compile("全|各|每|所有|上述|以上|共|总|整")
# 窗口数, 部门个数: how many there are, in a row below the rows.
_HOW_MANY = re.compile(f"(?:{_COUNTED})个?数")
# 全天, 本日, 当日; 日计, 本周计; 共5个窗口; 共, 计, Σ alone. 本周 alone may be a total or stand beside 上周.
_WHOLE_SPAN = re.compile(
    r"(?:全|整|当|本)(?:天|日|周|月|季度|年|期|页)计?|[日周月]计|共\d+.{0,8}|共计?|总|计|[\u03c3\u2211]"
)
_SPAN_OF_GROUP = re.compile(f"[本当全整](?:天|日|页)|日计|{_OF_GROUP}")
_CUMULATIVE = re.compile("累[计积]")
_WITHIN_THIS_WEEK = re.compile("[本当](?:日|天|周|期|月)")
# Total, Grand Total, sub-total, Total of 5 windows; Average, Avg.
_ENGLISH_SUM = re.compile(r"(?:grand|overall|daily|weekly)?(sub)?[-_]?total(?:s|\d.*|of.*|for.*)?|sum")
_ENGLISH_COMPARISON = re.compile(r"average|avg\.?|mean|median|min|max|lastweek|previousweek|change")
_ENDS_WITH_SUM = re.compile("(?:共计|总和|合計|小計|總計)$")  # 公安厅共计
_MARKS = "。-—–·.*=、，,;；"


@lru_cache(maxsize=20_000)
def stem(text: str) -> str:
    """Returns a label without what may stand around its words: 合 计（件）：, 合计：2个窗口 and —合计— give 合计."""
    normal = unicodedata.normalize("NFKC", visible(text))
    without_brackets = BRACKETS.sub("", normal)
    before_colon = without_brackets.split(":", maxsplit=1)[0]
    return "".join(before_colon.split()).strip(_MARKS).lower()


@lru_cache(maxsize=20_000)
def aggregate_of(text: str) -> Aggregate | None:
    """Says what a label tells of its row; None for the name of a window, department or item.

    Examples: 共计, 各窗口合计 and Total are totals of a table, 本日总数, 全天 and 过次页 of a group, 上周同期,
    环比增减, 平均 and 窗口数 are comparisons; 汇总岗, 统计局 and 公安厅 are none.
    """
    label = stem(text)
    if not label or len(label) > LONGEST:
        return None
    if _compares(label):
        return Aggregate.COMPARISON
    if _ENGLISH_SUM.fullmatch(label):
        return Aggregate.GROUP if label.startswith("sub") else Aggregate.TABLE
    if not _sums_up(label):
        return None
    return _scope_of(label)


def is_scope(text: str) -> bool:
    """Whether a label only says that all is meant, and names nothing: 全部窗口, 各部门, 全省; an empty one too."""
    label = stem(text)
    if not label:
        return True
    return _ONLY_SCOPES.fullmatch(label) is not None and _QUANTIFIER.search(label) is not None


def aggregate_pattern(gaps: str) -> str:
    """Returns a pattern that fits whatever `aggregate_of` knows, and more, for DuckDB and a text in small letters.

    `gaps` are the characters that may stand between the letters of a word.
    """
    words = {*_SUMS.split("|"), *_COMPARES.split("|"), *(f"{counted}数" for counted in _COUNTED.split("|"))}
    with_gaps = f"[{gaps}]*".join
    spaced = map(with_gaps, sorted(words))
    english = "total|sum|average|avg|mean|median|min|max|lastweek|previousweek|change"
    others = f"{english}|[全整当本]|[日周月]计|共|总|计|个数|[\u03c3\u2211]"
    return "|".join([*spaced, others])


def _compares(label: str) -> bool:
    if _HOW_MANY.fullmatch(label):
        return True
    if _ENGLISH_COMPARISON.fullmatch(label):
        return True
    return _is_chain_with(_ANY_COMPARISON, label)


def _sums_up(label: str) -> bool:
    if _WHOLE_SPAN.fullmatch(label):
        return True
    if _ENDS_WITH_SUM.search(label):
        return True
    return _is_chain_with(_ANY_SUM, label)


def _is_chain_with(telling_word: re.Pattern[str], label: str) -> bool:
    """Whether all words of a label are known ones, and one of them tells what its row is."""
    if _CHAIN.fullmatch(label) is None:
        return False
    return telling_word.search(label) is not None


def _scope_of(label: str) -> Aggregate:
    """Says which rows a total covers, as far as its words tell: 本日… a group, 累计 the year, others the table."""
    if _CUMULATIVE.search(label) and not _WITHIN_THIS_WEEK.search(label):
        return Aggregate.YEAR
    if _SPAN_OF_GROUP.search(label):
        return Aggregate.GROUP
    return Aggregate.TABLE
