"""Finds out whether a table is wide: columns of numbers whose labels are years, months, days, weeks or known names.

地区 | 2021年 | 2022年 | 2023年 → one field for the label, one for the cells below, and `unpivot` in the draft
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from pipeline.contracts import FieldType
from pipeline.contracts.labels import label_key
from pipeline.contracts.model import LABELS_OF_PERIODS, NUMERIC
from pipeline.ingest.authoring.drafting.column_types import TypeGuess
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.tables.aggregate_words import aggregate_of
from pipeline.ingest.tables.headers.wide_labels import read_label

_FEWEST_PERIODS = 3
_FEWEST_NAMES = 4
# Field and title for the label, by what the labels are.
_LABEL_FIELDS = {
    "year": ("year", "年份", FieldType.INTEGER),
    "month": ("month", "月份", FieldType.STRING),
    "week": ("week", "周次", FieldType.STRING),
    "date": ("day", "日期", FieldType.DATE),
}
_VALUE_NAME, _VALUE_TITLE = "amount", "数值"


@dataclass(frozen=True)
class WideGuess:
    """What the labels are, the fields of the label and of the cells, and the columns that every record shares.

    `labelled` are the titles of the columns that become records, `sums` those of columns that add these up.
    """

    labels: str
    into: DraftColumn
    value: DraftColumn
    shared: tuple[DraftColumn, ...]
    labelled: tuple[str, ...]
    sums: tuple[str, ...] = ()


def guess_wide(columns: Sequence[DraftColumn], codes: CodeLists) -> WideGuess | None:
    """Returns how a table of these columns is turned, or None where its labels are no values."""
    for labels in LABELS_OF_PERIODS:
        labelled = _labelled(columns, partial(_is_period, kind=labels))
        if len(labelled) >= _FEWEST_PERIODS:
            return _wide(labels, labelled, columns)
    for name, known in codes.items():
        labelled = _labelled(columns, known.__contains__)
        if len(labelled) >= _FEWEST_NAMES:
            return _wide(name, labelled, columns)
    return None


def _labelled(columns: Sequence[DraftColumn], is_label: Callable[[str], bool]) -> list[DraftColumn]:
    """Returns the columns of numbers that bear a label; a column that is still empty is one of them, too."""
    of_numbers = filter(_may_hold_numbers, columns)
    return [column for column in of_numbers if is_label(column.title)]


def _may_hold_numbers(column: DraftColumn) -> bool:
    if column.is_numeric:
        return True
    if column.free_text or column.personal is not None:
        return False
    is_text = column.guess.type is FieldType.STRING
    is_looked_up = column.codes is not None
    return is_text and not is_looked_up


def _is_period(title: str, kind: str) -> bool:
    # 1, 2, 3 above columns may number them: only 第1周 says that it is a week.
    is_bare_number = label_key(title).isdigit() and kind == "week"
    return not is_bare_number and read_label(title, kind) is not None


def _wide(labels: str, labelled: Sequence[DraftColumn], columns: Sequence[DraftColumn]) -> WideGuess | None:
    numbers = list(filter(attrgetter("is_numeric"), labelled))
    # 达标, 未达标: words, of which any column is as good as the first.
    is_worded = not numbers and labels in LABELS_OF_PERIODS
    measured = labelled if is_worded else numbers
    others = [column for column in columns if column not in labelled]
    sums = list(filter(_adds_up, others))
    shared = tuple(column for column in others if column not in sums)
    if not measured or not shared:
        return None
    name, title, label_type = _LABEL_FIELDS.get(labels, (labels, "名称", FieldType.STRING))
    names = set(map(attrgetter("name"), shared))
    into = replace(
        labelled[0], name=_free(name, names), title=title, guess=TypeGuess(label_type), unit=None,
        codes=None if labels in _LABEL_FIELDS else labels, is_never_blank=True, notes=("取自列名",),
    )  # fmt: skip
    value = replace(
        measured[0],
        name=_free(_VALUE_NAME, names),
        title=_VALUE_TITLE,
        is_never_blank=False,
        guess=TypeGuess(_type_of(measured)),
        is_additive=all(map(attrgetter("is_additive"), measured)),
        notes=(f"取自 {len(labelled)} 列，名称和单位请改",),
    )
    titles = map(attrgetter("title"), labelled)
    return WideGuess(labels, into, value, shared, tuple(titles), tuple(map(attrgetter("title"), sums)))


def _type_of(columns: Sequence[DraftColumn]) -> FieldType:
    """The narrowest type that holds the cells of all columns."""
    types = {column.guess.type for column in columns}
    if types == {FieldType.INTEGER}:
        return FieldType.INTEGER
    return FieldType.NUMBER if types <= set(NUMERIC) else FieldType.STRING


def _adds_up(column: DraftColumn) -> bool:
    """Whether a column of numbers says by its label that it is the sum of others: 合计, 全年."""
    return column.is_numeric and aggregate_of(column.title) is not None


def _free(name: str, taken: Collection[str]) -> str:
    return name if name not in taken else f"{name}_of_column"
