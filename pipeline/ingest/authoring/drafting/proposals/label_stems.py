"""Takes a label apart: what is counted, of which time, and in which group of the header.

受理/本年累计 → subject 受理, ytd; 本周/主动评价率 → subject 主动评价率, week. `named_rates.csv` has the rates of the
field with the counts that they come of.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from pipeline.contracts.labels import label_key


class Span(StrEnum):
    """Of which time a label speaks; NONE where it does not say."""

    NONE = ""
    WEEK = "week"
    MONTH = "month"
    YTD = "ytd"
    BEFORE = "before"
    YEAR_AGO = "year_ago"


class Kind(StrEnum):
    """What a label says of its numbers."""

    COUNT = "count"
    RATE = "rate"
    SHARE = "share"
    AVERAGE = "average"
    CHANGE = "change"


# The first that fits tells the time: 去年同期累计 is of the year before.
_SPANS: Final = (
    (Span.YEAR_AGO, re.compile("去年同期|上年同期|去年|上年|同期")),
    (Span.BEFORE, re.compile("上[周期月]")),
    (Span.MONTH, re.compile("本月累计|当月累计|本月|当月")),
    (Span.YTD, re.compile("(?:本年度?|今年|全年|年度|年初至今|历年)?累[计积]数?|今年以来|年初至今|本年度?|今年|全年")),
    (Span.WEEK, re.compile("[本当][周期]|一周")),
)
# 上期结转, 上年结转, 结转下期: the time belongs to the stock and is no column of another time.
_STOCK: Final = re.compile("结转|期初|期末|遗留")
_KINDS: Final = (
    (Kind.CHANGE, re.compile("同比|环比|增[幅长减]率?|升降|[比较][上去]")),
    (Kind.SHARE, re.compile("占比|比重|占.*比|^占")),
    (Kind.AVERAGE, re.compile("平均|[日天周月人户窗件]均|^每[日天人件]|均[值数]$")),
    (Kind.RATE, re.compile(r"率|百分比|比例|[%％]")),
)
# 受理数, 受理件数, 受理总量 → 受理; 办件 stays, for 办 alone says nothing.
_MEASURE: Final = re.compile("(?:总?[数量]|人次|[次户笔]数|总计|情况)$")
_MARKS: Final = re.compile(r"[()（）\[\]【】:：、,，%％]")
# 日均受理, 受理环比, 受理占比, 其中：网上 → 受理, 受理, 受理, 网上
_WORDS_OF_KINDS: Final = re.compile("其中|同比|环比|增[幅长减]率?|升降|占比|比重|平均|[日天周月人户窗]均|每[日天人]")
_OF_WHICH: Final = re.compile("其中")


@dataclass(frozen=True)
class Stem:
    """What a label is made of; `groups` are the labels above it that name no time, `is_part` says 其中."""

    subject: str
    span: Span
    kind: Kind
    groups: tuple[str, ...] = ()
    is_part: bool = False

    def is_beside(self, other: Stem) -> bool:
        """Whether both are of one time and one group of the header, so that one may be computed of the other."""
        return self.span == other.span and self.groups == other.groups


@dataclass(frozen=True)
class NamedRate:
    """A rate of the field and the counts of which it comes, the most usual first; `also` is within or flow."""

    rate: str
    of: tuple[str, ...]
    per: tuple[str, ...]
    also: str


@lru_cache(maxsize=2_000)
def stem_of(title: str) -> Stem:
    """Takes a title of a column apart: 本年累计/受理数(件) → 受理, ytd, a count."""
    parts = [label_key(part) for part in title.split("/")]
    texts = list(filter(None, parts))
    label = "".join(texts)
    spans = [span for span, pattern in _SPANS if pattern.search(label)]
    is_stock = _STOCK.search(label) is not None
    span = Span.NONE if is_stock else next(iter(spans), Span.NONE)
    bare = texts if is_stock else [_without_spans(text) for text in texts]
    named = list(filter(None, bare)) or [""]
    kinds = [kind for kind, pattern in _KINDS if pattern.search(label)]
    return Stem(
        subject=subject_of(named[-1]),
        span=span,
        kind=next(iter(kinds), Kind.COUNT),
        groups=tuple(map(subject_of, named[:-1])),
        is_part=_OF_WHICH.search(label) is not None,
    )


def _without_spans(text: str) -> str:
    for _, pattern in _SPANS:
        text = pattern.sub("", text)
    return text


def subject_of(text: str) -> str:
    """What is counted, without the word that it is counted: 受理件数, 受理总量 and 受理 are one; 办件数 is 办件."""
    bare = _MARKS.sub("", _WORDS_OF_KINDS.sub("", text))
    counted = _MEASURE.sub("", bare)
    # 受理件 and 即办件 are 受理 and 即办; of 办件 and 来件 nothing would remain that says what they are.
    names_more = len(counted) > len("办件")
    return counted.removesuffix("件") if names_more else counted


@cache
def named_rates() -> dict[str, NamedRate]:
    """Returns the rates of the field by their subject; a rate of several spellings stands under each."""
    return {spelling: rate for rate in _read_rates() for spelling in rate.rate.split("|")}


def _read_rates() -> Iterator[NamedRate]:
    with (Path(__file__).parent / "named_rates.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of, per = (tuple(map(subject_of, row[key].split("|"))) for key in ("of", "per"))
            yield NamedRate("|".join(map(subject_of, row["rate"].split("|"))), of, per, row["also"])
