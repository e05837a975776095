"""Compares printed totals with the sums of their rows; which row is a total, `total_rows` says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline.contracts import Contract, Field
from pipeline.contracts.model import NUMERIC, Total
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.row_reader import scaled
from pipeline.ingest.tables.headers.header import Header
from pipeline.ingest.tables.headers.paths import Row

_ZERO = Decimal(0)


@dataclass
class Segment:
    """The loaded rows between two printed totals: how many, and their sums by field."""

    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, value: Decimal) -> None:
        """Adds one value to a field's sum."""
        self.sums[name] = self.sums.get(name, _ZERO) + value


@dataclass(frozen=True)
class Printed:
    """A printed total (or part, 其中): its physical row, its label, what it covers, its values by field."""

    row_no: int
    label: str
    covers: str
    values: dict[str, Decimal]


@dataclass(frozen=True)
class ControlTotal:
    """A printed total beside what its rows add up to; `computed` is None where the rows are not all in this file.

    Grain: one value of one printed row. Key: sheet, row_no, column_name.
    """

    sheet: str
    row_no: int
    label: str
    covers: str
    column_name: str
    printed: Decimal
    computed: Decimal | None


def control_totals(sheet: str, printed: Sequence[Printed], segments: Sequence[Segment]) -> list[ControlTotal]:
    """Returns each printed value beside the sum of what it covers.

    `segments` are the rows before, between and after the printed totals, so that there is one more of them.
    A total stands below its rows, or above them where there are none before it. `computed` is None where the rows are
    not all here (今年累计) or not all meant (其中).
    """
    totals = []
    printed = _with_groups(printed, segments)
    for place, total in enumerate(printed):
        covered = _covered_segments(place, printed, segments)
        sums = sums_of(covered).sums if covered is not None else None
        for name, value in total.values.items():
            computed = sums.get(name, _ZERO) if sums is not None else None
            totals.append(ControlTotal(sheet, total.row_no, total.label, total.covers, name, value, computed))
    return totals


def _with_groups(printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Printed]:
    """Returns the totals; those are of groups that are called as one that adds up only the rows since the last.

    当日合计 and 共计 stand below each day, though their words may mean the whole table.
    """
    names_of_groups: set[str] = set()
    last: int | None = None
    for place, total in enumerate(printed):
        if total.covers not in ("group", "table"):
            continue
        if last is not None and _adds_up_only(total, segments, last + 1, place + 1):
            names_of_groups.add(total.label)
        last = place
    return [_as_group(total, names_of_groups) for total in printed]


def _adds_up_only(total: Printed, segments: Sequence[Segment], first: int, end: int) -> bool:
    """Whether a total of the table is the sum of the segments from `first` to `end`, and not of all before `end`."""
    since_last = segments[first:end]
    if total.covers != "table" or not _have_rows(since_last):
        return False
    is_of_all = _is_sum_of(total, segments[:end])
    return _is_sum_of(total, since_last) and not is_of_all


def _as_group(total: Printed, names_of_groups: Collection[str]) -> Printed:
    is_of_group = total.covers == "table" and total.label in names_of_groups
    return replace(total, covers="group") if is_of_group else total


def _is_sum_of(total: Printed, segments: Sequence[Segment]) -> bool:
    """Whether each value that a total prints is the sum of the rows of some segments."""
    sums = sums_of(segments).sums
    return bool(total.values) and all(sums.get(name, _ZERO) == value for name, value in total.values.items())


def _covered_segments(place: int, printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Segment] | None:
    """Returns the rows that the total number `place` covers; None where they are not all here or not all meant."""
    covers = printed[place].covers
    if covers == "table":
        above = segments[: place + 1]
        return above if _have_rows(above) else segments
    if covers == "group":
        return _segments_of_group(place, printed, segments)
    return None


def _segments_of_group(place: int, printed: Sequence[Printed], segments: Sequence[Segment]) -> Sequence[Segment]:
    """Returns the rows between a subtotal and the one before it, or the one after it where subtotals stand above."""
    groups = [at for at, total in enumerate(printed) if total.covers == "group"]
    number = groups.index(place)
    stand_above = not _have_rows(segments[: groups[0] + 1])
    if stand_above:
        is_last = number + 1 == len(groups)
        following = len(printed) if is_last else groups[number + 1]
        return segments[place + 1 : following + 1]
    previous = groups[number - 1] if number > 0 else -1
    return segments[previous + 1 : place + 1]


def _have_rows(segments: Sequence[Segment]) -> bool:
    return sum(segment.rows for segment in segments) > 0


def sums_of(segments: Sequence[Segment]) -> Segment:
    """Adds up all segments as one."""
    total = Segment()
    for segment in segments:
        total.rows += segment.rows
        for name, value in segment.sums.items():
            total.add(name, value)
    return total


def printed_row(
    row_no: int, row: Row, total: Total | None, contract: Contract, header: Header, scales: dict[str, str]
) -> Printed:
    """Returns what a row of a total prints; `total` is None for a row that says 其中."""
    values = printed_values(row, header, scales)
    if total is None:
        return Printed(row_no, contract.layout.of_which[0], "of_which", values)
    return Printed(row_no, total.label, total.covers, values)


def printed_values(row: Row, header: Header, scales: dict[str, str]) -> dict[str, Decimal]:
    """Returns the numbers of a total's row by field, as exactly as they are printed; rates and shares are no sums.

    `scales` are the scales of the fields as `sheet_tables.scales` finds them, such as 万 by the name of the field.
    """
    values: dict[str, Decimal] = {}
    for index, column_field in header.fields_by_index.items():
        if index >= len(row):
            break
        if not _is_summed(column_field):
            continue
        scale = scales.get(column_field.name, "")
        text = scaled(row[index], column_field, scale)
        value = parse_number(text or "", column_field.unit)
        if value is not None:
            # Of a wide table several columns hold one field: their rows are added up as one, and so is what is printed.
            values[column_field.name] = values.get(column_field.name, _ZERO) + value
    return values


def _is_summed(column_field: Field) -> bool:
    """Whether a printed total adds up the column of a field: it holds numbers, and no rates."""
    return column_field.type in NUMERIC and column_field.additive
