"""The one form in which labels of contracts and exports are compared; which column one names, tables say."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.common.characters import visible

BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
# Words in brackets, or in a label above, that make another measure of the label that they stand with.
OTHER_PERIOD = re.compile(
    "累计|上周|上期|上月|上年|去年|今年|本年|全年|本月|当月|同期|同比|环比|增减|增长|增幅|其中|占比|比重|排名|目标|计划"
)
_OTHER_MEASURE = re.compile(rf"{OTHER_PERIOD.pattern}|网上|线上|线下|现场|窗口|电话|移动端|自助")


@lru_cache(maxsize=20_000)
def label_key(text: str) -> str:
    """A header text reduced to what identifies it: NFKC, no blanks, no units or letters in brackets, no colon.

    A bracket stays where it says that another thing is counted: 受理（累计）, 受理（其中网上）. Characters that show
    nothing do not count.
    """
    normal = BRACKETS.sub(
        lambda found: found[0] if _OTHER_MEASURE.search(found[0]) else "",
        unicodedata.normalize("NFKC", visible(text)),
    )
    return "".join(normal.split()).strip(":*").lower()
