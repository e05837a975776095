"""Finds the columns that tell the rows of a table apart, and the one that tells which state of a row is the latest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.label_words import is_identifier
from pipeline.ingest.authoring.drafting.row_cells import filled_text
from pipeline.ingest.tables.header import Row

_KEY_CANDIDATES = 10
_KEY_COLUMNS = 3
# 更新时间, 最后修改, updated_at
_CHANGED_LABEL = re.compile("更新|修改|updat|modif")


def smallest_key(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> tuple[str, ...]:
    """The fewest columns whose values tell all rows apart, identifiers first; () where three do not suffice."""
    fit = [column for column in columns if _may_be_key(column)]
    fit.sort(key=lambda column: (not is_identifier(column.title), column.index))
    values = {column.name: _filled_values(column, rows) for column in fit}
    without_gaps = [name for name, texts in values.items() if all(texts)]
    candidates = without_gaps[:_KEY_CANDIDATES]
    for size in range(1, _KEY_COLUMNS + 1):
        for names in combinations(candidates, size):
            keys = set(zip(*(values[name] for name in names), strict=True))
            if len(keys) == len(rows):
                return names
    return ()


def latest_by(columns: Sequence[DraftColumn]) -> DraftColumn | None:
    """The column that tells when a row was last changed: 更新时间; None where there is none."""
    for column in columns:
        is_moment = column.guess.type is FieldType.DATETIME and column.personal is None
        if is_moment and _CHANGED_LABEL.search(column.title.lower()):
            return column
    return None


def _may_be_key(column: DraftColumn) -> bool:
    if column.personal == "drop":
        return False
    return not column.free_text and not column.is_numeric


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
