"""Mentions the rows that a sheet hides or filters away; they are loaded as all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.ingest.cells.typed_row import CellProblem
from pipeline.ingest.reasons import Disposition, Reason
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import Header

_MOST_SPANS = 5


def hidden_rows_of(sheet: Sheet, header: Header) -> Iterator[CellProblem]:
    """Yields one remark on a sheet with hidden rows of data, at the first of them: `第 6—7、9 行，共 3 行`."""
    filled = _filled_hidden_rows(sheet, header)
    if filled:
        value = f"第 {_spans(filled)} 行，共 {len(filled):,} 行"
        yield CellProblem(sheet.name, filled[0], "", Reason.ROWS_HIDDEN, value, Disposition.LOADED)


def _filled_hidden_rows(sheet: Sheet, header: Header) -> list[int]:
    """Returns the numbers of the hidden rows below the header in which anything stands."""
    first = sheet.rows_above + header.below
    last = sheet.rows_above + len(sheet.rows)
    filled = []
    for at in sorted(sheet.hidden_rows):
        is_below_header = first <= at < last
        if is_below_header and any(sheet.rows[at - sheet.rows_above]):
            filled.append(at + 1)
    return filled


def _spans(rows: Sequence[int]) -> str:
    """6, 7, 9 → 6—7、9; of many spans the first few."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = map(_span_words, spans[:_MOST_SPANS])
    ending = " 等" if len(spans) > _MOST_SPANS else ""
    return "、".join(shown) + ending


def _span_words(span: Sequence[int]) -> str:
    first, last = span
    return f"{first}" if first == last else f"{first}—{last}"
