"""Tells which total a row is by its label cells: one of the contract, or one that its words name anywhere.

Elsewhere: the words in `aggregate_words`, rows that their numbers give away in `sum_rows`, comparing printed totals
with their rows in `control_totals`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.contracts.labels import BRACKETS
from pipeline.contracts.model import NUMERIC, Total
from pipeline.ingest.tables.aggregate_words import Aggregate, aggregate_of, stem
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.headers.paths import Row, text_at

_LONGEST_TOTAL = 24
"""Most characters of a label that ends with a total's name (住房城乡建设厅小计); anything longer is prose."""

# 统计周期, 口径, 时间范围: what stands in such a column says which period a row is of, in every row.
_NAMES_PERIODS = re.compile("周期|期间|时期|时段|口径|范围|类型|类别|指标")

LabelPlaces = tuple[tuple[int, ...], tuple[int, ...]]


def label_places(header: Header) -> LabelPlaces:
    """Returns the columns in which a total's name may stand: those left of the first number, and all the others.

    The others count only where nothing is filled in on the left. A column of numbers is in neither.
    """
    first_number = _first_number(header)
    near, further = [], []
    for column in header.columns:
        if is_numeric(column):
            continue
        if first_number is not None and column.index < first_number:
            near.append(column.index)
        else:
            further.append(column.index)
    return tuple(near), tuple(further)


def word_places(header: Header, rows_below: Sequence[Row]) -> tuple[int, ...]:
    """Returns the columns in which a word such as 共计 or 上周 tells that its row is no data.

    They stand left of the first number. A column in which every row says such a word is one of periods or measures.
    """
    near, _ = label_places(header)
    return tuple(place for place in near if not _holds_periods(header, place, rows_below))


def _holds_periods(header: Header, place: int, rows_below: Sequence[Row]) -> bool:
    if _NAMES_PERIODS.search(header.columns[place].label):
        return True
    cells = [text_at(row, place) for row in rows_below]
    labels = list(filter(None, map(stem, cells)))
    return len(labels) > 1 and all(map(aggregate_of, labels))


def aggregate_at(row: Row, places: Sequence[int], data_labels: Collection[str]) -> tuple[Aggregate, str] | None:
    """Returns what the first telling word in one of the places of a row says of it, and the word; None for data.

    `data_labels` are stems of names that say nothing though they read like a total.
    """
    for place in places:
        text = text_at(row, place)
        aggregate = aggregate_of(text)
        if aggregate is None:
            continue
        label = stem(text)
        if label not in data_labels:
            return aggregate, label
    return None


def part_places(header: Header) -> tuple[int, ...]:
    """Returns the columns in which 其中 may stand: those left of the first number that hold no prose."""
    first_number = _first_number(header)
    if first_number is None:
        return ()
    places = []
    for column in header.columns:
        is_left = column.index < first_number
        if is_left and not _is_free_text(column):
            places.append(column.index)
    return tuple(places)


def _first_number(header: Header) -> int | None:
    """Returns the index of the first column of numbers."""
    for column in header.columns:
        if is_numeric(column):
            return column.index
    return None


def is_numeric(column: Column) -> bool:
    """Whether a column holds numbers."""
    return column.field is not None and column.field.type in NUMERIC


def _is_free_text(column: Column) -> bool:
    return column.field is not None and column.field.free_text


def total_of(row: Row, header: Header, contract: Contract) -> Total | None:
    """Returns the contract's total that a row is by one of its label cells (合 计, 住房城乡建设厅小计), or None."""
    return total_at(row, label_places(header), contract.layout.totals)


def total_at(row: Row, places: LabelPlaces, totals: Sequence[Total]) -> Total | None:
    """Returns the first of `totals` whose name stands in one of the label places of a row, or None."""
    if not totals:
        return None
    near, _ = places
    for cell in _label_cells(row, places):
        total = _total_named(cell, totals, may_have_words_before=bool(near))
        if total is not None:
            return total
    return None


def _label_cells(row: Row, places: LabelPlaces) -> list[str]:
    """Returns the filled label cells left of the first number; where nothing shows there, those further right."""
    near, further = places
    on_the_left = _filled_cells(row, near)
    if any(map(str.strip, on_the_left)):
        return on_the_left
    return _filled_cells(row, further)


def _filled_cells(row: Row, places: Sequence[int]) -> list[str]:
    """Returns the cells of these columns in which anything stands; a row may end before the last of them."""
    cells = []
    for place in places:
        cell = row[place] if place < len(row) else None
        if cell:
            cells.append(cell)
    return cells


def _total_named(cell: str, totals: Sequence[Total], *, may_have_words_before: bool) -> Total | None:
    """Returns the first of `totals` that a cell names."""
    label = _bare_label(cell)
    for total in totals:
        if _is_name_of(total, label, may_have_words_before=may_have_words_before):
            return total
    return None


def _is_name_of(total: Total, label: str, *, may_have_words_before: bool) -> bool:
    """Whether a label is a total's name; in a table with numbers, words may stand before it: 公安厅小计."""
    if label == total.label:
        return True
    if not may_have_words_before or len(label) > _LONGEST_TOTAL:
        return False
    return label.endswith(total.label)


def _bare_label(text: str) -> str:
    """Returns a total's name without what may follow it: 合计 of 合 计（件）, 合计： and 合计数."""
    without_brackets = BRACKETS.sub("", text)
    return squeezed(without_brackets).rstrip(":：").removesuffix("数")


def squeezed(cell: str | None) -> str:
    """Returns the visible text of a cell without blanks: 合 计 gives 合计."""
    return "".join(visible(cell or "").split())
