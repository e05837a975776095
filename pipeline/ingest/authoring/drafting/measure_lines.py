"""Writes which figures a drafted contract could give, as comments: what stands in the weekly is for people to choose.

Whoever takes the `#` away has valid measures, of which trace, site and weekly have the way home:

    # measures:
    # - {name: demo_accepted, label: 受理, unit: 件, sum: accepted}  # 猜测：4 行像整数，各行相加
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.proposals.label_stems import Kind, Span, stem_of
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal
from pipeline.ingest.cells.units import PER_CENT

_USUAL_UNIT: Final = "件"
# What is there on a day and is still there on the next: it must not be added up over days or weeks.
_STOCK: Final = re.compile("在办|未办|未结|结存|库存|存量|期末|现有|待办")
_CURRENT: Final = frozenset({Span.NONE, Span.WEEK})
# Counts of another time that a stock is no measure of: 期初, 上期结转.
_EARLIER: Final = re.compile("期初|结转|上[周期月]")
# What a proposed rate says of its parts, such as of: on_time_completed, per: completed.
_PARTS: Final = re.compile(r"\{of: (\w+), per: (\w+)")


@dataclass(frozen=True)
class MeasureGuess:
    """One figure: its code, what people call it, its unit, how it is counted as YAML, and why."""

    name: str
    label: str
    unit: str
    counted: str
    why: str

    @property
    def line(self) -> str:
        """The entry of `measures:`."""
        words = yaml.safe_dump([self.label, self.unit], default_flow_style=True, allow_unicode=True, width=10_000)
        label, _, unit = words.strip()[1:-1].rpartition(", ")
        return f"{{name: {self.name}, label: {label}, unit: {unit}, {self.counted}}}"


def measure_guesses(contract: str, columns: Sequence[DraftColumn], proposals: Sequence[Proposal]) -> list[MeasureGuess]:
    """Returns the figures that the columns of a contract give: counts of this week, stocks, and rates of both.

    `proposals` are the check words: a rate is one that its rows agree with, a year to date is none of the week.
    """
    rates: dict[str, Proposal] = {}
    cumulative: set[str] = set()
    for found in proposals:
        if found.word == "rate" and not found.is_doubted:
            rates[found.field] = found
        elif found.word == "cumulative":
            cumulative.add(found.field)
    candidates = filter(_is_count, columns)
    counts = {column.name: _count(contract, column) for column in candidates if column.name not in cumulative}
    return [*counts.values(), *_rates(contract, columns, rates, counts)]


def _is_count(column: DraftColumn) -> bool:
    """Whether a column counts what happened in the week: 受理, not 累计受理, 上期结转 or 受理率."""
    stem = stem_of(column.title)
    is_number = column.guess.type is FieldType.INTEGER and column.is_additive
    is_of_week = stem.span in _CURRENT and not _EARLIER.search(column.title)
    is_count = stem.kind is Kind.COUNT and column.personal is None
    return is_number and is_of_week and is_count


def _count(contract: str, column: DraftColumn) -> MeasureGuess:
    is_stock = _STOCK.search(column.title) is not None
    way, why = ("latest", "像存量，取最后一天的") if is_stock else ("sum", "像件数，各行相加")
    unit = column.unit or _USUAL_UNIT
    return MeasureGuess(f"{contract}_{column.name}", _label(column), unit, f"{way}: {column.name}", why)


def _rates(
    contract: str, columns: Sequence[DraftColumn], rates: Mapping[str, Proposal], counts: Mapping[str, MeasureGuess]
) -> Iterator[MeasureGuess]:
    """Yields the rates in per cent of which both parts are counted."""
    for column in columns:
        found = rates.get(column.name)
        if found is None or column.unit not in PER_CENT:
            continue
        for numerator, denominator in _PARTS.findall(found.said):
            if {numerator, denominator} <= counts.keys():
                counted = f"rate: {{of: {counts[numerator].name}, per: {counts[denominator].name}}}"
                yield MeasureGuess(f"{contract}_{column.name}", _label(column), "%", counted, found.meaning)


def _label(column: DraftColumn) -> str:
    """The title without line breaks and the slash between the levels of a header."""
    return " ".join(column.title.split()).replace("/", "：")
