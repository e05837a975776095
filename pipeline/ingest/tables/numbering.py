"""Tells a row that numbers the columns of a table; all other kinds of rows are told by `rows`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.ingest.tables.contract_labels import RUNNING
from pipeline.ingest.tables.header_paths import Row

_ROW_LABELS = frozenset({"栏次", "行次", RUNNING, "列次"})
_LOOSE_BRACKETS = re.compile(r"[()（）]")  # (1), （3）
_FORMULA = re.compile(r"(\w{1,2})=.+")  # 3=1+2, c=a+b
_STEMS = "甲乙丙丁戊己庚辛"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHINESE_DIGITS = ("", *"一二三四五六七八九")
_CHINESE_NUMBERS = [f"{tens}{digit}" for tens in ("", "十", "二十", "三十") for digit in _CHINESE_DIGITS][1:]


def is_numbering(row: Row) -> bool:
    """Whether a row numbers the columns: 1 2 3, (1) (2), 甲 乙 A B, 甲 乙 1 2, 一 二 三, 3=1+2.

    栏次 or the like may stand before the first number.
    """
    items = _items(row)
    if items and items[0] in _ROW_LABELS:
        items = items[1:]
    if len(items) < 2:
        return False
    stems = _common_beginning(items, _STEMS)
    numbers = [_without_formula(item) for item in items[stems:]]
    letters = _common_beginning(numbers, _LETTERS)
    digits = numbers[letters:]
    return _counts_up(digits)


def _items(row: Row) -> list[str]:
    """Returns what is written in the filled cells: １ （2） A gives 1 2 a."""
    items = []
    for cell in row:
        if not cell:
            continue
        normal = unicodedata.normalize("NFKC", cell)
        bare = _LOOSE_BRACKETS.sub("", normal)
        item = "".join(bare.split()).lower()
        if item:
            items.append(item)
    return items


def _without_formula(item: str) -> str:
    """Returns the number before a formula: 3=1+2 gives 3."""
    formula = _FORMULA.fullmatch(item)
    return formula[1] if formula else item


def _common_beginning(items: Sequence[str], series: str) -> int:
    """Returns how many items are those with which the series begins: 甲 乙 1 has two of 甲乙丙丁."""
    count = 0
    for item, expected in zip(items, series, strict=False):
        if item != expected:
            break
        count += 1
    return count


def _counts_up(items: Sequence[str]) -> bool:
    """Whether items are 1 2 3 … or 一 二 三 …; nothing at all counts too."""
    if list(items) == [str(number) for number in range(1, len(items) + 1)]:
        return True
    return list(items) == _CHINESE_NUMBERS[: len(items)]
