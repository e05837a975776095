"""What the words of a header say about its column: identifiers, rates, prose, units; column_types reads the cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from operator import ne

from pipeline.contracts.labels import label_key
from pipeline.ingest.cells.numbers import parse_number
from pipeline.privacy.masking import mask_free_text

# 办件编号, 手机号, SRNumber, customer_id, ZipCode; 取号 and 过号 are acts that are counted
_IDENTIFIER_LABEL = re.compile(
    r"编号|编码|代码|流水|单号|证号|号码|(?<![取叫过弃挂])号$|(^|[^a-z])(id|no|nr|code|zip)$|_id$|number$|zipcode$|code$",
    re.IGNORECASE,
)
# 投诉内容, 办理情况, remarks
_PROSE_LABEL = re.compile(r"内容|说明|描述|备注|意见|情况|诉求|事由|comment|remark|description|note", re.IGNORECASE)
# 办结率, 人均, 平均等候时长, 同比, avg_wait; not 均衡件数
_RATE_LABEL = re.compile(
    r"率|比重|占比|比例|百分比|平均|[人户日月件周]均|均[值价分数]|均$|同比|环比|单价|增[幅速长]$|pct$|percent|rate$|average|avg|mean",
    re.IGNORECASE,
)
# 完成(%), 完成［％］
_PERCENT = re.compile(r"[(（\[]\s*[%％]\s*[)）\]]")
# 受理, 累计办结, 评价数, 取号量, 咨询人次, 件数
_COUNT_LABEL = re.compile(
    "(?:受理|办结|办理|收件|接件|咨询|颁发|流转|评价|投诉|建议|取号|叫号|预约|来电)[数量件]*$|人次$|[件户笔]数$"
)
# 满意率, 占比: no larger than 1, unless they are counted in per cents; 1.5 would be half as many again
_SHARE_LABEL = re.compile("率|占比|比重|比例|百分比")
_LARGEST_FRACTION = Decimal("1.5")
# 满意度得分, 排名, 月份, 承诺时限
_LEVEL_LABEL = re.compile(
    r"得分|分[数值]$|评分|满意度|指数|排名|名次|[年月]份$|年度$|时限|期限|score|rank", re.IGNORECASE
)
# 受理(件) → 件; 效率（件/日） → 件/日
_UNIT = re.compile(r"[(（]\s*([一-鿿/]{1,4})\s*[)）]")
# 万件, 亿元: a scale is read by cells.units, and is no unit of its own.
_SCALE_UNIT = re.compile(r"^[万亿]")
# Texts of this many characters on average may be prose.
_LONG_TEXT = 20
_ROW_NUMBER_LABELS = frozenset({"序号", "no", "no.", "#", "编号序"})


def is_row_number(label: str) -> bool:
    """Whether a column only counts the rows: 序号, No."""
    return label_key(label) in _ROW_NUMBER_LABELS


def unit_of(label: str) -> str | None:
    """The unit in a header's brackets, 受理(件) → 件; letters and scales (万件) are none."""
    bracket = _UNIT.search(label)
    if bracket is None:
        return None
    unit = bracket[1]
    return None if _SCALE_UNIT.match(unit) else unit


def is_identifier(label: str) -> bool:
    """Whether a label names a number that is not counted with: 办件编号, SRNumber, ZipCode; 编号重复率 counts."""
    if _RATE_LABEL.search(label_key(label)):
        return False
    return _IDENTIFIER_LABEL.search(label.strip()) is not None


def is_rate(label: str, texts: Sequence[str], is_summed: bool) -> bool:
    """Whether numbers of a column do not add up: rates, shares and averages, and levels that no total adds up."""
    key = label_key(label)
    if _RATE_LABEL.search(key):
        return True
    if _PERCENT.search(label):
        return True
    percentages = sum(text.strip().endswith(("%", "％")) for text in texts)
    is_mostly_percent = percentages * 2 > len(texts)
    if is_mostly_percent:
        return True
    names_a_level = _LEVEL_LABEL.search(key) is not None
    return names_a_level and not is_summed


def is_count(label: str) -> bool:
    """Whether a label names what is counted, so that a column that is still empty holds numbers: 本周受理, 咨询人次."""
    return _COUNT_LABEL.search(label_key(label)) is not None


def unit_of_rate(label: str, texts: Sequence[str]) -> str | None:
    """The sign of per cent where the numbers of a rate are counted so: 98.5%, or 98.5 below 满意率; None for 0.985.

    A change of 12% and an average of 12 are no shares of a whole: of those only the sign itself tells.
    """
    has_sign = [text.strip().endswith(("%", "％")) for text in texts]
    if _PERCENT.search(label) or sum(has_sign) * 2 > len(texts):
        return "%"
    if not _SHARE_LABEL.search(label_key(label)):
        return None
    numbers = filter(None, map(parse_number, texts))
    return "%" if max(numbers, default=Decimal(0)) > _LARGEST_FRACTION else None


def is_prose(label: str, texts: Sequence[str]) -> bool:
    """Whether a column holds free text, in which people may have written numbers of persons."""
    masked = map(mask_free_text, texts)
    names_a_person = any(map(ne, texts, masked))
    if names_a_person:
        return True
    all_texts = "".join(texts)
    is_short = len(all_texts) < _LONG_TEXT * len(texts)
    if is_short or not texts:
        return False
    if _PROSE_LABEL.search(label):
        return True
    return "，" in all_texts or "。" in all_texts
