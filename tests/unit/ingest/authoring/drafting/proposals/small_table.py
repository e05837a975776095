"""A table of a few rows, and what is proposed for it: what the tests of this folder share."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ingest.authoring.drafting.columns import DraftColumn, guess_columns
from pipeline.ingest.authoring.drafting.proposals.figures import FiguresTable, figures_of
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal
from pipeline.ingest.authoring.drafting.proposals.propose import propose
from pipeline.ingest.authoring.drafting.table_guess import TableGuess, table_of
from pipeline.ingest.sheets.sheet import Sheet

Cell = str | int | None


def figures(titles: str, *rows: Sequence[Cell]) -> FiguresTable:
    """The columns of numbers of a table whose header is one line of words."""
    return figures_of(*_guessed(titles, rows))


def proposed(titles: str, *rows: Sequence[Cell]) -> list[Proposal]:
    """What is proposed for such a table, written or only mentioned."""
    return list(propose(*_guessed(titles, rows)))


def said(titles: str, *rows: Sequence[Cell]) -> list[str]:
    """The words that would be written, as in the YAML."""
    return [f"{found.field} {found.word}: {found.said}" for found in proposed(titles, *rows) if not found.is_doubted]


def _guessed(titles: str, rows: Sequence[Sequence[Cell]]) -> tuple[TableGuess, tuple[DraftColumn, ...]]:
    header = titles.split()
    texts = [[None if cell is None else str(cell) for cell in row] for row in rows]
    table = table_of(Sheet("表", [header, *texts]))
    assert table is not None
    columns = guess_columns(
        table.titles, table.rows, {}, is_text_file=False, summed=table.summed, row_nos=table.row_nos
    )
    return table, columns
