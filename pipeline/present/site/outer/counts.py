"""The counts of all charts as one system: which cell is which count, and which counts add up to which.

In: rows of charts. Out: counts with their values, and the sums between them, week by week. Which of them are left out
is worked out in `pipeline.privacy.small_cells`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, Final, NamedTuple

from pipeline.present.site.outer.rules import RULES, ChartRule, Count, Span

WHOLE: Final = "ALL"
Row = Mapping[str, Any]


class Counted(NamedTuple):
    """One count: of which metric, span and week, and of which part: `(("department", "shuili"),)`; () is the whole."""

    metric: str
    span: str
    week_id: str
    part: tuple[tuple[str, str], ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the part is one of."""
        return tuple(dimension for dimension, _ in self.part)


@dataclass(frozen=True)
class CountedCell:
    """A cell of a chart that shows a count: chart, number of the row, column."""

    chart: str
    row_no: int
    column: str


def count_of(rule: ChartRule, column: str, row: Row) -> Counted:
    """Returns which count a column of a row shows."""
    count = rule.counts[column]
    metric, span = count.metric, count.span
    if rule.measure_column:
        metric, span_of_week = rule.measures[row[rule.measure_column]]
        span = span if span is Span.YEAR_TO_DATE else span_of_week
    return Counted(metric, span, row["week_id"], _part(rule, count, row))


def _part(rule: ChartRule, count: Count, row: Row) -> tuple[tuple[str, str], ...]:
    split_by = rule.split_by if count.split_by is None else count.split_by
    part = dict(count.fixed)
    for dimension, column in split_by.items():
        # A file of an earlier version may lack the column.
        value = str(row.get(column, WHOLE))
        if value != WHOLE:
            part[dimension] = value
    return tuple(sorted(part.items()))


def counted_cells(charts: Mapping[str, list[dict[str, Any]]]) -> tuple[dict[Counted, int], dict[CountedCell, Counted]]:
    """Returns every count with its value, and which count each cell shows.

    Where two charts give the same count another value (two sources), each keeps its own: neither gives the other away.
    """
    values: dict[Counted, int] = {}
    counts: dict[CountedCell, Counted] = {}
    for chart, rows in charts.items():
        rule = RULES[chart]
        for row_no, row in enumerate(rows):
            for column in rule.counts:
                value = row.get(column)
                if value is None:
                    continue
                counted = count_of(rule, column, row)
                if values.get(counted, value) != value:
                    counted = counted._replace(metric=f"{counted.metric} of {chart}")
                values[counted] = value
                counts[CountedCell(chart, row_no, column)] = counted
    return values, counts


def sums(values: Mapping[Counted, int], week_id: str, week_before: str | None) -> Iterator[dict[Counted, int]]:
    """Yields the equations of a week that hold: parts make the whole, and the year to date grows by the week.

    `week_before` is the issue before in the same year. A sum that does not hold, as that of departments without the
    cases of an unknown one, gives nothing away and is left out.
    """
    of_week = [counted for counted in values if counted.week_id == week_id]
    equations = chain(_sums_of_parts(of_week, values), _years_to_date(of_week, values, week_before))
    for equation in equations:
        if sum(factor * values[counted] for counted, factor in equation.items()) == 0:
            yield equation


def _sums_of_parts(of_week: Iterable[Counted], values: Mapping[Counted, int]) -> Iterator[dict[Counted, int]]:
    """Each count that is split further, in every way in which it is.

    Where no chart shows the whole itself, two ways of splitting it still add up to the same.
    """
    splits: dict[Counted, dict[tuple[str, ...], list[Counted]]] = defaultdict(lambda: defaultdict(list))
    for counted in of_week:
        for kept in _fewer(counted.part):
            splits[counted._replace(part=kept)][counted.dimensions].append(counted)
    for whole, ways in splits.items():
        first, *others = ways.values()
        if whole in values:
            others = [first, *others]
            first = [whole]
        for parts in others:
            yield dict.fromkeys(parts, 1) | dict.fromkeys(first, -1)


def _fewer(part: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[str, str], ...]]:
    """(a, b) gives (), (a), (b): the part with one or more of its dimensions taken away."""
    for length in range(len(part)):
        yield from combinations(part, length)


def _years_to_date(
    of_week: Iterable[Counted], values: Mapping[Counted, int], week_before: str | None
) -> Iterator[dict[Counted, int]]:
    for counted in of_week:
        if counted.span != Span.YEAR_TO_DATE:
            continue
        equation = {counted: -1}
        week = counted._replace(span=Span.WEEK)
        if week not in values:
            continue
        equation[week] = 1
        if week_before is not None:
            before = counted._replace(week_id=week_before)
            if before not in values:
                continue
            equation[before] = 1
        yield equation
