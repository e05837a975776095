"""Lets one decision stand for several rows of a workbook: a row that says 同上 is filled in as the one above it.

What a decision needs is in `pipeline.quality.desk.decisions`; a row without one above it is answered in `answers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipeline.quality.codes import KIND_LABELS
from pipeline.quality.desk.workbook_rows import Row

DITTO: Final = "同上"
NOTHING_ABOVE: Final = (
    f"写了“{DITTO}”，但这张工作表的上方没有可照抄的行；"
    f"“{KIND_LABELS['correct']}”要逐行写明行号、列和值，不能写“{DITTO}”"
)
_WRITTEN: Final = frozenset({DITTO, "同前", "〃", '"'})


def says_ditto(row: Row) -> bool:
    """Whether the decision of a row is to be that of the row above."""
    return (row.decision or "").strip() in _WRITTEN


def filled_in(rows: Iterable[Row]) -> list[Row]:
    """Returns the rows (by sheet, top to bottom) with each 同上 replaced by what the nearest filled-in row above says.

    What a row says itself stays: its own reason, day or name. `same_as` is the number of the row that was copied; a
    同上 without a row to copy stays as it is written. A correction is of one cell and cannot be copied.
    """
    above: dict[str, Row] = {}
    resolved = []
    for row in rows:
        if says_ditto(row):
            resolved.append(_as_above(row, above.get(row.sheet)))
            continue
        resolved.append(row)
        if not row.is_blank:
            above[row.sheet] = row
    return resolved


def _as_above(row: Row, pattern: Row | None) -> Row:
    if pattern is None or pattern.decision == KIND_LABELS["correct"]:
        return row
    return replace(
        row,
        decision=pattern.decision,
        reason=row.reason or pattern.reason,
        until=row.until or pattern.until,
        decided_by=row.decided_by or pattern.decided_by,
        approved_by=row.approved_by or pattern.approved_by,
        same_as=pattern.row_no,
    )
