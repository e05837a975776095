"""Proposes `blank`: what an empty cell of a count means, as far as the file shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.ingest.authoring.drafting.proposals.figures import Figures, FiguresTable
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal

_ROWS_NAMED: Final = 3


def blank_proposals(table: FiguresTable) -> Iterator[Proposal]:
    """Yields `blank: unknown` where somebody has to fill a cell in: the column prints its zeros, or is empty.

    A column that has blanks and no zero may mean either: it is left alone. A row without any count reports nothing at
    all, such as 无业务: its blanks say nothing of one column.
    """
    counts = table.counts
    columns = [count.numbers for count in counts]
    is_reporting = [any(number is not None for number in numbers) for numbers in zip(*columns, strict=True)]
    for count in counts:
        rows = [
            (line.row_no, number)
            for line, number, reports in zip(table.lines, count.numbers, is_reporting, strict=True)
            if reports and not line.is_total
        ]
        blanks = [row_no for row_no, number in rows if number is None]
        if not blanks:
            continue
        is_empty = len(blanks) == len(rows)
        prints_zeros = any(number is not None and number.value == 0 for _, number in rows)
        if is_empty:
            yield _unknown(count, "整列空白，按名称是件数")
        elif prints_zeros:
            yield _unknown(count, f"{_named(blanks)}空白，而这一列的零印作 0")


def _unknown(count: Figures, evidence: str) -> Proposal:
    return Proposal("blank", count.name, "unknown", "空白要补报", evidence)


def _named(rows: Sequence[int]) -> str:
    numbers = "、".join(f"{row_no:,}" for row_no in rows[:_ROWS_NAMED])
    return f"第 {numbers} 行{'等' if len(rows) > _ROWS_NAMED else ''}"
