"""Tells rows that number the columns of a table, and columns that number its rows; other kinds of rows tell `rows`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import compress

from pipeline.contracts.labels import label_key
from pipeline.ingest.tables.headers.contract_labels import RUNNING
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row, text_at

_ROW_LABELS = frozenset({"栏次", "行次", RUNNING, "列次"})
_RUNNING_LABELS = frozenset(map(label_key, (RUNNING, "行号", "行次", "项次", "顺序号", "序", "No", "No.", "#")))
_FEWEST_COUNTED = 3
"""So many cells that count 1 2 3 make a column one of running numbers, whatever its label."""
_LOOSE_BRACKETS = re.compile(r"[()（）]")  # (1), （3）
_FORMULA = re.compile(r"(\w{1,2})=.+")  # 3=1+2, c=a+b
_STEMS = "甲乙丙丁戊己庚辛"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHINESE_DIGITS = ("", *"一二三四五六七八九")
_CHINESE_NUMBERS = [f"{tens}{digit}" for tens in ("", "十", "二十", "三十") for digit in _CHINESE_DIGITS][1:]
_SECOND_ITEMS = (_STEMS[1], _LETTERS[1], _CHINESE_NUMBERS[1])


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
    numbers = list(map(_without_formula, items[stems:]))
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
    numbers = range(1, len(items) + 1)
    if list(items) == list(map(str, numbers)):
        return True
    return list(items) == _CHINESE_NUMBERS[: len(items)]


def numbers_all_columns(row: Row, header: Header, row_below: Row | None) -> bool:
    """Whether a row below a header numbers every labelled column, and the row below it does not count on.

    甲 乙 1 2 above 公安厅 许可 5 3 is one; 甲 1 2 above 乙 3 4 may be two windows.
    """
    labelled = [column.index for column in header.columns if column.label]
    filled = _filled_places(row)
    if filled != labelled or len(filled) < _FEWEST_COUNTED:
        return False
    items = _items(row)
    items_below = _items(row_below or ())
    if not items_below:
        return False
    return not _counts_on(items[0], items_below[0])


def _counts_on(first: str, below: str) -> bool:
    """Whether a row begins with what may follow upon the beginning of the row above: 乙 upon 甲, any number upon 1."""
    if not first.isdecimal():
        return below in _SECOND_ITEMS
    begins_anew = below == "1"
    return below.isdecimal() and not begins_anew


def _filled_places(row: Row) -> list[int]:
    """Returns the columns in which something stands."""
    texts = [text_at(row, place) for place in range(len(row))]
    return list(compress(range(len(row)), texts))


def running_columns(header: Header, rows_below: Sequence[Row]) -> frozenset[int]:
    """Returns the columns that only number the rows: by their label (序号), or because they count 1 2 3 …"""
    running = set()
    for column in header.columns:
        last_label = column.label.rsplit("/", maxsplit=1)[-1]
        texts = [text_at(row, column.index) for row in rows_below]
        if last_label in _RUNNING_LABELS or _counts_rows(texts):
            running.add(column.index)
    return frozenset(running)


def _counts_rows(texts: Sequence[str]) -> bool:
    """Whether the filled cells of a column are 1 2 3 … without a gap."""
    filled = list(filter(None, texts))
    if len(filled) < _FEWEST_COUNTED:
        return False
    numbers = range(1, len(filled) + 1)
    return filled == list(map(str, numbers))


def holds_only_number(row: Row, running: frozenset[int]) -> bool:
    """Whether a row holds its running number and nothing else: a line of a form that nobody filled in."""
    places = _filled_places(row)
    if not places or not running.issuperset(places):
        return False
    texts = [text_at(row, place) for place in places]
    return all(map(str.isdecimal, texts))
