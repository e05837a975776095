"""Proposes all check words of a draft, each field with one word at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.proposals.blanks import blank_proposals
from pipeline.ingest.authoring.drafting.proposals.figures import figures_of
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal
from pipeline.ingest.authoring.drafting.proposals.ratios import ratio_proposals
from pipeline.ingest.authoring.drafting.proposals.sums import sum_proposals
from pipeline.ingest.authoring.drafting.proposals.year_to_date import year_to_date_proposals
from pipeline.ingest.authoring.drafting.table_guess import TableGuess


def propose(table: TableGuess, columns: Sequence[DraftColumn]) -> tuple[Proposal, ...]:
    """Returns the check words that the rows of a table agree with, and those that its labels suggest in vain."""
    figures = figures_of(table, columns)
    on_fields = [*ratio_proposals(figures), *year_to_date_proposals(figures), *blank_proposals(figures)]
    return (*on_fields, *_unrepeated(sum_proposals(figures)))


def _unrepeated(proposals: Iterator[Proposal]) -> Iterator[Proposal]:
    """Leaves out what is proposed twice: 即办件 within 办结 by its rate, and once more by another."""
    seen: set[tuple[str, str]] = set()
    for found in proposals:
        key = (found.word, found.said)
        if key not in seen:
            seen.add(key)
            yield found
