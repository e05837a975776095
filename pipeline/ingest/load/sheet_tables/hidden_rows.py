"""Mentions the rows that a sheet hides or filters away; they are loaded as all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.ingest.cells.typed_row import CellProblem
from pipeline.ingest.reasons import Disposition, Reason
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.header import Header

_MOST_SPANS = 5


def hidden_rows_of(sheet: Sheet, header: Header) -> Iterator[CellProblem]:
    """Yields one remark on a sheet with hidden rows of data, at the first of them: `第 6—7、9 行，共 3 行`."""
    if not sheet.hidden_rows:
        return
    first, last = sheet.rows_above + header.below, sheet.rows_above + len(sheet.rows)
    hidden = sorted(at for at in sheet.hidden_rows if first <= at < last)
    filled = [at + 1 for at in hidden if any(sheet.rows[at - sheet.rows_above])]
    if filled:
        value = f"第 {_spans(filled)} 行，共 {len(filled):,} 行"
        yield CellProblem(sheet.name, filled[0], "", Reason.ROWS_HIDDEN, value, Disposition.LOADED)


def _spans(rows: Sequence[int]) -> str:
    """6, 7, 9 → 6—7、9; of many spans the first few."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [f"{first}" if first == last else f"{first}—{last}" for first, last in spans[:_MOST_SPANS]]
    return "、".join(shown) + (" 等" if len(spans) > _MOST_SPANS else "")
