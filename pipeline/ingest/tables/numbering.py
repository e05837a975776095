"""Tells rows that number the columns of a table, and columns that number its rows; other kinds of rows tell `rows`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.contracts.labels import label_key
from pipeline.ingest.tables.contract_labels import RUNNING
from pipeline.ingest.tables.header import Header
from pipeline.ingest.tables.header_paths import Row

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


def numbers_all_columns(row: Row, header: Header, row_below: Row | None) -> bool:
    """Whether a row below a header numbers every labelled column, and the row below it does not count on.

    甲 乙 1 2 above 公安厅 许可 5 3 is one; 甲 1 2 above 乙 3 4 may be two windows.
    """
    labelled = [column.index for column in header.columns if column.label]
    filled = [at for at, cell in enumerate(row) if cell and cell.strip()]
    if filled != labelled or len(filled) < _FEWEST_COUNTED or row_below is None:
        return False
    first, below = _items(row)[:1], _items(row_below)[:1]
    if not below:
        return False
    counts_on = below[0].isdecimal() and below != ["1"] if first[0].isdecimal() else below[0] in _SECOND_ITEMS
    return not counts_on


_SECOND_ITEMS = (_STEMS[1], _LETTERS[1], _CHINESE_NUMBERS[1])


def running_columns(header: Header, rows_below: Sequence[Row]) -> frozenset[int]:
    """Returns the columns that only number the rows: by their label (序号), or because they count 1 2 3 …"""
    running = set()
    for column in header.columns:
        cells = [row[column.index] or "" for row in rows_below if column.index < len(row)]
        last_label = column.label.rsplit("/", maxsplit=1)[-1]
        if last_label in _RUNNING_LABELS or _counts_rows(cells):
            running.add(column.index)
    return frozenset(running)


def _counts_rows(cells: Sequence[str]) -> bool:
    """Whether the filled cells of a column are 1 2 3 … without a gap."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < _FEWEST_COUNTED:
        return False
    return filled == [str(number) for number in range(1, len(filled) + 1)]


def holds_only_number(row: Row, running: frozenset[int]) -> bool:
    """Whether a row holds its running number and nothing else: a line of a form that nobody filled in."""
    filled = {at: cell.strip() for at, cell in enumerate(row) if cell and cell.strip()}
    if not filled or not running.issuperset(filled):
        return False
    return all(map(str.isdecimal, filled.values()))
