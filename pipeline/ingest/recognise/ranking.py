"""Ranks the contracts that fit a table: the one order by which `match`, `split_sheet` and `authoring.inspect` choose.

In: headers that `pipeline.ingest.tables.headers.header` found. Out: keys for `max` and `sorted`, better ones greater.
Elsewhere: how many exports a workbook holds, `exports` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from pipeline.contracts import Contract
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row


class Fitness(NamedTuple):
    """How well a contract fits a table; better ones are greater. What decides first stands first.

    `spared_missing` and `spared_unknown` are counts below zero: the fewer columns lack or are unknown, the better.
    """

    is_complete: bool
    has_title: bool
    matched: int
    spared_missing: int
    spared_unknown: int


Preference = tuple[Fitness, bool, str]
"""The key of a contract among several: its fitness; of equals the one that is preferred, then the later name."""


def fitness_of(header: Header, contract: Contract, words_above: Sequence[str]) -> Fitness:
    """How well a contract fits the table under `header`; `words_above` are the cells of its title lines."""
    return Fitness(
        is_complete=header.is_complete,
        has_title=bool(title_words_in(words_above, contract)),
        matched=header.matched,
        spared_missing=-len(header.missing),
        spared_unknown=-len(header.unknown),
    )


def fitness_without_header(matched: int, contract: Contract) -> Fitness:
    """How well a contract fits where only single labels of it were seen and no header: worse than any header does."""
    lacking = len(contract.fields) - matched
    return Fitness(is_complete=False, has_title=False, matched=matched, spared_missing=-lacking, spared_unknown=0)


def preference(fitness: Fitness, contract: Contract, preferred: str = "") -> Preference:
    """The key by which a contract is chosen; `preferred` is the name of a contract that wins where several are equal.

    Of other equals the name decides, so that the order of contracts does not.
    """
    is_preferred = contract.name == preferred
    return fitness, is_preferred, contract.name


def words_above(rows: Sequence[Row], top: int, first: int = 0) -> list[str]:
    """The filled cells of the rows above a header that begins in row `top`, from row `first` on (both from 0)."""
    title_rows = rows[first:top]
    cells = chain.from_iterable(title_rows)
    return list(filter(None, cells))


def title_words_in(words: Sequence[str], contract: Contract) -> list[str]:
    """Those of the contract's title words that stand in the lines above a table."""
    title = " ".join(words)
    return [word for word in contract.title_words if word in title]
