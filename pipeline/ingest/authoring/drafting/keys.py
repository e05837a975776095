"""Finds the columns that tell the rows of a table apart, and the one that tells which state of a row is the latest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.label_words import is_identifier
from pipeline.ingest.authoring.drafting.row_cells import filled_text
from pipeline.ingest.tables.header_paths import Row

_KEY_CANDIDATES = 10
_KEY_COLUMNS = 3
# 更新时间, 最后修改, updated_at
_CHANGED_LABEL = re.compile("更新|修改|updat|modif")


def smallest_key(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> tuple[str, ...]:
    """The fewest columns whose values tell all rows apart, identifiers first; () where three do not suffice."""
    candidates = list(filter(_may_be_key, columns))
    candidates.sort(key=lambda column: (not is_identifier(column.title), column.index))
    values_without_gaps: dict[str, list[str]] = {}
    for column in candidates:
        values = _filled_values(column, rows)
        if all(values):
            values_without_gaps[column.name] = values
    names = list(values_without_gaps)[:_KEY_CANDIDATES]
    for size in range(1, _KEY_COLUMNS + 1):
        for key in combinations(names, size):
            key_values = map(values_without_gaps.__getitem__, key)
            distinct = set(zip(*key_values, strict=True))
            if len(distinct) == len(rows):
                return key
    return ()


def latest_by(columns: Sequence[DraftColumn]) -> DraftColumn | None:
    """The column that tells when a row was last changed: 更新时间; None where there is none."""
    return next(filter(_tells_last_change, columns), None)


def _tells_last_change(column: DraftColumn) -> bool:
    if column.guess.type is not FieldType.DATETIME or column.personal:
        return False
    return _CHANGED_LABEL.search(column.title.lower()) is not None


def _may_be_key(column: DraftColumn) -> bool:
    # A dropped column is not stored, prose is long, and a count is equal by chance.
    is_dropped = column.personal == "drop"
    return not (is_dropped or column.free_text or column.is_numeric)


def _filled_values(column: DraftColumn, rows: Sequence[Row]) -> list[str]:
    """The texts of a column, merged cells filled downwards."""
    values: list[str] = []
    above = ""
    for row in rows:
        text = filled_text(row, column.index)
        if not text and column.fill_down:
            text = above
        values.append(text)
        above = text
    return values
