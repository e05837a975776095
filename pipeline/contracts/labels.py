"""The one form in which labels of contracts and exports are compared; `ingest.tables.headers` finds columns by it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.common.characters import visible

# 受理(件), 办结【累计】, and no bracket within a bracket
BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
# Words in brackets, or in a label above, that make another measure of the label that they stand with.
OTHER_PERIOD = re.compile(
    "累计|上周|上期|上月|上年|去年|今年|本年|全年|本月|当月|同期|同比|环比|增减|增长|增幅|其中|占比|比重|排名|目标|计划"
)
_OTHER_MEASURE = re.compile(rf"{OTHER_PERIOD.pattern}|网上|线上|线下|现场|窗口|电话|移动端|自助")


# Longer texts than any label are prose: remembering 20,000 of them would take a gigabyte.
_LONGEST_REMEMBERED = 1_000


def label_key(text: str) -> str:
    """A header text reduced to what identifies it: NFKC, no blanks, no units or letters in brackets, no colon.

    受理 （件）： → 受理. A bracket stays where it says that another thing is counted: 受理（累计）, 受理（其中网上）.
    Characters that show nothing do not count.
    """
    return _reduced(text) if len(text) > _LONGEST_REMEMBERED else _remembered(text)


def written_key(text: str) -> str:
    """A header text as `label_key` reduces it, but with all that stands in brackets: 预登记（新）： → 预登记(新).

    Two labels of one table may differ in nothing else.
    """
    normal = unicodedata.normalize("NFKC", visible(text))
    return "".join(normal.split()).strip(":*").lower()


@lru_cache(maxsize=20_000)
def _remembered(text: str) -> str:
    return _reduced(text)


def _reduced(text: str) -> str:
    normal = unicodedata.normalize("NFKC", visible(text))
    bare = BRACKETS.sub(_kept_bracket, normal)
    without_blanks = "".join(bare.split())
    return without_blanks.strip(":*").lower()


def _kept_bracket(bracket: re.Match[str]) -> str:
    """(累计) stays, (件) goes."""
    text = bracket[0]
    return text if _OTHER_MEASURE.search(text) else ""
